using System.Text;
using System.Text.Json.Nodes;
using Adapters.Devices;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>Exit codes and words of <c>devices parse</c>: 0 all counts, 1 something does not, 2 it cannot be read.</summary>
public sealed class ParseVerbTests
{
    private static async Task<(int Code, string Out, string Error)> RunAsync(string args, byte[]? file = null)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await new DevicesParseCommand(Shelf, path => Task.FromResult(path switch
        {
            "file" => file!,
            "folder/own.profile.json" => Encoding.UTF8.GetBytes(Shelf.Json("mindray/bs")),
            "folder/blood-count.profile.json" => Encoding.UTF8.GetBytes(Shelf.Json("mindray/bc-5380")),
            "broken.json" => "{\"maker\":1"u8.ToArray(),
            "deep.json" => Encoding.UTF8.GetBytes(new string('[', 10_000)),
            _ => Bytes(path),
        })).RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);
        return (code, output.ToString(), error.ToString());
    }

    [Theory]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile mindray/bc-5380", 0)]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile MINDRAY/BC-5380 --json", 0)]
    [InlineData("22-sysmex-question-flag.astm --profile sysmex/xn", 0)]
    [InlineData("04-mindray-bc5300-qc.hl7 --profile mindray/bc-5380", 0)]
    [InlineData("24-mindray-query-orm.hl7 --profile mindray/bc-5380", 0)]
    [InlineData("31-mindray-edited-result.hl7 --profile mindray/bs", 1)]
    [InlineData("31-mindray-edited-result.hl7 --profile folder/own.profile.json", 1)]
    [InlineData("31-mindray-edited-result.hl7 --profile=mindray/bs --json", 1)]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile folder/blood-count.profile.json", 0)]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile folder/blood-count.profile.json --json", 0)]
    [InlineData("31-mindray-edited-result.hl7 --profile folder/own.profile.json --json", 1)]
    [InlineData("31-mindray-edited-result.hl7 --profile folder/own.profile.json --jsn", 2)]
    [InlineData("31-mindray-edited-result.hl7 04-mindray-bc5300-qc.hl7 --profile folder/own.profile.json", 2)]
    [InlineData("31-mindray-edited-result.hl7 --json --profile", 2)]
    [InlineData("--profile folder/own.profile.json --json", 2)]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile broken.json", 2)]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile deep.json", 2)]
    [InlineData("01-mindray-bc5380-normal.hl7 --profile mindray/bs.profile", 2)]
    public async Task Given_a_recording_When_parsed_Then_the_exit_code_tells_whether_all_counts(string args, int code)
    {
        var ran = await RunAsync(args);

        Assert.True(ran.Code == code, $"{ran.Code}\n{ran.Out}\n{ran.Error}");
        Assert.Equal(code == 2, ran.Error.Length > 0);
        Assert.DoesNotContain("   at ", ran.Error);
    }

    [Theory]
    [InlineData("SampleID,HGB\nA1,130\n", 0)]
    [InlineData("SampleID,HGB\n,130\n", 1)]
    [InlineData("SampleID,HGB\nA1,13x\n", 1)]
    [InlineData("SampleID,HGB,Sex\nA1,130,?\n", 1)]
    [InlineData("SampleID,HGB,ObservedTime\nA1,130,1/2/2026\n", 1)]
    [InlineData("SampleID,HGB\nA1,130,7\n", 1)]
    [InlineData("SampleID,NEW\nA1,130\n", 0)]
    public async Task Given_a_doubt_about_whose_or_when_or_what_When_parsed_Then_it_is_a_finding(string text, int code) =>
        Assert.Equal(code, (await RunAsync("file --profile generic/csv", Encoding.UTF8.GetBytes(text))).Code);

    [Fact]
    public async Task Given_a_question_When_parsed_to_json_Then_it_is_told_as_one()
    {
        var message = JsonNode.Parse((await RunAsync("26-mindray-query-qry.hl7 --profile mindray/bs --json")).Out)![0]!;

        Assert.Equal(("query", "S1"), ((string?)message["kind"], (string?)message["sampleId"]));
    }
}
