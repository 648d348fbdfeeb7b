using Engine.Rules;
using Modules.Donors;
using Modules.Donors.Contracts;
using Xunit;

namespace FastTests.Donors;

/// <summary>What the deferral file says of a donor on a day.</summary>
public sealed class DeferralFactsTests
{
    private const string Platelets = "apheresis-platelets";
    private static readonly DateOnly Day = new(2026, 11, 23);

    [Theory]
    [InlineData("2026-11-22", "no", null)]
    [InlineData("2026-11-23", "no", null)]
    [InlineData("2026-11-24", "yes", "2026-11-24")]
    [InlineData("2026-11-24 2027-05-31", "yes", "2027-05-31")]
    [InlineData("2026-11-23 2026-11-24", "yes", "2026-11-24")]
    public void Given_deferrals_until_a_day_When_that_day_comes_Then_the_donor_may_give_again(string untils, string has, string? until)
    {
        var facts = Facts([.. untils.Split(' ').Select(u => Deferral(DateOnly.Parse(u)))]);

        Assert.Equal((has, "no"), (facts.Text("hasDeferral"), facts.Text("deferredPermanently")));
        Assert.Equal(until is null ? null : DateOnly.Parse(until), facts.Date("deferredUntil"));
    }

    [Theory]
    [InlineData(null, "yes")]
    [InlineData(Platelets, "yes")]
    [InlineData("whole-blood", "no")]
    public void Given_a_deferral_of_a_type_When_another_is_given_Then_it_does_not_hold(string? type, string holds)
    {
        var facts = Facts(Deferral(null, type), Deferral(Day.AddDays(9), type));

        Assert.Equal((holds, holds), (facts.Text("deferredPermanently"), facts.Text("hasDeferral")));
    }

    [Fact]
    public void Given_an_undated_deferral_When_the_donor_comes_again_Then_it_bars_nobody_from_being_asked()
    {
        var facts = Facts(Deferral(null) with { Undated = true });

        Assert.Equal(("no", "no"), (facts.Text("deferredPermanently"), facts.Text("hasDeferral")));
    }

    [Fact]
    public void Given_a_province_that_did_not_answer_When_asked_Then_nothing_is_known_and_nothing_is_a_default()
    {
        var facts = new FactBag();
        DonorsFacts.Add(facts, new DonorHistory([], [], "省级献血者索引暂时无法查询"), Platelets, Day);

        Assert.Empty(facts.All);
    }

    private static EarlierDeferral Deferral(DateOnly? until, string? type = null) => new("本站", type, Day.AddDays(-30), until, "");

    private static FactBag Facts(params EarlierDeferral[] deferrals)
    {
        var facts = new FactBag();
        DonorsFacts.Add(facts, new DonorHistory([], deferrals, null), Platelets, Day);
        return facts;
    }
}
