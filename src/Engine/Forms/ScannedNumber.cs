using System.Globalization;

namespace Engine.Forms;

/// <summary>A number as a scanner gives it: through an input method that makes its digits wide or puts signs between them, with the symbology's name before it (ISO/IEC 15424), with start, stop, prefix or suffix characters.</summary>
public static class ScannedNumber
{
    private const int LongestAffix = 2;

    /// <summary>The number without what can belong to no number: half-width, upper case, nothing invisible, no signs around it.</summary>
    public static string Clean(string text)
    {
        var read = string.Concat(FieldEntry.HalfWidth(text).Where(c => !char.IsControl(c) && !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format && c is not ('\'' or '’' or '‘' or '`'))).ToUpperInvariant();
        if (read.Length > 3 && read[0] == ']' && char.IsAsciiLetter(read[1]) && char.IsAsciiLetterOrDigit(read[2])) read = read[3..];
        var first = read.AsSpan().IndexOfAnyExcept(Signs);
        return first < 0 ? "" : read[first..(read.AsSpan().LastIndexOfAnyExcept(Signs) + 1)];
    }

    /// <summary>The ways it can be read, the most literal first: some scanners are set to put a letter or two before and behind.</summary>
    public static IReadOnlyList<string> Readings(string text)
    {
        var read = Clean(text);
        if (read.Length == 0) return [];
        var (before, behind) = (Affix(read), Affix(string.Concat(read.Reverse())));
        return [.. new[] { read, read[before..], read[..^behind], before + behind < read.Length ? read[before..^behind] : read }.Where(r => r.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static readonly System.Buffers.SearchValues<char> Signs = System.Buffers.SearchValues.Create("*#%$&=+-_/\\.,;:!?~^|@<>()[]{}\"");

    /// <summary>Letters at the beginning that digits follow.</summary>
    private static int Affix(string text)
    {
        var letters = text.TakeWhile(char.IsAsciiLetterUpper).Count();
        return letters is > 0 and <= LongestAffix && letters < text.Length ? letters : 0;
    }
}
