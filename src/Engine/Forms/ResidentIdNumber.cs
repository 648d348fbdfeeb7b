using System.Globalization;

namespace Engine.Forms;

/// <summary>A Chinese resident identity number of 18 characters (GB 11643-1999): area, birth date, sequence, check character.</summary>
public sealed record ResidentIdNumber
{
    public const int Length = 18;

    private const string CheckCharacters = "10X98765432";
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    private ResidentIdNumber(string value, DateOnly birthDate)
    {
        Value = value;
        BirthDate = birthDate;
        Sex = (value[16] - '0') % 2 == 1 ? "M" : "F";
    }

    /// <summary>The number with an upper-case check character.</summary>
    public string Value { get; }

    /// <summary>Characters 7–14.</summary>
    public DateOnly BirthDate { get; }

    /// <summary><c>M</c> when the sequence number is odd, otherwise <c>F</c>.</summary>
    public string Sex { get; }

    /// <summary>Reads a number; a lower-case x is accepted.</summary>
    /// <param name="text">The number as entered, trimmed, half-width.</param>
    /// <param name="today">Local date; nobody is born after it.</param>
    /// <param name="fault">Why it is refused, zh-CN; null when accepted.</param>
    public static ResidentIdNumber? Read(string text, DateOnly today, out string? fault)
    {
        var value = text.ToUpperInvariant();
        fault = FaultOf(value, today, out var birthDate);
        return fault is null ? new ResidentIdNumber(value, birthDate) : null;
    }

    /// <summary>Reads a number as a person or a scanner typed it: full-width digits, blanks and what the scanner adds are accepted.</summary>
    public static ResidentIdNumber? ReadTyped(string text, DateOnly today, out string? fault)
    {
        var read = Read(ScannedNumber.Clean(text), today, out fault);
        foreach (var reading in read is null ? ScannedNumber.Readings(text).Skip(1) : [])
            if (Read(reading, today, out _) is { } found) (read, fault) = (found, null);
        return read;
    }

    private static string? FaultOf(string value, DateOnly today, out DateOnly birthDate)
    {
        birthDate = default;
        if (value.Length != Length) return $"应为 {Length} 位，现在是 {value.Length} 位，请核对证件";
        if (value.AsSpan(0, 17).ContainsAnyExceptInRange('0', '9') || !(char.IsAsciiDigit(value[17]) || value[17] == 'X')) return "只能是 17 位数字加 1 位数字或 X，请核对证件";
        if (value[0] == '0') return "前 6 位不是有效的地区码，请核对证件";
        if (!DateOnly.TryParseExact(value.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out birthDate)
            || birthDate.Year < 1800 || birthDate > today)
            return "第 7–14 位不是有效的出生日期，请核对证件";
        return value[17] == CheckCharacter(value) ? null : "校验位不正确，可能输错了一位，请核对证件";
    }

    private static char CheckCharacter(string value)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++) sum += (value[i] - '0') * Weights[i];
        return CheckCharacters[sum % 11];
    }
}
