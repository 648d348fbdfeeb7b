using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Documents;

/// <summary>The signatures of a file.</summary>
/// <param name="Signatures">Oldest first.</param>
/// <param name="LastCoversFile">Whether the last signature covers the file to its end.</param>
/// <param name="Faults">In plain words, zh-CN; empty when each signature covers all that was there when it was made, and nothing but signatures was added later.</param>
public sealed record PdfSignatureReading(IReadOnlyList<PdfSignature> Signatures, bool LastCoversFile, IReadOnlyList<string> Faults);

/// <param name="Reason">What the signature stands for, in the signer's words; empty when it does not say.</param>
/// <param name="SignedBytes">What the signature is over.</param>
/// <param name="Cms">Detached CMS, DER.</param>
/// <param name="Before">Length of the file as the signer found it.</param>
/// <param name="CoversRevision">Whether it covers the file as it was when the signature was made, whole but for its own place.</param>
public sealed record PdfSignature(string FieldName, string SignerName, string Reason, byte[] SignedBytes, byte[] Cms, int Before, bool CoversRevision)
{
    /// <summary>The file as the signer found it.</summary>
    public byte[] Found(byte[] pdf) => pdf[..Math.Clamp(Before, 0, pdf.Length)];
}

/// <summary>Reads signatures back and looks at what was written after them: an update may add a signature, and change nothing else.</summary>
internal sealed partial class PdfSignatureReader
{
    /// <summary>All a field of ours has, so that no action can hide in one.</summary>
    private static readonly string[] FieldKeys = ["AP", "F", "FT", "P", "Rect", "Subtype", "T", "Type", "V"];
    private const int MostFields = 50;
    private static readonly string[] SignatureKeys = ["ByteRange", "Contents", "Filter", "M", "Name", "Reason", "SubFilter", "Type"];

    private readonly PdfFile _file;
    private readonly byte[] _bytes;
    private readonly List<string> _faults = [];

    private PdfSignatureReader(byte[] bytes) => (_bytes, _file) = (bytes, new PdfFile(Encoding.Latin1.GetString(bytes)));

    public static PdfSignatureReading Read(byte[] pdf)
    {
        try
        {
            return new PdfSignatureReader(pdf).Read();
        }
        catch (PdfSyntaxException e)
        {
            return new PdfSignatureReading([], false, ["文件已损坏，或不是本系统写成的：" + e.Message]);
        }
    }

    private PdfSignatureReading Read()
    {
        var found = Fields().Select(f => (Signature: ReadSignature(f, out var revision), Revision: revision)).OrderBy(s => s.Revision).ToList();
        var uncovered = found.Where(s => !s.Signature.CoversRevision).Select(s => $"签名“{s.Signature.FieldName}”没有覆盖签名时的整个文件");
        var covers = found.Count > 0 && found[^1].Signature.CoversRevision && found[^1].Revision == _file.Revisions.Count - 1 && _file.Last.End == _bytes.Length;
        if (found.Count > 0 && !covers) _faults.Add("最后一个签名之后，文件又被添加了内容");
        for (var later = 1; later < _file.Revisions.Count; later++)
            if (!OnlyAddsSignature(later)) _faults.Add($"第 {later} 次更新除了添加签名，还改动了文件");
        return new PdfSignatureReading([.. found.Select(s => s.Signature)], covers, [.. uncovered, .. _faults]);
    }

    private IEnumerable<PdfDictionary> Fields() =>
        Bounded(FieldsOf(_file.Object(_file.Root)).Distinct(StringComparer.Ordinal).ToList()).Select(_file.Object).Where(f => f.Find("FT") == "/Sig" && f.Find("V") is not null);

    /// <summary>Each signature holds what it covers, so a file that names thousands would hold itself as often.</summary>
    private static List<string> Bounded(List<string> fields) => fields.Count <= MostFields ? fields : throw new PdfSyntaxException("签名域过多");

    private PdfSignature ReadSignature(PdfDictionary field, out int revision)
    {
        var signature = _file.Object(field.Get("V"));
        var (from, to) = signature.Place("Contents");
        revision = _file.Revisions.TakeWhile(r => r.End <= from).Count();
        var contents = HexBytes(_file.Text[from..to]);
        var range = signature.Items("ByteRange").Select(n => int.TryParse(n, out var number) ? number : -1).ToList();
        var end = revision < _file.Revisions.Count ? _file.Revisions[revision].End : -1;
        var cms = DerOf(contents);
        var covers = range.SequenceEqual([0, from, to, end - to]) && signature.Get("SubFilter") == PdfSignatures.Format && contents.AsSpan(cms.Length).IndexOfAnyExcept((byte)0) < 0;
        return new PdfSignature(TextOf(field.Get("T")), TextOf(signature.Find("Name") ?? "<>"), TextOf(signature.Find("Reason") ?? "<>"), Covered(range), cms, revision > 0 ? _file.Revisions[revision - 1].End : 0, covers);
    }

    /// <summary>What the range names; empty when it names nothing of this file.</summary>
    private byte[] Covered(List<int> range)
    {
        bool Inside(int at, int length) => at >= 0 && length >= 0 && length <= _bytes.Length - at;
        return range.Count == 4 && Inside(range[0], range[1]) && Inside(range[2], range[3]) && range[0] + range[1] <= range[2]
            ? [.. _bytes.AsSpan(range[0], range[1]), .. _bytes.AsSpan(range[2], range[3])]
            : [];
    }

    private bool OnlyAddsSignature(int revision)
    {
        var update = _file.Revisions[revision];
        var before = new Dictionary<int, int>();
        foreach (var (number, offset) in _file.Revisions.Take(revision).SelectMany(r => r.Offsets)) before[number] = offset;
        if (update.Trailer.Get("Root") != _file.Revisions[0].Trailer.Get("Root")) return false;
        return update.Offsets.All(entry => before.TryGetValue(entry.Key, out var earlier)
            ? entry.Value > earlier && OnlyGrows(update, entry.Key, _file.At(entry.Key, earlier), _file.At(entry.Key, entry.Value))
            : IsPartOfSignature(_file.At(entry.Key, entry.Value)));
    }

    /// <summary>The catalogue may gain fields and a page annotations, both of this update's own; all else stays as it was.</summary>
    private bool OnlyGrows(PdfRevision update, int number, PdfDictionary earlier, PdfDictionary later)
    {
        var isCatalogue = number == _file.Root;
        var grows = isCatalogue ? "AcroForm" : "Annots";
        if (!isCatalogue && earlier.Find("Type") != "/Page") return false;
        if (earlier.Keys.Concat(later.Keys).Any(k => k != grows && earlier.Find(k) != later.Find(k))) return false;
        var (was, now) = isCatalogue ? (FieldsOf(earlier), FieldsOf(later)) : (earlier.Items(grows), later.Items(grows));
        if (isCatalogue && !new PdfScanner(later.Get(grows), 0).Dictionary().Keys.Order(StringComparer.Ordinal).SequenceEqual(["Fields", "SigFlags"])) return false;
        // What stands there itself, and is no field of its own, could be laid over the text.
        return now.Take(was.Count).SequenceEqual(was) && now.Skip(was.Count).All(item => Reference().Match(item) is { Success: true } added && update.Offsets.ContainsKey(int.Parse(added.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
    }

    private static IReadOnlyList<string> FieldsOf(PdfDictionary catalogue) =>
        catalogue.Find("AcroForm") is { } form ? new PdfScanner(form, 0).Dictionary().Items("Fields") : [];

    /// <summary>The signature, its field, or the field's look, which shows nothing: a visible one could be laid over the text.</summary>
    private bool IsPartOfSignature(PdfDictionary added) => added.Find("Type") == "/Sig" && added.Keys.Order(StringComparer.Ordinal).SequenceEqual(SignatureKeys) || IsEmptyLook(added)
        || added.Find("Subtype") == "/Widget" && added.Keys.Order(StringComparer.Ordinal).SequenceEqual(FieldKeys)
            && new PdfScanner(added.Get("AP"), 0).Dictionary() is var looks && looks.Keys.SequenceEqual(["N"]) && IsEmptyLook(_file.Object(looks.Get("N")));

    private static bool IsEmptyLook(PdfDictionary look) => look.Find("Subtype") == "/Form" && look.Find("Length") == "0";

    /// <summary>DER tells its own length; the rest of the place is filled with zeros.</summary>
    private static byte[] DerOf(byte[] contents)
    {
        if (contents.Length < 2 || contents[0] != 0x30) return contents;
        var sizes = contents[1] < 0x80 ? 0 : contents[1] - 0x80;
        if (sizes > 3 || contents.Length < 2 + sizes) return contents;
        var length = sizes == 0 ? contents[1] : contents.AsSpan(2, sizes).ToArray().Aggregate(0, (sum, b) => sum << 8 | b);
        return length <= contents.Length - 2 - sizes ? contents[..(2 + sizes + length)] : contents;
    }

    private static string TextOf(string written)
    {
        var bytes = HexBytes(written);
        return bytes is [0xFE, 0xFF, ..] ? Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2) : Encoding.Latin1.GetString(bytes);
    }

    private static byte[] HexBytes(string written)
    {
        if (written.Length < 2 || written[0] != '<' || written.Length % 2 != 0 || !written[1..^1].All(char.IsAsciiHexDigit))
            throw new PdfSyntaxException("签名的内容有误");
        return Convert.FromHexString(written.AsSpan(1, written.Length - 2));
    }

    [GeneratedRegex(@"^([1-9][0-9]{0,8}) 0 R$")]
    private static partial Regex Reference();
}
