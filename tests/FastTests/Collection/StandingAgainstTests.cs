using Engine.Rules;
using FastTests.Rules;
using Modules.Collection;
using Xunit;

namespace FastTests.Collection;

/// <summary>What already stands against a donation, by the rules as they ship, while most is still unknown.</summary>
public sealed class StandingAgainstTests
{
    private static readonly DateOnly Day = new(2026, 11, 22);

    [Fact]
    public void Given_nothing_known_yet_When_judged_over_all_stages_Then_nothing_stands_against_it() => Assert.Null(Against(new FactBag()));

    [Theory]
    [InlineData("tattoo", "yes", RuleOutcome.DeferUntil)]
    [InlineData("highRisk", "yes", RuleOutcome.DeferPermanently)]
    [InlineData("urinaryStone", "yes", RuleOutcome.DeferVisit)]
    public void Given_one_answer_that_defers_When_judged_Then_it_stands_at_once(string fact, string answer, RuleOutcome outcome) =>
        Assert.Equal(outcome, Against(new FactBag().Set(fact, answer).Set("tattooOn", Day.AddDays(-30)))!.Outcome);

    [Fact]
    public void Given_two_that_defer_until_a_day_When_judged_Then_the_later_day_stands_and_what_is_missing_is_not_among_the_reasons()
    {
        var against = Against(new FactBag().Set("oralCare", "yes").Set("oralCareOn", Day).Set("sharpsInjury", "no").Set("tattoo", "yes").Set("tattooOn", Day.AddDays(-30)))!;
        Assert.Equal(Day.AddDays(-30).AddYears(1), against.Until);
        Assert.All(against.Rules, r => Assert.Equal(RuleResult.Failed, r.Result));
    }

    [Fact]
    public void Given_an_answer_without_its_date_or_one_to_confirm_When_judged_Then_neither_stands_against_it()
    {
        Assert.Null(Against(new FactBag().Set("tattoo", "yes")));
        Assert.Null(Against(new FactBag().Set("alcohol", "yes").Set("alcoholOn", Day)));
    }

    private static Verdict? Against(FactBag facts)
    {
        var packs = PackSet.Of([ShippedPacks.Pack("gb18467-2011"), ShippedPacks.Pack("zhejiang"), ShippedPacks.Pack("hangzhou")]);
        return StandingAgainst.Of(RuleEvaluation.Evaluate(packs, packs.StagesUpTo(packs.DecidingStage!), "apheresis-platelets", facts, Day));
    }
}
