using System.Globalization;
using System.Text;
using Engine.Canonical;

namespace Engine.Forms;

/// <summary>What one field's text came to: the value to keep, or why it is refused. Both null means nothing was entered.</summary>
internal readonly record struct FieldEntry(string? Value, string? Fault)
{
    private const int MaxText = 4000;
    private const int MinYear = 1900;
    private static readonly string[] DateFormats = ["yyyy-M-d", "yyyy/M/d", "yyyyMMdd"];
    private static readonly string[] DateTimeFormats = ["yyyy-M-dTH:m", "yyyy-M-d H:m", "yyyy/M/d H:m", "yyyy-M-dTH:m:s"];
    private static readonly FieldEntry Nothing = new(null, null);

    /// <summary>Reads what a person, a scanner or a script typed. The server is the only judge.</summary>
    public static FieldEntry Read(FormField field, string text, DateOnly today)
    {
        var trimmed = UnicodeText.ToNfc(text.Replace("\r\n", "\n", StringComparison.Ordinal)).Trim();
        if (trimmed.Length == 0) return Nothing;
        if (Unseen.In(trimmed, field.Type == FieldType.Multiline)) return Refuse("含有不可见的控制字符，请重新输入");
        if (trimmed.Length > MaxText) return Refuse("内容过长，请删减");
        return field.Type switch
        {
            FieldType.Number => ReadNumber(field, HalfWidth(trimmed)),
            FieldType.YesNo => ReadYesNo(field, trimmed),
            FieldType.Choice => field.Options!.Any(o => o.Code == trimmed) ? new(trimmed, null) : Refuse("没有这个选项，请从列表中选择"),
            FieldType.Date => ReadDate(field, HalfWidth(trimmed), today),
            FieldType.DateTime => ReadDateTime(field, HalfWidth(trimmed), today),
            FieldType.IdNumber => ReadIdNumber(trimmed, today),
            FieldType.Phone => ReadPhone(HalfWidth(trimmed)),
            _ => trimmed.Length <= field.MaxLength ? new(trimmed, null) : Refuse($"最多 {field.MaxLength} 个字，现在有 {trimmed.Length} 个，请删减"),
        };
    }

    /// <summary>The typed value of an accepted text: decimal, <see cref="DateOnly"/> or string, as facts hold it.</summary>
    public static object ToFact(FormField field, string value) => field.Type switch
    {
        FieldType.Number => ParseNumber(value),
        FieldType.Choice when field.Numeric => ParseNumber(value),
        FieldType.Date => DateOnly.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => value,
    };

    /// <summary>Text as typed, fit to be kept in a draft: no control characters but line breaks, at most <see cref="MaxText"/> long.</summary>
    public static string Clean(string text)
    {
        var kept = string.Concat(text.Where(c => !char.IsControl(c) || c is '\n'));
        return kept.Length <= MaxText ? kept : kept[..MaxText];
    }

    /// <summary>Digits with at most one point, no superfluous leading zero, at most 12 digits before the point.</summary>
    public static bool IsNumber(string text)
    {
        var digits = text.StartsWith('-') ? text.AsSpan(1) : text.AsSpan();
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "0" : digits[(point + 1)..];
        return AreDigits(whole) && AreDigits(fraction) && whole.Length <= 12 && fraction.Length <= 12 && (whole.Length == 1 || whole[0] != '0');
    }

    private static FieldEntry ReadYesNo(FormField field, string text) =>
        text is not ("yes" or "no") ? Refuse("请选择“是”或“否”")
        : field.MustBe is { } only && text != only ? Refuse($"只有选择“{field.Display(only)}”才能提交")
        : new(text, null);

    private static FieldEntry ReadNumber(FormField field, string text)
    {
        // A comma is a decimal point only where it cannot be a thousands separator.
        var commas = text.Count(c => c == ',');
        if (commas == 1 && !text.Contains('.') && text.Length - text.IndexOf(',') - 1 <= field.Decimals) text = text.Replace(',', '.');
        else if (commas > 0) return Refuse(field.Decimals == 0 ? "请输入整数，不要用逗号" : "逗号位置不明确，请用小数点，不要用千位分隔");
        if (!IsNumber(text)) return Refuse(field.Decimals == 0 ? "请输入整数" : $"请输入数字，最多 {field.Decimals} 位小数");
        var decimals = text.Contains('.') ? text.Length - text.IndexOf('.') - 1 : 0;
        if (decimals > field.Decimals) return Refuse(field.Decimals == 0 ? "请输入整数，不要小数" : $"最多 {field.Decimals} 位小数");
        var number = ParseNumber(text);
        return number < field.Min || number > field.Max ? Refuse($"应在 {field.Range} 之间，请核对后重新输入") : new(text, null);
    }

    private static FieldEntry ReadDate(FormField field, string text, DateOnly today)
    {
        if (!DateOnly.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return Refuse("不是有效的日期，请按 2026-03-05 的样子填写");
        if (date.Year < MinYear) return Refuse($"早于 {MinYear} 年，请核对");
        if (field.NotFuture && date > today) return Refuse($"不能晚于今天（{today:yyyy-MM-dd}）");
        return new(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), null);
    }

    private static FieldEntry ReadDateTime(FormField field, string text, DateOnly today)
    {
        if (TimeOnly.TryParseExact(text, "H:m", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return Kept(today.ToDateTime(time));
        if (!DateTime.TryParseExact(text, DateTimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) || at.Year < MinYear)
            return Refuse("不是有效的时间，请按 2026-03-05 08:30 的样子填写，当天的可只写 08:30");
        return field.NotFuture && DateOnly.FromDateTime(at) > today ? Refuse($"不能晚于今天（{today:yyyy-MM-dd}）") : Kept(at);

        static FieldEntry Kept(DateTime at) => new(at.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture), null);
    }

    private static FieldEntry ReadIdNumber(string text, DateOnly today)
    {
        var number = ResidentIdNumber.ReadTyped(text, today, out var fault);
        return new(number?.Value, fault);
    }

    private static FieldEntry ReadPhone(string text)
    {
        var phone = text.Replace(" ", "", StringComparison.Ordinal);
        var digits = phone.Count(char.IsAsciiDigit);
        var wellFormed = digits is >= 7 and <= 15 && phone.Length <= 20 && char.IsAsciiDigit(phone[^1])
            && phone.TrimStart('+').All(c => char.IsAsciiDigit(c) || c == '-') && phone.LastIndexOf('+') <= 0 && phone[0] != '-';
        return wellFormed ? new(phone, null) : Refuse("不是有效的电话号码，只用数字和连字符，例如 0571-88888888");
    }

    // Chinese input methods give full-width forms and the ideographic full stop for a point.
    public static string HalfWidth(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
            result.Append(c switch
            {
                >= '！' and <= '～' => (char)(c - '！' + '!'),
                '　' => ' ',
                '。' => '.',
                '、' => ',',
                _ => c,
            });
        return result.ToString();
    }

    private static decimal ParseNumber(string text) =>
        decimal.Parse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static FieldEntry Refuse(string fault) => new(null, fault);
}
