using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FastTests.Rules;
using Platform.Publishing;
using Platform.Tenancy;
using Web.Host;
using Xunit;

namespace FastTests.Publishing;

/// <summary>What modules say of their settings is enough to list them all, and is true.</summary>
public sealed class DeclaredSettingsTests
{
    private static readonly Setting[] Declared = [.. StationSettings.Own, .. Composition.Modules.SelectMany(m => m.Settings)];

    [Fact]
    public void Given_the_shipped_layouts_When_searched_for_settings_Then_each_is_declared_to_show_exactly_there()
    {
        const SettingPlaces Printed = SettingPlaces.Slip | SettingPlaces.Label | SettingPlaces.Form;
        var printed = ShippedPacks.Names(".layout.json").SelectMany(name => Placeholders(name).Select(p => (Placeholder: p, Place: PlaceOf(name)))).Distinct().ToLookup(p => p.Placeholder, p => p.Place);

        Assert.All(Declared, s => Assert.Equal((s.Code, printed[s.Placeholder].Aggregate(SettingPlaces.None, (all, one) => all | one)), (s.Code, s.Shown & Printed)));
        Assert.Equal(6, Declared.Count(s => (s.Shown & Printed) != SettingPlaces.None));
    }

    [Fact]
    public void Given_every_setting_When_listed_Then_it_has_a_title_of_its_own_and_its_kind_in_words()
    {
        Assert.Equal(Declared.Length, Declared.Select(s => s.Title).Distinct().Count());
        Assert.Equal(Declared.Length, Declared.Select(s => s.Code).Distinct().Count());
        Assert.All(Declared, s => Assert.NotEmpty(SettingTitles.Of(s.Kind)));
        Assert.All(Declared, s => Assert.Equal(s.Kind == SettingKind.Choice, s.Options.Count > 0));
        Assert.All(Declared.Where(s => s.Shown != SettingPlaces.None), s => Assert.NotEmpty(SettingTitles.PlacesOf(s.Shown)));
        Assert.Equal(["标签", "提示单和凭证"], SettingTitles.PlacesOf(SettingPlaces.Slip | SettingPlaces.Label));
    }

    [Theory]
    [InlineData("archiveDepartmentTitle", "", "成分献血科")]
    [InlineData("archiveDepartmentTitle", "档案室", "档案室")]
    [InlineData("SiteName", "", "甲站")]
    [InlineData("TimeZoneId", "", "Asia/Shanghai")]
    [InlineData("slipFooter", "", "")]
    public void Given_a_setting_written_or_not_When_it_is_asked_Then_what_is_written_holds_else_its_default(string code, string written, string holds)
    {
        var settings = new StationSettings { SiteName = "甲站", Values = new Dictionary<string, string> { ["department"] = "成分献血科", [code] = written } };

        Assert.Equal(holds, Declared.Single(s => s.Code == code).In(settings));
    }

    [Theory]
    [InlineData("archiveRetention", "D5", "D5")]
    [InlineData("archiveRetention", "d10", "d10")]
    [InlineData("archiveRetention", "永久", "永久")]
    [InlineData("donationNumberPattern", "99101{yy}", "{serial}")]
    public void Given_a_value_its_setting_does_not_allow_When_the_set_is_checked_Then_the_finding_names_setting_and_value(string code, string value, string named)
    {
        var set = ShippedSet.New().Edit(DocumentKinds.Settings, "station", json => json["Values"]![code] = value);

        var finding = Assert.Single(set.Findings(), f => f.Path == "$.Values." + code);
        Assert.Contains(Declared.Single(s => s.Code == code).Title, finding.Words, StringComparison.Ordinal);
        Assert.Contains(named, finding.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_the_values_a_choice_allows_When_written_Then_nothing_is_found() =>
        Assert.All(Declared.Single(s => s.Code == "archiveRetention").Options, option =>
            Assert.DoesNotContain(ShippedSet.New().Edit(DocumentKinds.Settings, "station", json => json["Values"]!["archiveRetention"] = option.Code).Findings(), f => f.Path == "$.Values.archiveRetention"));

    private static IEnumerable<string> Placeholders(string layout) => Regex.Matches(ShippedPacks.Text(layout), @"\{(?:\w+\.)?(\w+)\}|""field"": ""(\w+)""").Select(m => m.Groups[1].Value + m.Groups[2].Value).Distinct();

    private static SettingPlaces PlaceOf(string layout) =>
        layout.EndsWith("-label.layout.json", StringComparison.Ordinal) ? SettingPlaces.Label
        : layout.StartsWith("record-", StringComparison.Ordinal) || layout.StartsWith("hand-over", StringComparison.Ordinal) ? SettingPlaces.Form : SettingPlaces.Slip;
}
