using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A draft of a law is read, checked and tried, and comes into force on no road.</summary>
[Collection(PublishingDesk.Name)]
public sealed class DraftLawTests(PublishingDesk desk)
{
    private const string Days85 = """{ "sex": "F", "age": 32, "birthDate": "1994-05-10", "historyKnown": true, "hasWholeBlood": true, "lastWholeBloodOn": "2026-08-29" }""";
    private static readonly string Draft = Path.Combine(Installation.Repository, "rule-packs", "national", "donation-law-draft-2025.rules.json");

    [Fact]
    public async Task Given_a_draft_law_When_tried_beside_what_is_in_force_Then_its_rules_judge_and_without_it_they_do_not()
    {
        var tried = await EvaluateAsync("--with", Draft);
        var without = await EvaluateAsync();

        Assert.True(tried.Output.Contains("INT-90", StringComparison.Ordinal) && tried.Output.Contains("2026-11-27", StringComparison.Ordinal), tried.All);
        Assert.True(without.Output.Contains("INT-01", StringComparison.Ordinal) && !without.Output.Contains("INT-90", StringComparison.Ordinal), without.All);
    }

    [Fact]
    public async Task Given_a_draft_law_When_checked_without_a_day_or_drafted_for_publishing_Then_it_is_refused_as_a_draft()
    {
        (await desk.VerbAsync(null, "rules", "check", Draft, "--station", PublishingDesk.Station, "--layer", "national")).Refused("donation-law-draft-2025.rules.json", "$.effectiveFrom", "草案");
        var own = (await File.ReadAllTextAsync(Draft)).Replace("\"layer\": \"national\"", "\"layer\": \"station\"", StringComparison.Ordinal);
        (await desk.DraftAsync(desk.File1(("donation-law-draft-2025.rules.json", own)))).Refused("donation-law-draft-2025.rules.json", "$.effectiveFrom", "草案");
    }

    [Fact]
    public async Task Given_a_draft_law_among_a_stations_packs_When_its_recipe_is_planned_or_applied_Then_it_is_refused_as_a_draft()
    {
        var own = (await File.ReadAllTextAsync(Draft)).Replace("\"layer\": \"national\"", "\"layer\": \"station\"", StringComparison.Ordinal);
        var cases = await File.ReadAllTextAsync(Draft.Replace(".rules.", ".tests.", StringComparison.Ordinal));
        desk.Configuration.Write(own, PublishingDesk.Station, "rule-packs", "donation-law-draft-2025.rules.json");
        desk.Configuration.Write(cases, PublishingDesk.Station, "rule-packs", "donation-law-draft-2025.tests.json");
        try
        {
            var (plan, apply) = (await desk.VerbAsync(null, "recipe", "plan", PublishingDesk.Station), await desk.VerbAsync(null, "recipe", "apply", PublishingDesk.Station));

            plan.Refused("donation-law-draft-2025.rules.json", "$.effectiveFrom", "没有生效日期，是草案");
            apply.Refused("donation-law-draft-2025.rules.json", "$.effectiveFrom", "没有生效日期，是草案");
            Assert.Equal((1, 2), (plan.Exit, apply.Exit));
        }
        finally
        {
            foreach (var ending in new[] { ".rules.json", ".tests.json" }) File.Delete(desk.Configuration.PathOf(PublishingDesk.Station, "rule-packs", "donation-law-draft-2025" + ending));
        }
    }

    private Task<VerbResult> EvaluateAsync(params string[] rest) => desk.VerbAsync(null,
        ["rules", "eval", "--station", PublishingDesk.Station, "--type", "whole-blood", "--date", "2026-11-22", "--facts", desk.File1(("facts.json", Days85)), "--json", .. rest]);
}
