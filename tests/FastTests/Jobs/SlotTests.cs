using Platform.Jobs;
using Xunit;

namespace FastTests.Jobs;

/// <summary>Work that stands still holds nobody up: its place is given to the next.</summary>
public sealed class SlotTests
{
    [Fact]
    public async Task Given_all_places_taken_by_work_that_stands_still_When_another_comes_Then_it_has_a_place_after_that_time()
    {
        using var slots = new Slots(2, TimeSpan.FromMilliseconds(50));
        using var first = await slots.EnterAsync(default);
        using var second = await slots.EnterAsync(default);

        using var third = await slots.EnterAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
        using var fourth = await slots.EnterAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Given_places_taken_by_work_that_goes_on_When_another_comes_Then_it_waits_until_one_leaves()
    {
        using var slots = new Slots(1, TimeSpan.FromHours(1));
        var first = await slots.EnterAsync(default);
        var waiting = slots.EnterAsync(default);
        Assert.False(waiting.IsCompleted);

        first.Dispose();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).Dispose();
    }

    [Fact]
    public async Task Given_a_place_given_up_by_time_When_its_work_leaves_too_Then_it_is_given_up_once()
    {
        using var slots = new Slots(1, TimeSpan.FromMilliseconds(20));
        var first = await slots.EnterAsync(default);
        var second = await slots.EnterAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
        first.Dispose();
        second.Dispose();

        using var kept = new Slots(1, TimeSpan.FromHours(1));
        var only = await kept.EnterAsync(default);
        only.Dispose();
        only.Dispose();
        using var again = await kept.EnterAsync(default);
        Assert.False(kept.EnterAsync(default).IsCompleted);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(8, 600)]
    [InlineData(1000, 600)]
    public void Given_so_many_tries_When_one_more_is_put_off_Then_by_twice_as_long_each_time_and_never_longer_than_ten_minutes(int attempts, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Lane<Job>.Patience(attempts));
}
