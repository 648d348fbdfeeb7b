using System.Text;

namespace Engine.Documents;

/// <summary>Breaks Chinese and Latin text into lines: between any two Chinese characters, between words elsewhere,
/// never before closing nor after opening punctuation (GB/T 15834 避头尾).</summary>
public static class TextWrap
{
    private const string NeverFirst = "，。、；：？！）》〉」』】〕”’…—·％‰℃,.;:?!)]}%";
    private const string NeverLast = "（《〈「『【〔“‘([{";

    /// <summary>Lines no wider than <paramref name="width"/>; a word that is wider by itself is cut.</summary>
    /// <param name="text">Line feeds in it stay line ends.</param>
    /// <param name="width">In the unit of <paramref name="advance"/>.</param>
    /// <param name="advance">Width of one character.</param>
    public static IReadOnlyList<string> Lines(string text, float width, Func<Rune, float> advance)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
            Fill(paragraph, width, advance, lines);
        return lines;
    }

    private static void Fill(string paragraph, float width, Func<Rune, float> advance, List<string> lines)
    {
        var line = new StringBuilder();
        var used = 0f;
        foreach (var piece in Pieces(paragraph).SelectMany(p => Cut(p, width, advance)))
        {
            var wide = Measure(piece.TrimEnd(' '), advance);
            if (line.Length > 0 && used + wide > width)
            {
                lines.Add(line.ToString().TrimEnd(' '));
                line.Clear();
                used = 0;
            }
            line.Append(piece);
            used += Measure(piece, advance);
        }
        lines.Add(line.ToString().TrimEnd(' '));
    }

    /// <summary>Runs of text that may not be broken, each with the spaces that follow it.</summary>
    private static IEnumerable<string> Pieces(string paragraph)
    {
        var piece = new StringBuilder();
        Rune? before = null;
        foreach (var rune in paragraph.EnumerateRunes())
        {
            if (before is { } last && MayBreak(last, rune))
            {
                yield return piece.ToString();
                piece.Clear();
            }
            piece.Append(rune);
            before = rune;
        }
        if (piece.Length > 0) yield return piece.ToString();
    }

    private static bool MayBreak(Rune before, Rune after)
    {
        if (Is(NeverFirst, after) || Is(NeverLast, before) || IsSpace(after)) return false;
        return IsSpace(before) || IsIdeographic(before) || IsIdeographic(after);
    }

    private static IEnumerable<string> Cut(string piece, float width, Func<Rune, float> advance)
    {
        if (Measure(piece.TrimEnd(' '), advance) <= width) return [piece];
        var parts = new List<StringBuilder> { new() };
        var used = 0f;
        foreach (var rune in piece.EnumerateRunes())
        {
            if (used > 0 && used + advance(rune) > width)
            {
                parts.Add(new StringBuilder());
                used = 0;
            }
            parts[^1].Append(rune);
            used += advance(rune);
        }
        return parts.Select(p => p.ToString());
    }

    private static float Measure(string text, Func<Rune, float> advance) => text.EnumerateRunes().Sum(advance);

    private static bool Is(string set, Rune rune) => rune.IsBmp && set.Contains((char)rune.Value);

    private static bool IsSpace(Rune rune) => rune.Value == ' ';

    /// <summary>Chinese characters and full-width marks, which need no space to part at.</summary>
    private static bool IsIdeographic(Rune rune) => rune.Value >= 0x2E80 || !rune.IsAscii && (Is(NeverFirst, rune) || Is(NeverLast, rune));
}
