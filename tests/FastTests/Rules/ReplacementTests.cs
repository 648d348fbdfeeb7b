using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

/// <summary>A rule stands in for another only with a reason, for a year, and a station's only with the province's consent.</summary>
public sealed class ReplacementTests
{
    private static readonly string National = MadePacks.Json(MadePacks.Rule("N-1", """{"fact":"pulse","op":">=","value":60,"unit":"/min"}"""));

    [Theory]
    [InlineData(" ", "谁")]
    [InlineData("为何", "\t")]
    [InlineData("", "谁")]
    public void Given_no_reason_or_nobody_who_approved_When_read_Then_refused(string reason, string approver) =>
        Assert.Contains(Assert.Throws<RulePackException>(() => RulePackJson.Read(Replacing(reason, approver))).Errors, e => e.Path == "$.ruleSets[0].rules[0].replaces");

    [Theory]
    [InlineData("2027-11-22", null, false)]
    [InlineData("2027-11-23", null, true)]
    [InlineData("2099-01-01", null, true)]
    [InlineData("2027-07-01", "2027-06-30", true)]
    [InlineData("2027-06-30", "2027-06-30", false)]
    public void Given_an_end_When_published_on_22_November_2026_Then_a_year_or_the_consent_is_the_longest(string expires, string? consent, bool refused)
    {
        var pack = RulePackJson.Read(Replacing(expires: expires)) with { EffectiveFrom = MadePacks.Day };
        var province = RulePackJson.Read(MadePacks.Consent("N-1", "s", consent ?? "2028-12-31"));

        var errors = ReplacementBounds.Errors([RulePackJson.Read(National), province, pack], pack).ToList();

        Assert.Equal(refused, errors.Any(e => e.Path == "S-1.replaces.expires"));
    }

    [Theory]
    [InlineData("WT-01", "general-check", "weight")]
    [InlineData("AGE-01-MAX", "registration", "age")]
    [InlineData("P-05", "inquiry", "cardiovascular")]
    public void Given_a_station_that_replaces_weight_age_or_a_permanent_deferral_When_the_province_has_not_consented_Then_refused_and_the_rule_goes_on_judging(string rule, string stage, string fact)
    {
        var own = ShippedPacks.Pack("gb18467-2011").Pack.Rules.Single(r => r.Id == rule);
        var station = MadePacks.Compile($$"""
            {"id":"s","title":"试","titleEn":"s","layer":"station","version":"1","effectiveFrom":"2026-01-01","generator":1,"donationTypes":[{"code":"apheresis-platelets","label":"单采血小板"}],
             "stages":[{"code":"{{stage}}","label":"试"}],
             "ruleSets":[{"stage":"{{stage}}","rules":[{{MadePacks.Rule("S-1", $$"""{"fact":"{{fact}}","op":"known"}""", $$"""{"outcome":"prompt","replaces":{"rule":"{{rule}}","reason":"本站","approver":"站长","expires":"2026-12-31"} }""")}}]}]}
            """);
        var packs = PackSet.Of([ShippedPacks.Pack("gb18467-2011"), station]);
        var facts = ShippedPacks.HealthyWoman().Set("sex", "M").Set("weight", 30).Set("age", 70).Set("cardiovascular", "yes");

        Assert.Contains(ReplacementBounds.Errors([.. packs.Packs.Select(p => p.Pack)], station.Pack), e => e.Path == "S-1.replaces" && e.Remedy.Contains(rule, StringComparison.Ordinal));
        Assert.Equal((RuleResult.Failed, own.Outcome), (Judge(packs, stage, facts).Result(rule), Judge(packs, stage, facts).Rules.Single(r => r.RuleId == rule).Outcome));
    }

    [Theory]
    [InlineData("2026-11-22", RuleResult.Replaced)]
    [InlineData("2026-11-21", RuleResult.Failed)]
    public void Given_a_consent_that_ends_When_judged_Then_the_rule_comes_back_by_itself(string consent, RuleResult result) =>
        Assert.Equal(result, MadePacks.Judge(new FactBag().Set("pulse", 55), National, MadePacks.Consent("N-1", "s", consent), Replacing()).Result("N-1"));

    [Theory]
    [InlineData("N-1", "other")]
    [InlineData("N-2", "s")]
    public void Given_a_consent_for_another_pack_or_rule_When_judged_Then_it_is_none(string rule, string pack) =>
        Assert.Equal(RuleResult.Failed, MadePacks.Judge(new FactBag().Set("pulse", 55), National, MadePacks.Consent(rule, pack), Replacing()).Result("N-1"));

    [Fact]
    public void Given_a_station_that_consents_to_itself_When_read_Then_refused() =>
        Assert.Contains(Assert.Throws<RulePackException>(() => RulePackJson.Read(MadePacks.Consent("N-1", "s").Replace("\"province\"", "\"station\"", StringComparison.Ordinal))).Errors, e => e.Path == "$.consents[0]");

    private static Verdict Judge(PackSet packs, string stage, FactBag facts) => RuleEvaluation.Evaluate(packs, new HashSet<string> { stage }, "apheresis-platelets", facts, MadePacks.Day);

    private static string Replacing(string reason = "本地研究", string approver = "医学负责人", string expires = "2027-06-30") => MadePacks.Json(MadePacks.Rule("S-1", """{"fact":"pulse","op":">=","value":50,"unit":"/min"}""",
        $$"""{"replaces":{"rule":"N-1","reason":"{{reason.Replace("\t", "\\t", StringComparison.Ordinal)}}","approver":"{{approver.Replace("\t", "\\t", StringComparison.Ordinal)}}","expires":"{{expires}}"} }"""), "s", "station");
}
