using System.Globalization;
using System.Text;

namespace Engine.Forms;

/// <summary>Characters nobody sees: with them two different texts look alike, a line breaks where none was typed, or a text runs backwards.</summary>
public static class Unseen
{
    /// <summary>Fillers that count as letters or symbols and show nothing (Hangul, Braille, Khmer, Mongolian).</summary>
    private static readonly HashSet<int> Fillers = [0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0];

    /// <param name="lines">Whether line feeds and tabs are allowed.</param>
    public static bool In(string text, bool lines = false)
    {
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) != System.Buffers.OperationStatus.Done || rune == Rune.ReplacementChar) return true;
            if (IsUnseen(rune) && !(lines && rune.Value is '\n' or '\t')) return true;
            i += length;
        }
        return false;
    }

    /// <summary>A selector that chooses the form of a rare ideograph is part of a name (Unicode Technical Standard 37).</summary>
    private static bool IsUnseen(Rune rune) => Fillers.Contains(rune.Value) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
