using System.Text;
using Platform.People;
using Xunit;

namespace FastTests.People;

/// <summary>One-time codes against the vectors of RFC 6238, appendix B (SHA-1), of whose eight digits an authenticator shows the last six.</summary>
public sealed class OneTimeCodeTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Given_a_vector_of_the_standard_When_its_code_is_typed_at_its_time_Then_its_period_is_found(long seconds, string code) => Assert.Equal(seconds / 30, PeriodOf(code, seconds));

    [Theory]
    [InlineData("２８７０８２")]
    [InlineData(" 287 082 ")]
    public void Given_a_code_as_an_input_method_gives_it_When_read_Then_it_is_the_same(string typed) => Assert.Equal(1, PeriodOf(typed, 59));

    [Theory]
    [InlineData("287083")]
    [InlineData("28708")]
    [InlineData("94287082")]
    [InlineData("")]
    [InlineData("28708a")]
    [InlineData("-87082")]
    public void Given_something_else_When_typed_Then_it_is_no_code(string typed) => Assert.Null(PeriodOf(typed, 59));

    [Theory]
    [InlineData(1111111049, false)]
    [InlineData(1111111050, true)]
    [InlineData(1111111139, true)]
    [InlineData(1111111140, false)]
    public void Given_a_clock_that_is_off_When_it_is_one_period_Then_the_code_is_taken_and_no_further(long seconds, bool taken) => Assert.Equal(taken, PeriodOf("081804", seconds) is not null);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Given_a_code_already_taken_or_a_later_one_When_typed_again_Then_it_is_refused(long last, bool taken) => Assert.Equal(taken, PeriodOf("287082", 59, last) is not null);

    [Fact]
    public void Given_a_key_When_its_address_is_made_Then_a_device_reads_key_and_station_from_it()
    {
        var address = new Uri(OneTimeCode.Address(Key, "演示站", "gl01"));

        Assert.Equal(("otpauth", "totp"), (address.Scheme, address.Host));
        Assert.Contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&", address.Query, StringComparison.Ordinal);
        Assert.NotEqual(OneTimeCode.NewKey(), OneTimeCode.NewKey());
    }

    private static long? PeriodOf(string typed, long seconds, long last = -1) => OneTimeCode.PeriodOf(Key, typed, DateTimeOffset.FromUnixTimeSeconds(seconds), last);
}
