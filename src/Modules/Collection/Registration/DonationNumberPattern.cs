using System.Text.RegularExpressions;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>How a station's donation numbers look (DOMAIN §6): its code in the province, two digits of the year, a serial. Without one of the two places the same number would come again.</summary>
internal static partial class DonationNumberPattern
{
    public const string Setting = "donationNumberPattern";
    private const string Year = "{yy}";
    private const string Serial = "{serial}";

    /// <summary>What is wrong with it, zh-CN; null when nothing is.</summary>
    public static string? Fault(string pattern) =>
        CodeOf(pattern) is null ? "须以本站代码开头（3–10 位字母或数字），例如 99101{yy}{serial}"
        : Places().Matches(pattern).Select(m => m.Value).FirstOrDefault(p => p is not (Year or Serial)) is { } unknown ? $"不认识 {unknown}，只有 {Year} 和 {Serial}"
        : Count(pattern, Year) != 1 || Count(pattern, Serial) != 1 ? $"{Year} 和 {Serial} 须各有一处，否则号码会重复"
        : !Plain().IsMatch(Places().Replace(pattern, "")) ? "除两处占位外只能用字母、数字和连字符"
        : null;

    /// <summary>The station's code: what stands before the first place.</summary>
    public static string? CodeOf(string pattern) => Beginning().Match(pattern) is { Success: true } code ? code.Value : null;

    /// <param name="pattern">With both places.</param>
    public static string Number(string pattern, int year, long serial) =>
        pattern.Replace(Year, $"{year % 100:00}", StringComparison.Ordinal).Replace(Serial, $"{serial:000000}", StringComparison.Ordinal);

    private static int Count(string pattern, string place) => Places().Matches(pattern).Count(m => m.Value == place);

    [GeneratedRegex(@"^[0-9A-Za-z]{3,10}(?=\{)")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\{[^}]*\}?")]
    private static partial Regex Places();

    [GeneratedRegex("^[0-9A-Za-z-]*$")]
    private static partial Regex Plain();
}

/// <summary>A donation number belongs to one station of the province for ever, and so does the code it begins with.</summary>
internal sealed class StationCodeClaims : IClaims
{
    public IEnumerable<ProvinceClaim> Of(IReadOnlyList<PublishedDocument> own)
    {
        foreach (var document in own.Where(d => d.Kind == DocumentKinds.Settings))
            if (StationSettings.TryParse(document.Json)?.Value(DonationNumberPattern.Setting) is { } pattern && DonationNumberPattern.CodeOf(pattern) is { } code)
                yield return new ProvinceClaim("station-code", code, "血站代码", document.Name + ".settings.json", "$.Values." + DonationNumberPattern.Setting) { IsPrefix = true };
    }
}
