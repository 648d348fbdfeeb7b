using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Documents;

/// <summary>Completes the file Skia wrote with what its API has no place for: the language, and an identifier that depends on content alone.</summary>
/// <remarks>Skia writes one classic cross-reference table at the end, which keeps this to a few edits of text.</remarks>
internal static class PdfFinish
{
    private const int EntryLength = 20, OffsetDigits = 10;

    public static byte[] Apply(byte[] pdf, string language)
    {
        // Latin-1 maps each byte to one character and back, so that offsets stay true.
        var text = InsertIntoCatalogue(Encoding.Latin1.GetString(pdf), $"/Lang ({language})\n");
        return Encoding.Latin1.GetBytes(WithContentIdentifier(text));
    }

    private static string InsertIntoCatalogue(string text, string entry)
    {
        var table = int.Parse(After(text, "startxref\n", '\n'), CultureInfo.InvariantCulture);
        var entries = text.IndexOf('\n', table + "xref\n".Length) + 1;
        var root = int.Parse(After(text, "/Root ", ' '), CultureInfo.InvariantCulture);
        var catalogue = Offset(text, entries + root * EntryLength);
        var at = text.IndexOf("<<", catalogue, StringComparison.Ordinal) + 2;
        var shifted = new StringBuilder(text, 0, at, text.Length + entry.Length).Append(entry).Append(text, at, entries - at);
        var trailer = text.IndexOf("trailer", entries, StringComparison.Ordinal);
        for (var row = entries; row < trailer; row += EntryLength)
        {
            var offset = Offset(text, row);
            shifted.Append((offset > catalogue ? offset + entry.Length : offset).ToString("D10", CultureInfo.InvariantCulture))
                .Append(text, row + OffsetDigits, EntryLength - OffsetDigits);
        }
        var rest = text[trailer..].Replace($"startxref\n{table}\n", $"startxref\n{table + entry.Length}\n", StringComparison.Ordinal);
        return shifted.Append(rest).ToString();
    }

    /// <summary>Skia takes the identifier from the clock; the same document is to have the same bytes.</summary>
    private static string WithContentIdentifier(string text)
    {
        var clock = After(text, "<xmpMM:DocumentID>uuid:", '<');
        var blank = WithIdentifier(text, clock, Guid.Empty);
        var content = SHA256.HashData(Encoding.Latin1.GetBytes(blank)).AsSpan(0, 16);
        return WithIdentifier(text, clock, new Guid(content, bigEndian: true));
    }

    /// <summary>The trailer's copy is rewritten as a whole: Skia writes it as hex or as escaped characters, whichever is shorter.</summary>
    private static string WithIdentifier(string text, string clock, Guid identifier)
    {
        var from = text.LastIndexOf("/ID [", StringComparison.Ordinal);
        var to = text.LastIndexOf("]>>\nstartxref", StringComparison.Ordinal);
        return text[..from].Replace(clock, identifier.ToString("D"), StringComparison.Ordinal)
            + $"/ID [<{identifier:N}> <{identifier:N}>" + text[to..];
    }

    private static int Offset(string text, int row) => int.Parse(text.AsSpan(row, OffsetDigits), CultureInfo.InvariantCulture);

    private static string After(string text, string mark, char end)
    {
        var from = text.LastIndexOf(mark, StringComparison.Ordinal) + mark.Length;
        return text[from..text.IndexOf(end, from)];
    }
}
