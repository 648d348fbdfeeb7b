using System.Globalization;
using Xunit;

namespace IntegrationTests;

/// <summary>The run that tests post is one the page takes at any time of day.</summary>
public sealed class RunOfADayTests
{
    [Theory]
    [InlineData("00:00:00", "01:00")]
    [InlineData("09:30:00", "10:30")]
    [InlineData("22:58:59", "23:58")]
    [InlineData("22:59:30", "23:59")]
    [InlineData("23:58:59", "23:59")]
    public void Given_a_time_of_day_When_a_run_is_posted_Then_it_ends_later_and_on_the_same_day(string time, string ended)
    {
        var now = DateTime.Parse("2026-12-01T" + time, CultureInfo.InvariantCulture);
        var run = Collecting.Run(now)!.Value;
        Assert.Equal((now, "2026-12-01 " + ended), (run.Began, run.Ended.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("23:59:00")]
    [InlineData("23:59:59")]
    public void Given_the_last_minute_of_a_day_When_a_run_is_posted_Then_it_waits_for_the_next_day(string time) =>
        Assert.Null(Collecting.Run(DateTime.Parse("2026-12-31T" + time, CultureInfo.InvariantCulture)));
}
