using Modules.Collection;
using Xunit;

namespace FastTests.Collection;

/// <summary>What a donation number is made of.</summary>
public sealed class DonationNumberTests
{
    [Theory]
    [InlineData("99101{yy}{serial}", 2026, 17, "9910126000017")]
    [InlineData("99101{yy}{serial}", 2026, 999_999, "9910126999999")]
    [InlineData("99101{yy}{serial}", 2026, 1_000_000, "99101261000000")]
    [InlineData("X-{serial}-{yy}", 2103, 1, "X-000001-03")]
    public void Given_a_pattern_When_a_number_is_made_Then_every_digit_of_year_and_serial_stands_in_it(
        string pattern, int year, long serial, string number) =>
        Assert.Equal(number, DonationNumberPattern.Number(pattern, year, serial));
}
