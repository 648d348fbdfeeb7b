using System.Text;

namespace Adapters.Devices.Wire;

/// <summary>Turns a device's bytes into text: UTF-16 where it begins with its mark, the charset the message declares, else strict UTF-8, else the profile's, else GB18030.</summary>
public static class Charsets
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    /// <param name="declared">MSH-18 or null. A declaration the bytes contradict is passed over.</param>
    public static (string Text, Encoding Charset) Decode(ReadOnlySpan<byte> bytes, string? declared = null, string? profileDefault = null)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        if (bytes.StartsWith(Encoding.Unicode.Preamble)) return (Encoding.Unicode.GetString(bytes[2..]), Encoding.Unicode);
        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble)) return (Encoding.BigEndianUnicode.GetString(bytes[2..]), Encoding.BigEndianUnicode);
        foreach (var charset in new[] { Named(declared), Utf8, Named(profileDefault) })
        {
            if (charset is null) continue;
            try
            {
                return (charset.GetString(bytes), charset);
            }
            catch (DecoderFallbackException)
            {
                // Not this charset: the next candidate is the answer.
            }
        }
        return (Gb18030.GetString(bytes), Gb18030);
    }

    /// <summary>MSH-18 of a message still in bytes, or null.</summary>
    public static string? DeclaredIn(ReadOnlySpan<byte> hl7)
    {
        var end = hl7.IndexOfAny((byte)'\r', (byte)'\n');
        var line = Encoding.Latin1.GetString(end < 0 ? hl7[..Math.Min(hl7.Length, 4096)] : hl7[..end]);
        return line.Length < 4 ? null : line.Split(line[3], 64).ElementAtOrDefault(17)?.Split('~', '^')[0];
    }

    /// <summary>The encoding for a name as HL7 table 0211 or a vendor writes it; null when unknown. All are strict.</summary>
    public static Encoding? Named(string? name) => name?.Trim().ToUpperInvariant() switch
    {
        "UNICODE" or "UNICODE UTF-8" or "UTF-8" or "UTF8" => Utf8,
        "ASCII" or "US-ASCII" => Encoding.GetEncoding("us-ascii", EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback),
        "8859/1" or "ISO-8859-1" or "LATIN1" => Encoding.Latin1,
        "GB 18030-2000" or "GB18030-2000" or "GB18030" or "GBK" or "GB2312" => CodePagesEncodingProvider.Instance.GetEncoding(
            "GB18030", EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback),
        _ => null,
    };
}
