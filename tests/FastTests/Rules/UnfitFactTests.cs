using System.Text.Json;
using Engine.Canonical;
using Engine.Rules;
using Modules.Collection;
using Platform.Publishing;
using Xunit;

namespace FastTests.Rules;

/// <summary>A code outside its catalogue and a number outside its range are not believed: every rule that reads them is missing what it needs.</summary>
public sealed class UnfitFactTests
{
    private static readonly PackSet Packs = PackSet.Of(new[] { "gb18467-2011", "zhejiang", "hangzhou" }.Select(ShippedPacks.Pack));

    [Theory]
    [InlineData("sex", "X", "HB-01", "HB-02", "WT-01", "WT-02", "D-06", "D-07")]
    [InlineData("sex", "f", "HB-02")]
    [InlineData("sex", "女", "HB-02")]
    [InlineData("knownAbo", "a", "ABO-01")]
    [InlineData("abo", "AB+", "ABO-01")]
    [InlineData("tattoo", "maybe", "D-20")]
    [InlineData("inquiryReview", "ok", "REV-01")]
    public void Given_a_code_outside_its_catalogue_When_judged_Then_the_rules_that_read_it_are_missing_it_and_nothing_passes(string fact, string value, params string[] rules)
    {
        var verdict = Judge(ShippedPacks.HealthyWoman().Set("abo", "A").Set(fact, value));

        Assert.All(rules, id => Assert.Equal(RuleResult.Missing, verdict.Result(id)));
        Assert.Contains(fact, verdict.MissingFacts);
        Assert.NotEqual(RuleOutcome.Pass, verdict.Outcome);
    }

    [Theory]
    [InlineData("hb", "9999", "HB-02")]
    [InlineData("weight", "2", "WT-02")]
    [InlineData("alt", "-1", "ALT-01")]
    public void Given_a_number_outside_its_range_When_judged_Then_it_counts_as_missing_also_where_a_rule_would_do_without(string fact, string value, string rule) =>
        Assert.Equal(RuleResult.Missing, Judge(ShippedPacks.HealthyWoman().Set(fact, decimal.Parse(value))).Result(rule));

    [Fact]
    public void Given_an_exception_that_rests_on_an_unfit_number_When_judged_Then_the_failure_is_not_lifted()
    {
        var verdict = Judge(ShippedPacks.HealthyWoman().Set("age", 58).Set("previousDonations", -1));

        Assert.NotEqual(RuleResult.Excepted, verdict.Result("AGE-01-MAX"));
        Assert.NotEqual(RuleOutcome.Pass, verdict.Outcome);
    }

    [Fact]
    public void Given_a_birth_date_in_the_future_When_the_age_is_worked_out_Then_it_is_not_believed()
    {
        var facts = ShippedPacks.HealthyWoman().Set("age", null).Set("birthDate", MadePacks.Day.AddYears(2));

        Assert.Equal(RuleResult.Missing, Judge(facts).Result("AGE-01-MAX"));
    }

    [Fact]
    public void Given_an_unfit_value_When_the_verdict_is_stored_and_replayed_Then_it_comes_out_the_same()
    {
        var stored = Judge(ShippedPacks.HealthyWoman().Set("sex", "X")).ToJson();

        Assert.True(RuleEvaluation.Replay(stored, ShippedPacks.All).Same);
        Assert.Contains("\"unfit\":true", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_the_sex_x_of_another_program_When_judged_Then_a_haemoglobin_of_50_does_not_pass()
    {
        var facts = FactsJson.Read(JsonDocument.Parse(ShippedPacks.Text("Rules/Inputs/sex-x-facts.json")).RootElement);

        var verdict = Judge(facts);

        Assert.Equal((RuleOutcome.Missing, RuleResult.Missing), (verdict.Outcome, verdict.Result("HB-01")));
        Assert.Contains("sex", verdict.MissingFacts);
    }

    [Theory]
    [InlineData("""{"sex":"M","sex":"F"}""")]
    [InlineData("""{"apheresisDonations":[{"on":"2026-01-01","amount":1,"amount":2}]}""")]
    public void Given_a_name_twice_When_facts_are_read_Then_refused(string json) => Assert.Throws<DocumentFaultException>(() => FactsJson.Parse(json));

    [Fact]
    public void Given_every_fact_of_the_shipped_cases_When_held_against_the_catalogue_Then_none_is_unfit() =>
        Assert.Empty(FactScreen.Faults(ShippedPacks.Facts, ShippedPacks.HealthyWoman()));

    private static Verdict Judge(FactBag facts)
    {
        CollectionFacts.AddDerived(FactScreen.Admit(ShippedPacks.Facts, facts), MadePacks.Day, Packs.NumberParameter);
        return RuleEvaluation.Evaluate(Packs, Packs.StagesUpTo("assessment"), "apheresis-platelets", FactScreen.Admit(ShippedPacks.Facts, facts), MadePacks.Day);
    }
}
