using System.Globalization;
using System.Text;

namespace Engine.Canonical;

/// <summary>A double as ECMAScript's Number::toString writes it, which RFC 8785 §3.2.2.3 prescribes: the shortest digits that read back.</summary>
internal static class EcmaScriptNumber
{
    public static string Format(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("Canonical JSON has no NaN and no infinity.");
        if (value == 0) return "0";
        var (digits, exponent) = Shortest(Math.Abs(value));
        return (value < 0 ? "-" : "") + Place(digits, exponent);
    }

    /// <summary>Digits d and exponent n such that the value is 0.d × 10^n.</summary>
    private static (string Digits, int Exponent) Shortest(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E');
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var all = point < 0 ? mantissa : whole + mantissa[(point + 1)..];
        var leading = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), exponent + whole.Length - leading);
    }

    private static string Place(string digits, int n) => n switch
    {
        > 21 or < -5 => Exponential(digits, n - 1),
        <= 0 => "0." + new string('0', -n) + digits,
        _ when digits.Length <= n => digits + new string('0', n - digits.Length),
        _ => digits[..n] + "." + digits[n..],
    };

    private static string Exponential(string digits, int exponent)
    {
        var text = new StringBuilder().Append(digits[0]);
        if (digits.Length > 1) text.Append('.').Append(digits, 1, digits.Length - 1);
        return text.Append('e').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent)).ToString();
    }
}
