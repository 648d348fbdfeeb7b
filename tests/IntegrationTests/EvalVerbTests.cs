using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary><c>rules eval</c> with many sets of facts, on other days, and with drafts beside what is in force.</summary>
[Collection(PublishingDesk.Name)]
public sealed class EvalVerbTests(PublishingDesk desk)
{
    private const string Donor = "\"sex\": \"F\", \"age\": 32, \"birthDate\": \"1994-05-10\", \"historyKnown\": true, \"hasWholeBlood\": true, \"lastWholeBloodOn\": \"2026-08-29\"";
    private static readonly string Draft = Path.Combine(Installation.Repository, "rule-packs", "national", "donation-law-draft-2025.rules.json");

    [Fact]
    public async Task Given_json_lines_When_evaluated_Then_each_line_is_answered_on_its_own_day_and_a_bad_one_stops_no_other()
    {
        var answer = await EvaluateAsync(
            $$"""
            { {{Donor}} }
            { "facts": { {{Donor}} }, "date": "2027-03-01" }
            { {{Donor}}, "heamoglobin": 130 }
            { {{Donor}}, "age": 17 }

            { {{Donor}} }
            """);

        var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.True(answer.Exit == 2 && lines.Count == 5, answer.All);
        Assert.Equal([1, 2, 3, 4, 6], lines.Select(l => (int)l["line"]!));
        Assert.Equal(("2026-11-22", "2027-03-01"), ((string?)lines[0]["visitDate"], (string?)lines[1]["visitDate"]));
        Assert.Equal(("failed", "satisfied"), (Rule(lines[0], "INT-01"), Rule(lines[1], "INT-01")));
        Assert.Contains("heamoglobin", lines[2]["findings"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("age", lines[3]["findings"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(lines[0]["rules"]!.ToJsonString(), lines[4]["rules"]!.ToJsonString());
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_json_lines_and_a_draft_beside_what_is_in_force_When_evaluated_Then_the_draft_judges_each_line_on_its_day()
    {
        var answer = await EvaluateAsync($$"""
            { {{Donor}} }
            { "facts": { {{Donor}} }, "date": "2026-11-27" }
            """, "--with", Draft);

        var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.True(answer.Exit == 0 && lines.Count == 2, answer.All);
        Assert.Equal(("failed", "satisfied"), (Rule(lines[0], "INT-90"), Rule(lines[1], "INT-90")));
    }

    [Theory]
    [InlineData("--date", "22.11.2026", "22.11.2026")]
    [InlineData("--date", "2026-02-30", "2026-02-30")]
    [InlineData("--with", "nowhere.rules.json", "nowhere.rules.json")]
    [InlineData("--stage", "lunch", "lunch")]
    public async Task Given_a_wrong_option_When_evaluated_Then_exit_2_and_what_is_wrong(string option, string value, string words)
    {
        var file = desk.File1(("facts.json", $$"""{ {{Donor}} }"""));

        var answer = await desk.VerbAsync(null, "rules", "eval", "--station", PublishingDesk.Station, "--type", "whole-blood", "--facts", file, option, value);

        answer.Refused(words);
        Assert.Equal(2, answer.Exit);
    }

    [Theory]
    [InlineData("""{ "facts": { "sex": "F" }, "dat": "2026-11-22" }""", "dat")]
    [InlineData("""{ "facts": { "sex": "F" }, "date": 20261122 }""", "date")]
    [InlineData("""{ "facts": { "sex": "F" }, "date": "2026-11-31" }""", "2026-11-31")]
    [InlineData("""{ "facts": { "sex": "F" }, "stage": "lunch" }""", "lunch")]
    [InlineData("""{ "facts": { "sex": "F" }, "type": "blood" }""", "blood")]
    [InlineData("""{ "facts": [], "date": "2026-11-22" }""", "date")]
    public async Task Given_a_wrong_word_beside_the_facts_When_evaluated_Then_exit_2_and_what_is_wrong(string line, string words)
    {
        var answer = await EvaluateAsync(line);

        answer.Refused(words);
        Assert.True(answer.Exit == 2 && !answer.All.Contains("程序出错", StringComparison.Ordinal), answer.All);
    }

    private static string? Rule(JsonNode line, string id) => (string?)line["rules"]!.AsArray().Single(r => (string?)r!["ruleId"] == id)!["result"];

    private Task<VerbResult> EvaluateAsync(string lines, params string[] rest) => desk.VerbAsync(null,
        ["rules", "eval", "--station", PublishingDesk.Station, "--type", "whole-blood", "--date", "2026-11-22", "--facts", desk.File1(("facts.jsonl", lines)), .. rest]);
}
