using System.Text.Json;
using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The executable's maintenance verbs, each as a process of its own.</summary>
public sealed class VerbTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("verbs-").FullName;

    [Theory]
    [InlineData("110", "defer-visit", "failed")]
    [InlineData("115", "pass", "satisfied")]
    [InlineData("null", "missing", "missing")]
    public async Task Given_a_womans_haemoglobin_When_evaluated_Then_outcome_and_rule_are_told(string hb, string outcome, string rule)
    {
        var (exit, output, error) = await EvaluateAsync("hangzhou", "apheresis-platelets", Facts(hb));
        Assert.Equal((0, ""), (exit, error));

        var verdict = JsonDocument.Parse(output).RootElement;
        var haemoglobin = verdict.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "HB-02");
        Assert.Equal((outcome, rule), (verdict.GetProperty("result").GetProperty("outcome").GetString(), haemoglobin.GetProperty("result").GetString()));
        if (hb == "110") Assert.Contains("110 g/L", haemoglobin.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_finished_visit_When_its_verdicts_are_replayed_Then_all_are_the_same()
    {
        var visit = await (await shared.Staff.AtAsync("hangzhou", "hs01")).RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);

        var (exit, output, error) = await shared.Server.VerbAsync(["rules", "replay", "--visit", visit.ToString(), "--json"]);

        var replays = JsonDocument.Parse(output).RootElement.EnumerateArray().ToList();
        Assert.Equal((0, "", 8), (exit, error, replays.Count));
        Assert.All(replays, r => Assert.True(r.GetProperty("same").GetBoolean()));
    }

    [Theory]
    [InlineData("nowhere", "apheresis-platelets", "good.json", "nowhere")]
    [InlineData("hangzhou", "apheresis-plasma", "good.json", "apheresis-plasma")]
    [InlineData("hangzhou", "apheresis-platelets", "missing.json", "missing.json")]
    [InlineData("hangzhou", "apheresis-platelets", "broken.json", "broken.json")]
    [InlineData("hangzhou", "apheresis-platelets", "list.json", "{\"hb\":110")]
    [InlineData("hangzhou", "apheresis-platelets", "nested.json", "$.hb")]
    public async Task Given_a_wrong_call_of_eval_When_run_Then_exit_2_and_what_is_wrong(string station, string type, string file, string words)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "good.json"), Facts("130"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.json"), "{ \"hb\": 110,, }");
        await File.WriteAllTextAsync(Path.Combine(_folder, "list.json"), "[1]");
        await File.WriteAllTextAsync(Path.Combine(_folder, "nested.json"), "{ \"hb\": { \"value\": 110 } }");

        Wrong(await shared.Server.VerbAsync(["rules", "eval", "--station", station, "--type", type, "--facts", Path.Combine(_folder, file), "--json"]), words);
    }

    [Theory]
    [InlineData("rules facts --station nowhere", "nowhere")]
    [InlineData("rules replay --visit 17", "17")]
    [InlineData("rules replay --visit 00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001")]
    [InlineData("rules eval --station hangzhou", "--facts")]
    [InlineData("rules guess", "facts、eval、replay")]
    [InlineData("recipe apply nowhere", "nowhere")]
    [InlineData("changes list nowhere", "nowhere")]
    [InlineData("changes check hangzhou 17", "changes list")]
    [InlineData("people reset-pin hangzhou nobody", "nobody")]
    [InlineData("workflow run nowhere.json --json", "nowhere.json")]
    [InlineData("devices parse nowhere.hl7 --profile mindray/bc-5380", "nowhere.hl7")]
    [InlineData("devices parse nowhere.hl7 --profile no-such", "no-such")]
    [InlineData("dance", "dance")]
    public async Task Given_a_wrong_call_When_run_Then_exit_2_and_what_is_wrong(string call, string words) => Wrong(await shared.Server.VerbAsync(call.Split(' ')), words);

    [Fact]
    public async Task Given_the_recorded_flows_When_run_by_the_verb_Then_each_report_is_as_recorded()
    {
        var folder = Path.Combine(Installation.Repository, "tests", "FastTests", "Elsa");
        var observed = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "observed.json")))!.AsArray();
        var different = new List<string>();
        await Parallel.ForEachAsync(observed, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (flow, _) =>
        {
            var resumes = flow!["steps"]!.AsArray().Select(s => s!["resumed"]?.GetValue<string>()).OfType<string>().SelectMany(r => new[] { "--resume", r });
            var (exit, output, error) = await shared.Server.VerbAsync(["workflow", "run", Path.Combine(folder, flow["file"]!.GetValue<string>()), .. resumes, "--json"]);
            if (exit == (flow["subStatus"]!.GetValue<string>() == "Faulted" ? 1 : 0) && JsonNode.Parse(output)!.ToJsonString() == flow.ToJsonString()) return;
            lock (different) different.Add($"{flow["file"]}: exit {exit} {error}{output}");
        });

        Assert.True(observed.Count > 25 && different.Count == 0, string.Join("\n", different));
    }

    [Theory]
    [InlineData("workflows/apheresis-platelets.workflow.json", 0, "没有发现问题")]
    [InlineData("tests/FastTests/Workflows/Definitions/no-rule-checks.workflow.json", 1, "→")]
    [InlineData("workflows/none.workflow.json", 2, "none.workflow.json")]
    public async Task Given_a_flow_When_validated_for_a_station_Then_the_exit_code_says_clean_found_or_wrong_call(string file, int exit, string words)
    {
        var (code, output, error) = await shared.Server.VerbAsync(["workflow", "validate", Path.Combine(Installation.Repository, file), "--station", "hangzhou"]);

        Assert.True(code == exit && (output + error).Contains(words, StringComparison.Ordinal), $"exit {code}\n{output}\n{error}");
    }

    [Fact]
    public async Task Given_a_recording_of_an_analyser_When_parsed_Then_its_sample_and_haemoglobin_are_told()
    {
        var sample = Path.Combine(Installation.Repository, "tests", "FastTests", "Devices", "Samples", "01-mindray-bc5380-normal.hl7");

        var (exit, output, error) = await shared.Server.VerbAsync(["devices", "parse", sample, "--profile", Profile, "--json"]);

        Assert.True(exit == 0, error);
        Assert.Contains(JsonDocument.Parse(output).RootElement.EnumerateArray().SelectMany(m => m.GetProperty("readings").EnumerateArray()), r => r.GetProperty("code").GetString() == "hb");
    }

    private const string Profile = "mindray/bc-5380";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int, string, string)> EvaluateAsync(string station, string type, string facts)
    {
        var file = Path.Combine(_folder, "facts.json");
        await File.WriteAllTextAsync(file, facts);
        return await shared.Server.VerbAsync(["rules", "eval", "--station", station, "--type", type, "--date", "2026-11-22", "--facts", file, "--json"]);
    }

    /// <summary>The facts of the station's own pack test, which pass, with another haemoglobin.</summary>
    private static string Facts(string hb)
    {
        var facts = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Repository, "tenant-config", "hangzhou", "rule-packs", "hangzhou.tests.json")))!["facts"]!;
        facts["hb"] = JsonNode.Parse(hb);
        return facts.ToJsonString();
    }

    private static void Wrong((int Exit, string Output, string Error) verb, string words)
    {
        Assert.True(verb.Exit == 2, $"exit {verb.Exit}\n{verb.Output}\n{verb.Error}");
        Assert.Contains(words, verb.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", verb.Error, StringComparison.Ordinal);
    }
}
