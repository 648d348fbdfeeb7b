using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>What is a number to a device is one here, and nothing else is.</summary>
public sealed class PlainNumberTests
{
    [Theory]
    [InlineData("130.", "130")]
    [InlineData("+130", "130")]
    [InlineData("+130.5", "130.5")]
    [InlineData("0130", "130")]
    [InlineData("130.0", "130.0")]
    public void Given_a_number_as_devices_write_it_When_read_Then_it_counts(string sent, string value) =>
        Assert.Equal((value, true), (Hl7($"NM|718-7^HGB^LN||{sent}|g/L||N|||F").Readings.Single() is var r ? r.Value : null, r.Accepted));

    [Theory]
    [InlineData(".405", "0.405")]
    [InlineData("+.405", "0.405")]
    [InlineData("00.405", "0.405")]
    public void Given_a_fraction_without_its_zero_When_read_Then_it_counts(string sent, string value) =>
        Assert.Equal((value, true), (Hl7($"NM|4544-3^HCT^LN||{sent}|L/L||N|||F").Readings.Single() is var r ? r.Value : null, r.Accepted));

    [Theory]
    [InlineData(".")]
    [InlineData("+")]
    [InlineData("-130")]
    [InlineData("++130")]
    [InlineData("+-130")]
    [InlineData("130..")]
    [InlineData("1.3.0")]
    [InlineData("1.3E2")]
    [InlineData("1 30")]
    [InlineData("130+")]
    [InlineData("１３０")]
    [InlineData("0x82")]
    [InlineData("1300000000")]
    public void Given_anything_else_When_read_Then_it_does_not_count(string sent) =>
        Assert.False(Hl7($"NM|718-7^HGB^LN||{sent}|g/L||N|||F").Readings.Single().Accepted);
}
