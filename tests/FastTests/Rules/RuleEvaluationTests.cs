using System.Text.Json;
using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

public class RuleEvaluationTests
{
    private const string Station = "station";
    private static readonly string Pulse60 = """{"fact":"pulse","op":">=","value":60,"unit":"/min"}""";
    private static readonly string Pulse50 = """{"fact":"pulse","op":">=","value":50,"unit":"/min"}""";

    [Fact]
    public void Given_a_recommended_rule_replaced_When_judged_Then_the_replacement_decides_until_it_expires()
    {
        var national = MadePacks.Json(MadePacks.Rule("N-1", Pulse60));
        var facts = new FactBag().Set("pulse", 55);

        var inTime = MadePacks.Judge(facts, national, MadePacks.Consent("N-1", "s"), Replacing("N-1", "2026-11-22"));
        var expired = MadePacks.Judge(facts, national, MadePacks.Consent("N-1", "s"), Replacing("N-1", "2026-11-21"));

        Assert.Equal((RuleOutcome.Pass, RuleResult.Replaced), (inTime.Outcome, inTime.Result("N-1")));
        Assert.Equal((RuleOutcome.DeferVisit, RuleResult.Failed), (expired.Outcome, expired.Result("N-1")));
    }

    [Theory]
    [InlineData("""{"mandatory":true}""", "N-1", Station, "强制性")]
    [InlineData("{}", "N-9", Station, "没有规则")]
    [InlineData("{}", "S-1", Station, "上层")]
    public void Given_a_replacement_that_may_not_be_When_packs_are_put_together_Then_refused(string more, string target, string layer, string reason)
    {
        var national = MadePacks.Json(MadePacks.Rule("N-1", Pulse60, more));

        var error = Assert.Throws<RulePackException>(() => MadePacks.Judge(new FactBag(), national, Replacing(target, "2030-01-01", layer)));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_an_exception_in_a_lower_layer_When_read_Then_refused()
    {
        var station = MadePacks.Json(MadePacks.Rule("S-1", Pulse50, """{"exceptionTo":"N-1"}"""), "s", Station);

        Assert.Contains("N-1", Assert.Throws<RulePackException>(() => RulePackJson.Read(station)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_one_rule_id_in_two_packs_When_put_together_Then_refused()
    {
        var error = Assert.Throws<RulePackException>(() => MadePacks.Judge(new FactBag(),
            MadePacks.Json(MadePacks.Rule("N-1", Pulse60)), MadePacks.Json(MadePacks.Rule("N-1", Pulse50), "s", Station)));

        Assert.Contains("N-1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_lower_layer_that_is_looser_When_judged_Then_the_higher_limit_still_stands()
    {
        var verdict = MadePacks.Judge(new FactBag().Set("pulse", 55),
            MadePacks.Json(MadePacks.Rule("N-1", Pulse60)), MadePacks.Json(MadePacks.Rule("S-1", Pulse50), "s", Station));

        Assert.Equal(RuleOutcome.DeferVisit, verdict.Outcome);
    }

    [Theory]
    [InlineData(false, RuleOutcome.Pass)]
    [InlineData(true, RuleOutcome.Block)]
    public void Given_an_unset_parameter_When_judged_Then_not_configured_and_a_mandatory_rule_blocks(bool mandatory, RuleOutcome outcome)
    {
        var verdict = MadePacks.Judge(new FactBag().Set("wbc", 5), WithParameter(mandatory));

        Assert.Equal((outcome, RuleResult.NotConfigured), (verdict.Outcome, verdict.Result("N-1")));
    }

    [Fact]
    public void Given_a_parameter_left_open_When_province_and_station_set_it_Then_the_most_local_counts()
    {
        var verdict = MadePacks.Judge(new FactBag().Set("wbc", 3.8m), WithParameter(true), Setting("p", "province", 3), Setting("s", Station, 4));

        Assert.Equal((RuleOutcome.DeferVisit, "低于 4"), (verdict.Outcome, verdict.Rules[0].Text));
    }

    [Fact]
    public void Given_a_parameter_already_set_above_When_a_lower_layer_sets_it_Then_refused()
    {
        var fixedAbove = WithParameter(true).Replace("\"value\":null", "\"value\":5", StringComparison.Ordinal);

        Assert.Throws<RulePackException>(() => MadePacks.Judge(new FactBag(), fixedAbove, Setting("s", Station, 4)));
    }

    [Theory]
    [InlineData("rolling", "2026-11-22", true, null)]
    [InlineData("calendar", "2026-12-31", true, "2027-01-01")]
    [InlineData("calendar", "2027-01-01", false, null)]
    public void Given_24_donations_When_the_window_is_calendar_or_rolling_Then_it_opens_on_the_right_day(string window, string day, bool deferred, string? until)
    {
        var pack = MadePacks.Compile(ShippedPacks.Text("rule-packs/national/gb18467-2011.rules.json")
            .Replace("\"value\": \"rolling\",\n      \"options\"", $"\"value\": \"{window}\",\n      \"options\"", StringComparison.Ordinal));
        var donations = Enumerable.Range(0, 24).Select(i => new DatedAmount(new DateOnly(2026, 1, 2).AddDays(i * 13), 250)).ToList();
        var facts = ShippedPacks.HealthyWoman().Set("hasPlatelets", "yes").Set("apheresisDonations", donations).Set("lastPlateletsOn", donations[^1].On);

        var verdict = RuleEvaluation.Evaluate(PackSet.Of([pack]), new HashSet<string> { "registration" }, "apheresis-platelets", facts, DateOnly.Parse(day));

        Assert.Equal(deferred, verdict.Result("INT-04") == RuleResult.Failed);
        if (until is not null) Assert.Equal(DateOnly.Parse(until), verdict.Until);
    }

    [Fact]
    public void Given_only_failures_a_smaller_target_cures_When_judged_Then_the_verdict_says_so()
    {
        var facts = ShippedPacks.HealthyWoman().Set("predictedPlateletCount", 95);

        Assert.True(JudgeShipped(facts).TargetMayBeLowered);
        Assert.False(JudgeShipped(facts.Set("hb", 110)).TargetMayBeLowered);
        Assert.False(JudgeShipped(ShippedPacks.HealthyWoman()).TargetMayBeLowered);
    }

    [Fact]
    public void Given_one_date_unknown_When_several_rules_defer_until_a_date_Then_no_date_is_promised()
    {
        var rules = MadePacks.Rule("N-1", """{"fact":"on","op":"elapsed","value":1,"unit":"months"}""", """{"outcome":"defer-until","until":"whenSatisfied"}""")
            + "," + MadePacks.Rule("N-2", Pulse60, """{"outcome":"defer-until","until":"whenSatisfied"}""");

        var verdict = MadePacks.Judge(new FactBag().Set("on", MadePacks.Day).Set("pulse", 50), MadePacks.Json(rules));

        Assert.Equal((RuleOutcome.DeferUntil, null), (verdict.Outcome, verdict.Until));
        Assert.Equal(new DateOnly(2026, 12, 22), verdict.Rules.Single(r => r.RuleId == "N-1").Until);
    }

    [Fact]
    public void Given_a_stored_verdict_When_replayed_Then_it_comes_out_the_same_and_a_changed_one_does_not()
    {
        var facts = ShippedPacks.HealthyWoman().Set("hb", 110.50m).Set("tattoo", "yes").Set("tattooOn", new DateOnly(2026, 3, 1))
            .Set("apheresisDonations", new List<DatedAmount> { new(new DateOnly(2026, 1, 2), 250.5m) }).Set("hasPlatelets", "yes").Set("lastPlateletsOn", new DateOnly(2026, 1, 2));
        var stored = JudgeShipped(facts).ToJson();

        Assert.True(RuleEvaluation.Replay(stored, ShippedPacks.All).Same);
        Assert.Equal(stored, RuleEvaluation.Replay(stored, ShippedPacks.All).Again!.ToJson());
        var changed = RuleEvaluation.Replay(stored.Replace("110.50", "120.50", StringComparison.Ordinal), ShippedPacks.All);
        Assert.Contains(changed.Differences, d => d.Contains("HB-02", StringComparison.Ordinal));
        Assert.Contains("gb18467-2011", Assert.Single(RuleEvaluation.Replay(stored, [ShippedPacks.Pack("zhejiang"), ShippedPacks.Pack("hangzhou")]).Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_verdict_When_serialised_Then_names_are_camel_case_and_codes_hyphenated()
    {
        var json = JsonDocument.Parse(JudgeShipped(ShippedPacks.HealthyWoman().Set("hb", 110)).ToJson()).RootElement;
        var rule = json.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "HB-02");

        Assert.Equal("defer-visit", json.GetProperty("outcome").GetString());
        Assert.Equal("血红蛋白 110 g/L，低于女性下限 115 g/L", rule.GetProperty("text").GetString());
        Assert.Equal("110", rule.GetProperty("factsUsed").GetProperty("hb").GetString());
        Assert.Equal(ShippedPacks.Pack("gb18467-2011").Pack.Hash, rule.GetProperty("packHash").GetString());
    }

    [Fact]
    public void Given_an_unknown_type_or_stage_When_judged_Then_refused()
    {
        var set = PackSet.Of(ShippedPacks.All.Where(p => p.Pack.Id == "gb18467-2011"));
        var facts = ShippedPacks.HealthyWoman();

        Assert.Throws<ArgumentException>(() => RuleEvaluation.Evaluate(set, set.StagesUpTo("tests"), "plasma", facts, MadePacks.Day));
        Assert.Throws<ArgumentException>(() => set.StagesUpTo("test"));
        Assert.Throws<ArgumentException>(() => RuleEvaluation.Evaluate(set, new HashSet<string>(), "whole-blood", facts, MadePacks.Day));
        Assert.Throws<RulePackException>(() => PackSet.Of([]));
    }

    [Fact]
    public async Task Given_one_compiled_pack_When_many_threads_judge_Then_each_gets_its_own_answer()
    {
        var packs = new CompiledPacks();
        var text = ShippedPacks.Text("rule-packs/national/gb18467-2011.rules.json");
        var hash = RulePackJson.Read(text).Hash;
        var reads = 0;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() =>
        {
            var set = PackSet.Of([packs.Get(hash, () => { Interlocked.Increment(ref reads); return text; })]);
            var facts = ShippedPacks.HealthyWoman().Set("hb", i % 2 == 0 ? 110 : 130);
            return RuleEvaluation.Evaluate(set, set.StagesUpTo("assessment"), "apheresis-platelets", facts, MadePacks.Day).Outcome;
        })));

        Assert.All(outcomes.Index(), o => Assert.Equal(o.Index % 2 == 0 ? RuleOutcome.DeferVisit : RuleOutcome.Pass, o.Item));
        packs.Get(hash, () => throw new InvalidOperationException("read again"));
        Assert.InRange(reads, 1, 64);
        Assert.Throws<RulePackException>(() => packs.Get("0000", () => text));
    }

    [Fact]
    public void Given_expressions_of_another_generator_When_compared_Then_only_the_same_version_can_differ()
    {
        var pack = ShippedPacks.Pack("gb18467-2011");

        Assert.Equal(ExpressionAgreement.Same, pack.Compare(ExpressionGenerator.Version, pack.ExpressionsHash));
        Assert.Equal(ExpressionAgreement.Different, pack.Compare(ExpressionGenerator.Version, ShippedPacks.Pack("zhejiang").ExpressionsHash));
        Assert.Equal(ExpressionAgreement.NotComparable, pack.Compare(ExpressionGenerator.Version + 1, "any"));
    }

    private static Verdict JudgeShipped(FactBag facts)
    {
        var set = PackSet.Of(new[] { "gb18467-2011", "zhejiang", "hangzhou" }.Select(ShippedPacks.Pack));
        return RuleEvaluation.Evaluate(set, set.StagesUpTo("assessment"), "apheresis-platelets", facts, MadePacks.Day);
    }

    private static string Replacing(string target, string expires, string layer = Station) => MadePacks.Json(
        MadePacks.Rule("S-1", Pulse50, $$"""{"replaces":{"rule":"{{target}}","reason":"本地研究","approver":"医学负责人","expires":"{{expires}}"} }"""), "s", layer);

    private static string WithParameter(bool mandatory) => MadePacks.Json(
        MadePacks.Rule("N-1", """{"fact":"wbc","op":">=","value":{"param":"low"} }""", $$"""{"mandatory":{{(mandatory ? "true" : "false")}},"text":"低于 {@low}" }"""),
        more: """ "parameters":[{"name":"low","label":"下限","kind":"number","value":null,"source":"试","status":"G"}],""");

    private static string Setting(string id, string layer, int value) => MadePacks.Json("", id, layer,
        $$""" "settings":[{"pack":"made","parameter":"low","value":{{value}},"source":"试","status":"S"}],""");
}
