using System.Text;
using System.Text.RegularExpressions;

namespace Adapters.Devices.Wire;

/// <param name="Doubt">Why the reading of the bytes is uncertain, in Chinese; null when it is not.</param>
public sealed record DecodedText(string Text, Encoding Charset, string? Doubt = null);

/// <summary>Turns a device's bytes into text: by its byte order mark, as UTF-8 where most of what is not ASCII has its shape, else by the charset declared,
/// the profile's, or GB18030. No declaration is believed against the bytes.</summary>
public static partial class Charsets
{
    private const int LongestProlog = 200;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
    private static readonly byte[] Separators = "|^"u8.ToArray();

    /// <param name="declared">MSH-18, the encoding of an XML prolog, or null.</param>
    /// <param name="forced">The profile's charset holds whatever the bytes look like.</param>
    public static DecodedText Decode(ReadOnlySpan<byte> bytes, string? declared = null, string? profileDefault = null, bool forced = false)
    {
        if (forced && Named(profileDefault) is { } only) return new DecodedText(Lossy(only).GetString(bytes), only);
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        if (bytes.StartsWith(Encoding.Unicode.Preamble)) return new DecodedText(Encoding.Unicode.GetString(bytes[2..]), Encoding.Unicode);
        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
            return new DecodedText(Encoding.BigEndianUnicode.GetString(bytes[2..]), Encoding.BigEndianUnicode);
        // A name cut off in the middle of a character must not make GB18030 of the rest: there it would swallow separators.
        if (IsMostlyUtf8(bytes)) return new DecodedText(Lossy(Utf8).GetString(bytes), Utf8);
        foreach (var charset in new[] { Standard(declared), Utf8, Named(profileDefault) })
            if (charset is not null && Strict(bytes, charset) is { } text) return new DecodedText(text, charset);
        var guessed = Gb18030.GetString(bytes);
        return new DecodedText(guessed, Gb18030, Swallowed(bytes, guessed)
            ? "字符集不能确定，有的分隔符可能是汉字的一半：请在设备配置中写明 charset，并设 charsetForced 为 true" : null);
    }

    /// <summary>What the same bytes say in each charset a device may use, the text itself first.</summary>
    public static IEnumerable<string> Readings(string text, Encoding? charset)
    {
        yield return text;
        if (charset is null || text.All(char.IsAscii)) yield break;
        var bytes = charset.GetBytes(text);
        foreach (var other in new[] { Utf8, Standard("GB18030")!, Encoding.Latin1 })
            if (!Equals(other, charset) && Strict(bytes, other) is { } read) yield return read;
    }

    /// <summary>MSH-18 of a message still in bytes, or null.</summary>
    public static string? DeclaredIn(ReadOnlySpan<byte> hl7)
    {
        var end = hl7.IndexOfAny((byte)'\r', (byte)'\n');
        var line = Encoding.Latin1.GetString(end < 0 ? hl7[..Math.Min(hl7.Length, 4096)] : hl7[..end]);
        return line.Length < 4 ? null : line.Split(line[3], 64).ElementAtOrDefault(17)?.Split('~', '^')[0];
    }

    /// <summary>The encoding an XML prolog names, or null.</summary>
    public static string? DeclaredInProlog(ReadOnlySpan<byte> xml) =>
        Prolog().Match(Encoding.Latin1.GetString(xml[..Math.Min(xml.Length, LongestProlog)])) is { Success: true } match
            ? match.Groups[1].Value : null;

    /// <summary>The encoding for a name as HL7 table 0211, a vendor or IANA writes it; null when unknown. All are strict.</summary>
    public static Encoding? Named(string? name)
    {
        if (Standard(name) is { } standard || string.IsNullOrWhiteSpace(name)) return Standard(name);
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ReplacementFallback,
                DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static Encoding? Standard(string? name) => name?.Trim().ToUpperInvariant() switch
    {
        "UNICODE" or "UNICODE UTF-8" or "UTF-8" or "UTF8" => Utf8,
        "ASCII" or "US-ASCII" => Encoding.GetEncoding("us-ascii", EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback),
        "8859/1" or "ISO-8859-1" or "LATIN1" => Encoding.Latin1,
        "GB 18030-2000" or "GB18030-2000" or "GB18030" or "GBK" or "GB2312" => CodePagesEncodingProvider.Instance.GetEncoding(
            "GB18030", EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback),
        _ => null,
    };

    private static Encoding Lossy(Encoding strict)
    {
        var lossy = (Encoding)strict.Clone();
        lossy.DecoderFallback = DecoderFallback.ReplacementFallback;
        return lossy;
    }

    private static string? Strict(ReadOnlySpan<byte> bytes, Encoding charset)
    {
        try
        {
            return charset.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether more than half of the bytes above ASCII stand in characters of three or four bytes. Two bytes prove nothing: a Chinese character of GBK may look like one of UTF-8.</summary>
    private static bool IsMostlyUtf8(ReadOnlySpan<byte> bytes)
    {
        var (high, inLong) = (0, 0);
        while (bytes.Length > 0)
        {
            if (bytes[0] < 0x80)
            {
                bytes = bytes[1..];
                continue;
            }
            var valid = Rune.DecodeFromUtf8(bytes, out _, out var length) == System.Buffers.OperationStatus.Done;
            high += length;
            if (valid && length > 2) inLong += length;
            bytes = bytes[length..];
        }
        return inLong * 2 > high;
    }

    private static bool Swallowed(ReadOnlySpan<byte> bytes, string text)
    {
        foreach (var separator in Separators)
            if (bytes.Count(separator) != text.AsSpan().Count((char)separator)) return true;
        return false;
    }

    [GeneratedRegex("""^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")]
    private static partial Regex Prolog();
}
