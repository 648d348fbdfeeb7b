using Platform.People;
using Xunit;

namespace FastTests.People;

/// <summary>When a session is over, and when its last use is written.</summary>
public sealed class FoundSessionTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 29, null)]
    [InlineData(0, 30, "闲置超时")]
    [InlineData(60, 89, null)]
    [InlineData(719, 719, null)]
    [InlineData(719, 720, "已满一个班次")]
    public void Given_a_session_of_a_role_of_half_an_hour_When_asked_Then_it_is_over_by_idling_or_by_the_end_of_the_shift(int seen, int now, string? over) =>
        Assert.Equal(over, Session(seen).Over(Start.AddMinutes(now)));

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    [InlineData(3600, true)]
    public void Given_a_request_When_the_last_one_written_is_less_than_a_minute_ago_Then_nothing_is_written(int seconds, bool stale) =>
        Assert.Equal(stale, Session(0).Stale(Start.AddSeconds(seconds)));

    private static FoundSession Session(int seenMinutes) => new(
        new StaffSession { Id = Guid.NewGuid(), PersonId = "p", Device = "", Source = "192.0.2.1", StartedAt = Start, LastSeenAt = Start.AddMinutes(seenMinutes) }, new Person(), 30, []);
}
