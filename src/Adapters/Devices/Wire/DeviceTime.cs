using System.Globalization;
using System.Text.RegularExpressions;

namespace Adapters.Devices.Wire;

/// <summary>A time as a device wrote it.</summary>
/// <param name="Clock">What its clock showed.</param>
/// <param name="Offset">From UTC, where the device wrote one.</param>
public sealed partial record DeviceTime(DateTime Clock, TimeSpan? Offset)
{
    private static readonly TimeSpan LargestOffset = TimeSpan.FromHours(14);

    /// <summary>By the profile's formats alone where it has any; else year first, as HL7 (yyyyMMdd[HH[mm[ss]]]), ISO 8601 or in Chinese. Null for what can be read in two ways or in none.</summary>
    /// <param name="formats">.NET date formats.</param>
    public static DeviceTime? Parse(string text, IReadOnlyList<string> formats)
    {
        text = text.Trim();
        if (formats.Count > 0)
            return DateTime.TryParseExact(text, [.. formats], CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var exact)
                ? new DeviceTime(exact, null) : null;
        return new[] { Digits(), Separated(), Chinese() }.Select(p => p.Match(text)).FirstOrDefault(m => m.Success) is { } match
            && Clocked(match) is { } clock && Zone(match, out var offset)
            ? new DeviceTime(clock, offset) : null;
    }

    private static DateTime? Clocked(Match match)
    {
        int Part(string name) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var (year, month, day, hour, minute, second) = (Part("y"), Part("M"), Part("d"), Part("h"), Part("m"), Part("s"));
        return year is >= 1900 and < 9999 && month is > 0 and <= 12 && day > 0 && day <= DateTime.DaysInMonth(year, month) && hour < 24
            && minute < 60 && second < 60
            ? new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified) : null;
    }

    private static bool Zone(Match match, out TimeSpan? offset)
    {
        offset = null;
        var zone = match.Groups["zone"].Value.Replace(":", "", StringComparison.Ordinal);
        if (zone.Length == 0) return true;
        offset = zone == "Z" ? TimeSpan.Zero
            : new TimeSpan(int.Parse(zone.AsSpan(1, 2), CultureInfo.InvariantCulture),
                int.Parse(zone.AsSpan(3, 2), CultureInfo.InvariantCulture), 0) * (zone[0] == '-' ? -1 : 1);
        return offset.Value.Duration() <= LargestOffset && offset.Value.Minutes is > -60 and < 60;
    }

    private const string Offsets = @"(?:\s*(?<zone>Z|[+-][0-9]{2}:?[0-9]{2}))?";

    [GeneratedRegex(@"^(?<y>[0-9]{4})(?<M>[0-9]{2})(?<d>[0-9]{2})(?:(?<h>[0-9]{2})(?:(?<m>[0-9]{2})(?:(?<s>[0-9]{2})(?:\.[0-9]{1,9})?)?)?)?" + Offsets + @"\z")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(?<y>[0-9]{4})(?<by>[-/.])(?<M>[0-9]{1,2})\k<by>(?<d>[0-9]{1,2})(?:(?:T|\s+)(?<h>[0-9]{1,2}):(?<m>[0-9]{1,2})(?::(?<s>[0-9]{1,2})(?:\.[0-9]{1,9})?)?" + Offsets + @")?\z")]
    private static partial Regex Separated();

    [GeneratedRegex(@"^(?<y>[0-9]{4})年(?<M>[0-9]{1,2})月(?<d>[0-9]{1,2})日(?:\s*(?<h>[0-9]{1,2})(?:[:：时点](?<m>[0-9]{1,2})(?:[:：分](?<s>[0-9]{1,2})秒?|分)?|时))?\z")]
    private static partial Regex Chinese();
}
