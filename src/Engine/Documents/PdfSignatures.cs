using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Documents;

/// <summary>What a signature field says.</summary>
/// <param name="Name">Of the field, once in a file.</param>
/// <param name="Place">Where it stands; over the signer's place on paper.</param>
/// <param name="Signer">Name of who signs.</param>
/// <param name="Reason">What the signature stands for.</param>
/// <param name="At">In the station's time.</param>
/// <param name="Reserve">Bytes kept free for the CMS.</param>
public sealed record SignatureField(string Name, SignaturePlace Place, string Signer, string Reason, DateTimeOffset At, int Reserve = 12_288);

/// <summary>Signatures in PDF files: each is an update written behind the file as it was, so that earlier ones stay as they are
/// (ISO 32000-1, 7.5.6 and 12.8; ETSI EN 319 142-1). For files we wrote: with classic cross-reference tables.</summary>
public static class PdfSignatures
{
    internal const string Format = "/ETSI.CAdES.detached";

    /// <summary>Room for four offsets of ten digits.</summary>
    private const int RangeLength = 48;

    /// <summary>Writes the field behind the file; what is to be signed can then be read off.</summary>
    /// <exception cref="FormatException">The file is damaged or not of our writing.</exception>
    /// <exception cref="ArgumentException">There is no such page, or a field of that name already.</exception>
    public static PreparedSignature Prepare(byte[] pdf, SignatureField field)
    {
        var text = Encoding.Latin1.GetString(pdf);
        var file = new PdfFile(text);
        if (file.Last.End != text.Length) throw new PdfSyntaxException("文件末尾有多余的内容");
        if (PdfSignatureReader.Read(pdf).Signatures.Any(s => s.FieldName == field.Name)) throw new ArgumentException($"The field {field.Name} exists already.", nameof(field));
        var pages = file.Pages();
        if (field.Place.Page < 1 || field.Place.Page > pages.Count) throw new ArgumentException($"There is no page {field.Place.Page}.", nameof(field));
        var update = new PdfUpdate(file);
        WriteObjects(update, file, pages[field.Place.Page - 1], field);
        var whole = text + update.Finish(Identifier(pdf, field));
        var from = whole.IndexOf("/Contents <", text.Length, StringComparison.Ordinal) + "/Contents ".Length;
        var to = from + 2 * field.Reserve + 2;
        var range = string.Create(CultureInfo.InvariantCulture, $"[0 {from} {to} {whole.Length - to}]").PadRight(RangeLength);
        var at = whole.IndexOf("/ByteRange ", text.Length, StringComparison.Ordinal) + "/ByteRange ".Length;
        return new PreparedSignature(Encoding.Latin1.GetBytes(string.Concat(whole.AsSpan(0, at), range, whole.AsSpan(at + RangeLength))), from, to);
    }

    /// <summary>Finds the signatures of a file, whatever state it is in; checks where they stand, not whether they hold.</summary>
    public static PdfSignatureReading Read(byte[] pdf) => PdfSignatureReader.Read(pdf);

    private static void WriteObjects(PdfUpdate update, PdfFile file, int page, SignatureField field)
    {
        var (place, catalogue) = (field.Place, file.Object(file.Root));
        var (signature, appearance, widget) = (update.NewNumber(), update.NewNumber(), update.NewNumber());
        update.Write(signature, $"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter {Format}\n/ByteRange {new string(' ', RangeLength)}\n/Name {Hex(field.Signer)}\n"
            + $"/Reason {Hex(field.Reason)}\n/M ({Date(field.At)})\n/Contents <{new string('0', 2 * field.Reserve)}>>>");
        update.Write(appearance, Invariant($"<</Type /XObject /Subtype /Form /BBox [0 0 {place.Width:0.##} {place.Height:0.##}] /Resources <<>> /Length 0>>\nstream\n\nendstream"));
        // 132: printed and locked.
        update.Write(widget, Invariant($"<</Type /Annot /Subtype /Widget /FT /Sig /T {Hex(field.Name)} /V {signature} 0 R /P {page} 0 R /F 132\n")
            + Invariant($"/Rect [{place.X:0.##} {place.Y:0.##} {place.X + place.Width:0.##} {place.Y + place.Height:0.##}] /AP <</N {appearance} 0 R>>>>"));
        var sheet = file.Object(page);
        update.Write(page, sheet.With("Annots", List(sheet.Items("Annots"), widget)));
        var fields = catalogue.Find("AcroForm") is { } form ? new PdfScanner(form, 0).Dictionary().Items("Fields") : [];
        update.Write(file.Root, catalogue.With("AcroForm", $"<</Fields {List(fields, widget)} /SigFlags 3>>"));
    }

    private static string List(IEnumerable<string> items, int added) => $"[{string.Join(' ', items.Append(Invariant($"{added} 0 R")))}]";

    /// <summary>Depends on the content alone, like the first identifier of the file.</summary>
    private static string Identifier(byte[] pdf, SignatureField field) =>
        Convert.ToHexStringLower(SHA256.HashData([.. SHA256.HashData(pdf), .. Encoding.UTF8.GetBytes(field.Name)]).AsSpan(0, 16));

    private static string Hex(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private static string Date(DateTimeOffset at) =>
        $"D:{at.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}{at.ToString("zzz", CultureInfo.InvariantCulture).Replace(':', '\'')}'";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>A file with an empty signature, ready to be signed.</summary>
public sealed class PreparedSignature
{
    private readonly byte[] _file;
    private readonly int _from;
    private readonly int _to;

    internal PreparedSignature(byte[] file, int from, int to) => (_file, _from, _to) = (file, from, to);

    /// <summary>What the signature is over: the whole file but the place of the signature itself.</summary>
    public byte[] SignedBytes => [.. _file.AsSpan(0, _from), .. _file.AsSpan(_to)];

    /// <summary>Bytes kept free for the signature.</summary>
    public int Room => (_to - _from - 2) / 2;

    /// <summary>The file with the signature in its place.</summary>
    /// <param name="cms">Detached CMS over <see cref="SignedBytes"/>, DER.</param>
    /// <exception cref="ArgumentException">It is longer than <see cref="Room"/>.</exception>
    public byte[] Complete(byte[] cms)
    {
        var hex = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(cms));
        if (cms.Length > Room) throw new ArgumentException($"The signature has {cms.Length} bytes, more than the {Room} kept free.", nameof(cms));
        var file = (byte[])_file.Clone();
        hex.CopyTo(file, _from + 1);
        return file;
    }
}
