using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

/// <summary>A parameter nobody has set leaves open what depends on it, and nothing else.</summary>
public sealed class OpenParameterTests
{
    private const string Asked = """{"appliesWhen":{"fact":"contact","op":"==","value":"yes"}}""";
    private const string Within = """{"fact":"contactOn","op":"elapsed","value":{"param":"low"},"unit":"days"}""";
    private const string Range = """{"all":[{"fact":"wbc","op":">=","value":{"param":"low"}},{"fact":"wbc","op":"<=","value":{"param":"high"}}]}""";

    [Theory]
    [InlineData(null, false, RuleResult.Missing, "contact")]
    [InlineData("no", false, RuleResult.NotApplicable, null)]
    [InlineData("yes", false, RuleResult.Missing, "contactOn")]
    [InlineData("yes", true, RuleResult.NotConfigured, null)]
    public void Given_an_open_parameter_When_the_question_is_unanswered_Then_the_answer_is_missing_and_not_the_parameter(string? contact, bool dated, RuleResult result, string? missing)
    {
        var facts = new FactBag().Set("contact", contact).Set("contactOn", dated ? MadePacks.Day.AddDays(-3) : null);

        var verdict = MadePacks.Judge(facts, Pack(Within, Asked, low: "null", unit: "\"days\""));

        Assert.Equal(result, verdict.Result("N-1"));
        Assert.Equal(missing is null ? [] : [missing], verdict.MissingFacts);
    }

    [Fact]
    public void Given_alternatives_with_an_open_parameter_first_When_the_other_is_unanswered_Then_it_is_asked_for()
    {
        var verdict = MadePacks.Judge(new FactBag().Set("wbc", 5), Pack("""{"any":[{"fact":"wbc","op":">=","value":{"param":"low"}},{"fact":"ok","op":"==","value":"yes"}]}""", "{}", low: "null"));

        Assert.Equal((RuleResult.Missing, "ok"), (verdict.Result("N-1"), Assert.Single(verdict.MissingFacts)));
    }

    [Theory]
    [InlineData("3", "null", 2, RuleResult.Failed)]
    [InlineData("3", "null", 4, RuleResult.NotConfigured)]
    [InlineData("null", "10", 11, RuleResult.Failed)]
    [InlineData("null", "10", 9, RuleResult.NotConfigured)]
    [InlineData("3", "10", 9, RuleResult.Satisfied)]
    [InlineData("null", "null", 9, RuleResult.NotConfigured)]
    public void Given_half_a_range_set_When_judged_Then_the_half_that_is_set_judges(string low, string high, int wbc, RuleResult result)
    {
        var verdict = MadePacks.Judge(new FactBag().Set("wbc", wbc), Pack(Range, """{"text":"应为 {@low}–{@high}"}""", low, high));

        Assert.Equal(result, verdict.Result("N-1"));
        if (result == RuleResult.Failed) Assert.Contains("（未设置）", verdict.Rules[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"fact":"on","op":"elapsed","value":5,"unit":"years"}""", "2031-11-20")]
    [InlineData("""{"fact":"on","op":"elapsed","value":30,"unit":"years"}""", "2056-11-20")]
    [InlineData("""{"all":[{"fact":"on","op":"elapsed","value":4,"unit":"years"},{"fact":"visitDate","op":">","value":"2035-06-01"}]}""", "2035-06-02")]
    [InlineData("""{"fact":"given","aggregate":"count","window":{"years":6},"op":"<","value":1}""", "2032-11-01")]
    [InlineData("""{"fact":"given","aggregate":"sum","window":"calendar-year","op":"<=","value":100}""", "2027-01-01")]
    [InlineData("""{"not":{"fact":"on","op":"elapsed","value":3,"unit":"days"}}""", null)]
    [InlineData("""{"fact":"on","op":"elapsed","value":90000,"unit":"years"}""", null)]
    public void Given_a_deferral_of_years_When_judged_Then_it_has_its_day_however_far(string require, string? until)
    {
        var facts = new FactBag().Set("on", new DateOnly(2026, 11, 20)).Set("given", new List<DatedAmount> { new(new DateOnly(2026, 11, 1), 250) });
        if (require.StartsWith("{\"not\"", StringComparison.Ordinal)) facts.Set("on", new DateOnly(2026, 11, 19));

        var verdict = MadePacks.Judge(facts, MadePacks.Json(MadePacks.Rule("N-1", require, """{"outcome":"defer-until","until":"whenSatisfied"}""")));

        Assert.Equal((RuleResult.Failed, until is null ? null : DateOnly.Parse(until)), (verdict.Result("N-1"), verdict.Until));
    }

    [Fact]
    public void Given_random_requirements_When_the_first_day_is_worked_out_Then_it_is_the_day_a_walk_through_the_days_finds()
    {
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var unit = new[] { "hours", "days", "weeks", "months" }[random.Next(4)];
            var require = $$"""{"any":[{"all":[{"fact":"on","op":"elapsed","value":{{random.Next(40)}},"unit":"{{unit}}"},{"fact":"given","aggregate":"count","window":{"days":{{random.Next(1, 90)}}},"op":"<","value":{{random.Next(1, 3)}}}]},{"fact":"visitDate","op":"==","value":"2027-0{{random.Next(1, 9)}}-15"}]}""";
            var facts = new FactBag().Set("on", MadePacks.Day.AddDays(-random.Next(30))).Set("given", Enumerable.Range(0, 3).Select(_ => new DatedAmount(MadePacks.Day.AddDays(-random.Next(60)), 1)).ToList());

            var rule = MadePacks.Judge(facts, MadePacks.Json(MadePacks.Rule("N-1", require, """{"outcome":"defer-until","until":"whenSatisfied"}"""))).Rules[0];

            if (rule.Result != RuleResult.Failed) continue;
            var tree = Condition.Parse(System.Text.Json.JsonDocument.Parse(require).RootElement);
            var walked = Enumerable.Range(1, 2000).Select(d => MadePacks.Day.AddDays(d)).First(d => tree.Evaluate(facts.Set("visitDate", d)) == true);
            Assert.True(walked == rule.Until, $"{require}: {walked} / {rule.Until}");
        }
    }

    private static string Pack(string require, string more, string low, string high = "null", string unit = "null") => MadePacks.Json(MadePacks.Rule("N-1", require, more), more: $$"""
        "parameters":[{"name":"low","label":"下限","kind":"number","unit":{{unit}},"value":{{low}},"source":"试","status":"G"},{"name":"high","label":"上限","kind":"number","unit":null,"value":{{high}},"source":"试","status":"G"}],
        """);
}
