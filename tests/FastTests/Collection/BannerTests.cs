using Modules.Collection;
using Modules.Donors.Contracts;
using Xunit;

namespace FastTests.Collection;

/// <summary>The donor at the top of every page of a visit.</summary>
public sealed class BannerTests
{
    private static readonly DonorRecord Donor = new(
        Guid.Empty, "D00000001", "330106199509123283", "欧阳测试", "F", new DateOnly(1995, 9, 12), "13900000000", "演示路 1 号", "A",
         new Dictionary<string, string>());

    [Fact]
    public void Given_a_donor_When_a_page_of_the_visit_is_shown_Then_the_name_is_masked_and_nothing_else_tells_it()
    {
        var banner = VisitViews.Banner(Donor, MadeVisits.Day, "单采血小板", MadeVisits.NoHistory);

        Assert.Equal(("欧*", "女", 31), (banner.MaskedName, banner.Sex, banner.Age));
        Assert.DoesNotContain("阳测试", banner.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Donor.IdNumber, banner.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_an_undated_deferral_When_shown_Then_the_warning_asks_for_a_new_inquiry_and_says_nothing_of_ever()
    {
        var history = new DonorHistory([], [new EarlierDeferral("本站", null, MadeVisits.Day.AddDays(-9), null, "") { Undated = true }], null);

        Assert.Equal("以往暂缓，日期待定：请重新征询", Assert.Single(VisitViews.Banner(Donor, MadeVisits.Day, "", history).Warnings));
    }

    [Theory]
    [InlineData("2026-11-23", "")]
    [InlineData("2026-11-24", "暂缓至 2026-11-24")]
    [InlineData("", "永久屏蔽")]
    public void Given_a_deferral_When_shown_Then_the_warning_ends_on_the_day_it_ends(string until, string warning)
    {
        DateOnly? ends = until.Length == 0 ? null : DateOnly.Parse(until);
        var history = new DonorHistory([], [new EarlierDeferral("本站", null, MadeVisits.Day.AddDays(-9), ends, "")], null);

        Assert.Equal(warning, string.Join(' ', VisitViews.Banner(Donor, MadeVisits.Day, "", history).Warnings));
    }
}
