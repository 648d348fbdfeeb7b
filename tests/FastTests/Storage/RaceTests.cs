using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Storage;
using Xunit;

namespace FastTests.Storage;

/// <summary>Who was overtaken is told so; whose write failed for another reason is not told that somebody was faster.</summary>
public sealed class RaceTests
{
    [Theory]
    [InlineData(19, 2067, true)]
    [InlineData(19, 1555, true)]
    [InlineData(19, 787, false)]
    [InlineData(19, 1299, false)]
    [InlineData(19, 1811, false)]
    [InlineData(13, 13, false)]
    [InlineData(10, 778, false)]
    [InlineData(11, 11, false)]
    [InlineData(8, 8, false)]
    public void Given_an_error_of_sqlite_When_told_apart_Then_only_a_key_that_is_taken_is_a_race(int code, int extended, bool race) =>
        Assert.Equal(race, Race.Lost(new DbUpdateException("failed", new SqliteException("x", code, extended))));

    [Theory]
    [InlineData("23505", true)]
    [InlineData("40P01", true)]
    [InlineData("40001", true)]
    [InlineData("53100", false)]
    [InlineData("53200", false)]
    [InlineData("23503", false)]
    [InlineData("23514", false)]
    [InlineData("57P01", false)]
    [InlineData("42501", false)]
    public void Given_an_error_of_postgresql_When_told_apart_Then_only_a_key_that_is_taken_or_a_deadlock_is_a_race(string state, bool race) =>
        Assert.Equal(race, Race.Lost(new DbUpdateException("failed", new PostgresException("x", "ERROR", "ERROR", state))));

    [Fact]
    public void Given_a_row_that_is_another_by_now_When_told_apart_Then_it_is_a_race_and_a_cut_line_is_not()
    {
        Assert.True(Race.Lost(new DbUpdateConcurrencyException("changed")));
        Assert.False(Race.Lost(new DbUpdateException("failed", new IOException("No space left on device"))));
        Assert.False(Race.Lost(new DbUpdateException("failed", new TimeoutException())));
    }
}
