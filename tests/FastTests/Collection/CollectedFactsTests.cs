using Engine.Rules;
using Modules.Collection;
using Xunit;

namespace FastTests.Collection;

/// <summary>What times and amounts of a run say together; nothing is said of what is not known.</summary>
public sealed class CollectedFactsTests
{
    [Theory]
    [InlineData("2026-11-22T09:00", "2026-11-22T09:09", 4200, "minutesCheckToNeedle", 30)]
    [InlineData("2026-11-22T08:25", "2026-11-22T09:09", 4200, "minutesCheckToNeedle", -5)]
    [InlineData("2026-11-22T09:00", "2026-11-22T10:20", 4200, "minutesEndAhead", 20)]
    [InlineData("2026-11-22T09:00", "2026-11-22T09:30", 4500, "processedMlPerMinute", 150)]
    [InlineData("2026-11-22T09:00", "2026-11-22T10:00", 4200, "plateletsProcessed", 10.08)]
    public void Given_a_run_When_its_facts_are_derived_Then_they_are_what_the_numbers_say(string needle, string ended, int processed, string fact, double value) =>
        Assert.Equal((decimal)value, Derived(needle, ended, processed).Number(fact));

    [Fact]
    public void Given_a_run_just_above_a_limit_When_its_flow_is_derived_Then_it_is_not_rounded_down_to_it() =>
        Assert.True(Derived("2026-11-22T09:00", "2026-11-22T09:30", 4501).Number("processedMlPerMinute") > 150);

    [Theory]
    [InlineData("2026-11-22T09:00", "2026-11-22T09:00")]
    [InlineData("2026-11-22T09:00", "2026-11-22T08:00")]
    [InlineData("", "2026-11-22T09:00")]
    [InlineData("2026-11-22T09:00", "")]
    public void Given_no_time_to_divide_by_When_the_flow_is_derived_Then_it_stays_unknown(string needle, string ended) =>
        Assert.Null(Derived(needle, ended, 4200).Number("processedMlPerMinute"));

    private static FactBag Derived(string needle, string ended, decimal processed)
    {
        var facts = new FactBag().Set("bedsideCheckedAt", "2026-11-22T08:30").Set("writtenAt", "2026-11-22T10:00").Set("processedBloodMl", processed).Set("plt", 240m);
        if (needle.Length > 0) facts.Set("needleAt", needle);
        if (ended.Length > 0) facts.Set("collectionEndedAt", ended);
        CollectionFacts.AddDerived(facts, new DateOnly(2026, 11, 22), _ => null);
        return facts;
    }
}
