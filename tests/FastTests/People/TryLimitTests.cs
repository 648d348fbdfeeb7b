using Platform.People;
using Xunit;

namespace FastTests.People;

/// <summary>How long a wrong try makes its maker wait.</summary>
public sealed class TryLimitTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Given_an_address_that_never_hits_When_it_tries_again_after_each_wait_Then_the_waits_grow_to_their_longest_and_no_further()
    {
        var (tries, now, waits) = (Tries.None, Start, new List<double>());
        for (var i = 0; i < 11; i++)
        {
            tries = tries.Another(TryLimit.Address, now);
            waits.Add(tries.Wait(now) ? (tries.Until - now).TotalMinutes : 0);
            now = tries.Wait(now) ? tries.Until : now.AddSeconds(1);
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15], waits);
    }

    [Fact]
    public void Given_one_who_tries_for_a_year_When_counted_Then_no_account_takes_more_than_a_hundred_a_day_and_no_pin_of_a_colleague_more_than_two()
    {
        Assert.InRange(TriesOf(TryLimit.Address, TimeSpan.FromDays(365)) / 365.0, 1, 100);
        Assert.InRange(TriesOf(TryLimit.OthersPin, TimeSpan.FromDays(365)) / 365.0, 0.9, 2);
    }

    [Fact]
    public void Given_wrong_tries_of_yesterday_When_one_more_is_wrong_Then_it_is_the_first()
    {
        var tries = Tries.None;
        for (var i = 0; i < 6; i++) tries = tries.Another(TryLimit.Address, Start);

        Assert.Equal(7, tries.Another(TryLimit.Address, tries.Until + TryLimit.Address.Memory!.Value).Failures);
        var later = tries.Another(TryLimit.Address, tries.Until + TryLimit.Address.Memory!.Value + TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, false), (later.Failures, later.Wait(later.LastAt)));
    }

    [Fact]
    public void Given_five_wrong_pins_of_ones_own_When_years_pass_Then_it_waits_for_somebody_to_lift_it()
    {
        var tries = Tries.None;
        for (var i = 0; i < 4; i++) tries = tries.Another(TryLimit.OwnPin, Start.AddYears(i));
        Assert.False(tries.Wait(Start.AddYears(4)));

        tries = tries.Another(TryLimit.OwnPin, Start.AddYears(4));

        Assert.True(tries.Wait(Start.AddYears(500)));
        Assert.Equal(tries.Until, DateTimeOffset.FromUnixTimeMilliseconds(tries.Until.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void Given_wrong_tries_without_end_When_counted_Then_no_wait_is_beyond_what_a_date_can_hold()
    {
        var (tries, now) = (Tries.None, Start);
        for (var i = 0; i < 5000; i++) tries = tries.Another(TryLimit.OthersPin, now = tries.Wait(now) ? tries.Until : now);

        Assert.Equal(TryLimit.OthersPin.Longest, tries.Until - now);
    }

    private static int TriesOf(TryLimit limit, TimeSpan time)
    {
        var (tries, now, count) = (Tries.None, Start, 0);
        while (now < Start + time)
        {
            tries = tries.Another(limit, now);
            count++;
            if (tries.Wait(now)) now = tries.Until;
        }
        return count;
    }
}
