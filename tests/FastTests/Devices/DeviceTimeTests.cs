using System.Globalization;
using System.Text;
using Adapters.Devices;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>A time is read as it is written, or not at all.</summary>
public sealed class DeviceTimeTests
{
    private const string Profile = """
        {"maker":"M","model":"1","title":"t","source":"s","format":"csv","message":{"sampleId":["ID"],"observedTime":["Time"]},FORMATS
        "items":[{"code":"hb","device":["HGB"],"unit":"g/L","units":{"g/L":1},"plausible":{"min":30,"max":250},"withoutUnit":{"unit":"g/L","min":30,"max":250}}]}
        """;

    private static string? Written(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string? Csv(string time) => Written(One($"样本号,检测时间,HGB\nA1,{time},150\n", "generic/csv").ObservedTime);

    private static string? Hl7Time(string time) =>
        Written(One($"MSH|^~\\&|BC|M|||20260301080000||ORU^R01|7|P|2.3.1\rPID|1\rOBR|1||A1|1|||{time}\rOBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\r", Hematology).ObservedTime);

    private static string? Own(string formats, string time) => Written(DeviceRecording.Read(
        Encoding.UTF8.GetBytes($"ID,Time,HGB\nA1,{time},150\n"), DeviceProfileReader.Parse(Profile.Replace("FORMATS", $"\"dateFormats\":[{formats}],"), "own")).Messages.Single().ObservedTime);

    [Fact]
    public void Given_a_day_and_month_of_one_digit_When_read_Then_it_is_that_day() =>
        Assert.Equal("2026-01-01 10:05:06", Written(One(Bytes("23-flatfile-short-date.csv"), "generic/csv").ObservedTime));

    [Theory]
    [InlineData("2026-01-01 10:05:06", "2026-01-01 10:05:06")]
    [InlineData("2026-1-1 9:05", "2026-01-01 09:05:00")]
    [InlineData("2026/11/1 10:05:06", "2026-11-01 10:05:06")]
    [InlineData("2026.1.11 10:05", "2026-01-11 10:05:00")]
    [InlineData("2026-01-01T10:05:06", "2026-01-01 10:05:06")]
    [InlineData("2026-01-01T10:05:06.123", "2026-01-01 10:05:06")]
    [InlineData("2026年1月2日 10时05分06秒", "2026-01-02 10:05:06")]
    [InlineData("2026年01月02日10:05:06", "2026-01-02 10:05:06")]
    [InlineData("2026年1月2日 10:05", "2026-01-02 10:05:00")]
    [InlineData("20260101100506", "2026-01-01 10:05:06")]
    [InlineData("202601011005", "2026-01-01 10:05:00")]
    [InlineData("2026/1/1", "2026-01-01 00:00:00")]
    public void Given_a_time_that_begins_with_its_year_When_read_Then_it_is_that_time(string sent, string read) => Assert.Equal(read, Csv(sent));

    [Theory]
    [InlineData("1/2/2026 10:05")]
    [InlineData("01/02/2026 10:05:06")]
    [InlineData("26-01-02 10:05")]
    [InlineData("2026/13/1 10:05")]
    [InlineData("2026/2/30 10:05")]
    [InlineData("2026/1/1 25:05")]
    [InlineData("2026-1/1 10:05")]
    [InlineData("2026/1/1 下午10:05")]
    [InlineData("2026/1/1 10:05 PM")]
    [InlineData("202611")]
    [InlineData("2026111")]
    [InlineData("20260101100")]
    [InlineData("昨天")]
    [InlineData("45992.42")]
    public void Given_a_time_that_can_be_read_in_two_ways_or_in_none_When_read_Then_it_is_refused(string sent) => Assert.Null(Csv(sent));

    [Theory]
    [InlineData("20261201100506", "2026-12-01 10:05:06")]
    [InlineData("20261201100506.1234", "2026-12-01 10:05:06")]
    [InlineData("2026120110", "2026-12-01 10:00:00")]
    [InlineData("20261201", "2026-12-01 00:00:00")]
    [InlineData("20261201100506-0500", "2026-12-01 10:05:06")]
    [InlineData("20261201100506+0800", "2026-12-01 10:05:06")]
    [InlineData("20261201100506.5-0500", "2026-12-01 10:05:06")]
    [InlineData("20261131100506", null)]
    [InlineData("2026120110050", null)]
    [InlineData("20261201100506-", null)]
    [InlineData("20261201100506-9900", null)]
    [InlineData("12012026100506", null)]
    public void Given_a_time_in_hl7_When_read_Then_clock_and_offset_are_told_apart(string sent, string? read) => Assert.Equal(read, Hl7Time(sent));

    [Theory]
    [InlineData("\"dd/MM/yyyy HH:mm:ss\"", "19/02/2024 10:14:49", "2024-02-19 10:14:49")]
    [InlineData("\"d/M/yyyy H:mm\"", "1/2/2026 9:05", "2026-02-01 09:05:00")]
    [InlineData("\"M/d/yyyy H:mm\"", "1/2/2026 9:05", "2026-01-02 09:05:00")]
    [InlineData("\"d.M.yyyy\",\"d.M.yyyy HH:mm\"", "1.2.2026 09:05", "2026-02-01 09:05:00")]
    [InlineData("\"dd/MM/yyyy HH:mm:ss\"", "2024/02/19 10:14:49", null)]
    [InlineData("\"dd/MM/yyyy HH:mm:ss\"", "19/13/2024 10:14:49", null)]
    public void Given_the_profiles_own_formats_When_read_Then_only_they_count(string formats, string sent, string? read) => Assert.Equal(read, Own(formats, sent));
}
