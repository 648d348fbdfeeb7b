using System.Text.Json;
using Engine.Rules;
using Modules.Collection;
using Xunit;

namespace FastTests.Rules;

/// <summary>What is computed is compared as it was computed; only what is shown is rounded, and never so that a failed value reads as one that passes.</summary>
public sealed class ComparedAsComputedTests
{
    private static readonly PackSet National = PackSet.Of([ShippedPacks.Pack("gb18467-2011")]);

    [Fact]
    public void Given_a_predicted_count_of_99_974_When_judged_against_100_Then_it_fails_and_says_99_97()
    {
        var facts = FactsJson.Read(JsonDocument.Parse(ShippedPacks.Text("Rules/Inputs/count-just-below-facts.json")).RootElement);

        var rule = Judge(facts, "assessment").Rules.Single(r => r.RuleId == "PLT-02");

        Assert.Equal(RuleResult.Failed, rule.Result);
        Assert.Contains(" 99.97×", rule.Text, StringComparison.Ordinal);
        Assert.Equal("99.97", rule.FactsUsed["predictedPlateletCount"]);
    }

    [Theory]
    [InlineData("1.9999", "250", "0.79996")]
    [InlineData("4.0001", "250", "1.60004")]
    public void Given_a_density_a_hair_outside_its_limits_When_judged_Then_it_is_prompted_and_shown_outside(string yield, string volume, string shown)
    {
        var facts = Run().Set("plateletYield", decimal.Parse(yield)).Set("productVolumeMl", decimal.Parse(volume)).Set("collectedUnits", Math.Round(decimal.Parse(yield) / 2.5m * 2) / 2);

        var rule = Judge(facts, "collection").Rules.Single(r => r.RuleId == "PLA-DENSITY");

        Assert.Equal(RuleResult.Failed, rule.Result);
        Assert.Contains(shown + "×", rule.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.124", "1", true)]
    [InlineData("3.125", "1", false)]
    [InlineData("3.125", "1.5", true)]
    [InlineData("3.12499999", "1.5", false)]
    [InlineData("1.875", "1", true)]
    public void Given_a_yield_between_two_halves_When_units_are_compared_Then_a_quarter_either_way_is_the_limit(string yield, string units, bool agrees)
    {
        var facts = Run().Set("plateletYield", decimal.Parse(yield)).Set("productVolumeMl", 250).Set("collectedUnits", decimal.Parse(units));

        Assert.Equal(agrees ? RuleResult.Satisfied : RuleResult.Failed, Judge(facts, "collection").Result("PLA-UNITS"));
    }

    [Theory]
    [InlineData("119.99996", "119.99996")]
    [InlineData("119.996", "119.996")]
    [InlineData("119.12345678", "119.12")]
    [InlineData("119.9951111", "119.995")]
    public void Given_a_value_with_more_places_than_anybody_types_When_shown_Then_it_still_fails_as_shown(string hb, string shown)
    {
        var facts = ShippedPacks.HealthyWoman().Set("sex", "M").Set("hb", decimal.Parse(hb));

        var text = Judge(facts, "tests").Rules.Single(r => r.RuleId == "HB-01").Text!;

        Assert.Contains($"血红蛋白 {shown} g/L", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_sums_and_differences_beyond_any_number_When_judged_Then_they_are_unknown_and_nothing_passes()
    {
        List<DatedAmount> amounts = [new(new DateOnly(2026, 10, 1), decimal.MaxValue), new(new DateOnly(2026, 9, 1), decimal.MaxValue)];
        var facts = ShippedPacks.HealthyWoman().Set("apheresisDonations", amounts).Set("hasPlatelets", "yes").Set("lastPlateletsOn", new DateOnly(2026, 10, 1)).Set("systolic", decimal.MaxValue).Set("diastolic", decimal.MinValue);

        var verdict = Judge(facts, "assessment");

        Assert.Equal((RuleResult.Missing, RuleResult.Missing), (verdict.Result("VOL-03"), verdict.Result("BP-03")));
    }

    private static FactBag Run() => new FactBag().Set("runCompleted", "yes").Set("needleAt", "2026-11-22T09:00").Set("collectionEndedAt", "2026-11-22T10:00").Set("redCellsReturned", "yes").Set("acdaBags", 1).Set("acdaUsedMl", 300);

    private static Verdict Judge(FactBag facts, string stage)
    {
        CollectionFacts.AddDerived(facts, MadePacks.Day, National.NumberParameter);
        return RuleEvaluation.Evaluate(National, National.StagesUpTo(stage), "apheresis-platelets", facts, MadePacks.Day);
    }
}
