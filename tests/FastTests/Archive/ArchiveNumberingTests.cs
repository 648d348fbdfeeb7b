using Modules.Archive;
using Platform.Tenancy;
using Xunit;

namespace FastTests.Archive;

/// <summary>The number of an item: year, retention and department are one class, and each class counts by itself without gaps.</summary>
public sealed class ArchiveNumberingTests
{
    private const string Pattern = "X999-{yyyy}-{retention}-{department}-{item:0000}";

    [Fact]
    public void Given_another_year_retention_or_department_When_numbered_Then_each_is_a_series_of_its_own()
    {
        string[] series =
        [
            Series("D10", "XF1", 2026), Series("D10", "XF1", 2027), Series("D30", "XF1", 2026), Series("Y", "XF1", 2026),
            Series("D10", "XF2", 2026),
        ];

        Assert.Equal(series.Length, series.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(series[0], Series("D10", "XF1", 2026));
    }

    [Theory]
    [InlineData(Pattern, 7, "X999-2026-D10-XF1-0007")]
    [InlineData(Pattern, 12345, "X999-2026-D10-XF1-12345")]
    [InlineData("{department}.{retention}.{yyyy}.{item:00}", 7, "XF1.D10.2026.07")]
    public void Given_a_pattern_When_an_item_is_numbered_Then_every_part_stands_in_its_place(string pattern, long item, string number) =>
        Assert.Equal(number, Numbering("D10", "XF1", pattern).Numbering!.ArchiveNumber(2026, item));

    [Theory]
    [InlineData("D5", "XF1", Pattern, "archiveRetention")]
    [InlineData("D10", "", Pattern, "archiveDepartment")]
    [InlineData("D10", "XF1", "X-{yyyy}-{department}-{item:0000}", "{retention}")]
    [InlineData("D10", "XF1", "X-{yyyy}-{retention}-{department}", "{item:0000}")]
    [InlineData("D10", "XF1", "{item:00}-{yyyy}-{retention}-{department}-{item:0000}", "{item:0000}")]
    public void Given_settings_that_would_number_two_items_alike_When_read_Then_the_setting_is_named(
        string retention, string department, string pattern, string named)
    {
        var (numbering, fault) = Numbering(retention, department, pattern);

        Assert.Null(numbering);
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    private static string Series(string retention, string department, int year) =>
        Numbering(retention, department, Pattern).Numbering!.Series(year);

    private static (ArchiveNumbering? Numbering, string? Fault) Numbering(string retention, string department, string pattern) =>
        ArchiveNumbering.Of(new StationSettings
        {
            Values = new Dictionary<string, string>
            {
                ["archiveNumberPattern"] = pattern, ["archiveRetention"] = retention, ["archiveDepartment"] = department,
            },
        });
}
