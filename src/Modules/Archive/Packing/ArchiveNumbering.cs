using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>How a station numbers its items (DA/T 13-2022): every part of the number is a setting.</summary>
/// <param name="Pattern">With the places {yyyy}, {retention}, {department} and {item:0000}.</param>
/// <param name="Retention">Y, D30 or D10.</param>
internal sealed partial record ArchiveNumbering(string Pattern, string Retention, string Department, string DepartmentTitle)
{
    public const string PatternSetting = "archiveNumberPattern";
    public static readonly Setting DepartmentTitleSetting = new("archiveDepartmentTitle", "归档部门") { DefaultFrom = "department", Shown = SettingPlaces.Archive };
    public static readonly IReadOnlyList<SettingOption> Retentions = [new("Y", "永久"), new("D30", "30年"), new("D10", "10年")];

    /// <summary>The numbering, or what is wrong with the settings.</summary>
    public static (ArchiveNumbering? Numbering, string? Fault) Of(StationSettings settings)
    {
        var numbering = new ArchiveNumbering(settings.Value(PatternSetting), settings.Value("archiveRetention"), settings.Value("archiveDepartment"), DepartmentTitleSetting.In(settings));
        if (Retentions.All(r => r.Code != numbering.Retention)) return (null, "设置 archiveRetention 须为 Y、D30 或 D10");
        if (numbering.Department.Length == 0) return (null, "设置 archiveDepartment 没有填写");
        return new[] { "{yyyy}", "{retention}", "{department}" }.FirstOrDefault(part => !numbering.Pattern.Contains(part, StringComparison.Ordinal)) is { } missing
            ? (null, $"设置 archiveNumberPattern 中缺少 {missing}")
            : ItemPlace().Count(numbering.Pattern) == 1 ? (numbering, null) : (null, "设置 archiveNumberPattern 中须有一处 {item:0000}");
    }

    /// <summary>Number series the item numbers of a year run in: the lowest class.</summary>
    public string Series(int year) => string.Create(CultureInfo.InvariantCulture, $"{SeriesPrefix}{year}-{Retention}-{Department}");

    public const string SeriesPrefix = "archive-item-";

    public string ArchiveNumber(int year, long item) => ItemPlace().Replace(Pattern, place => item.ToString(place.Groups[1].Value, CultureInfo.InvariantCulture))
        .Replace("{yyyy}", $"{year:0000}", StringComparison.Ordinal).Replace("{retention}", Retention, StringComparison.Ordinal).Replace("{department}", Department, StringComparison.Ordinal);

    public static string TitleOf(string retention) => Retentions.FirstOrDefault(r => r.Code == retention)?.Title ?? retention;

    /// <summary>全宗号: what stands before the first separator, which names the station among all archives of the province.</summary>
    public static string? FondsOf(string pattern) => Beginning().Match(pattern) is { Success: true } fonds ? fonds.Value : null;

    [GeneratedRegex(@"\{item:(0+)\}")]
    private static partial Regex ItemPlace();

    [GeneratedRegex(@"^[0-9A-Za-z]+(?=[^0-9A-Za-z{])")]
    private static partial Regex Beginning();
}

/// <summary>A fonds is one station's.</summary>
internal sealed class FondsClaims : IClaims
{
    public IEnumerable<ProvinceClaim> Of(IReadOnlyList<PublishedDocument> own)
    {
        foreach (var document in own.Where(d => d.Kind == DocumentKinds.Settings))
            if (StationSettings.TryParse(document.Json)?.Value(ArchiveNumbering.PatternSetting) is { } pattern && ArchiveNumbering.FondsOf(pattern) is { } fonds)
                yield return new ProvinceClaim("fonds", fonds, "全宗号", document.Name + ".settings.json", "$.Values." + ArchiveNumbering.PatternSetting);
    }
}
