using System.Globalization;

namespace Engine.Documents;

/// <summary>One state of a file: what was written first, or one update behind it.</summary>
/// <param name="End">Offset behind its end mark.</param>
/// <param name="Offsets">Of the objects it wrote, by number.</param>
internal sealed record PdfRevision(PdfDictionary Trailer, int Table, int End, IReadOnlyDictionary<int, int> Offsets);

/// <summary>A PDF with classic cross-reference tables, as we write them, read just far enough to sign it and to find its signatures.</summary>
internal sealed class PdfFile
{
    private const int MostRevisions = 1000, MostObjects = 100_000;
    private readonly Dictionary<int, int> _offsets = [];

    /// <param name="text">The file as Latin-1.</param>
    /// <exception cref="PdfSyntaxException">It is damaged, or was not written by us.</exception>
    public PdfFile(string text)
    {
        Text = text;
        Revisions = ReadRevisions();
        foreach (var (number, offset) in Revisions.SelectMany(r => r.Offsets)) _offsets[number] = offset;
    }

    public string Text { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PdfRevision> Revisions { get; }

    public PdfRevision Last => Revisions[^1];

    public int Root => Number(Last.Trailer.Get("Root"));

    /// <summary>The dictionary a reference leads to.</summary>
    public PdfDictionary Object(string reference) => Object(Number(reference));

    public PdfDictionary Object(int number) =>
        _offsets.TryGetValue(number, out var offset) ? At(number, offset) : throw new PdfSyntaxException($"没有对象 {number}");

    /// <summary>The dictionary of an object, or of its stream, at an offset of a table.</summary>
    public PdfDictionary At(int number, int offset)
    {
        var scanner = new PdfScanner(Text, offset);
        scanner.Take($"{number.ToString(CultureInfo.InvariantCulture)} 0 obj");
        return scanner.Dictionary();
    }

    /// <summary>Object numbers of the pages, in order.</summary>
    public List<int> Pages()
    {
        var pages = new List<int>();
        var open = new Stack<string>([Object(Root).Get("Pages")]);
        for (var seen = 0; open.TryPop(out var reference); seen++)
        {
            if (seen > MostObjects) throw new PdfSyntaxException("页面目录有误");
            var node = Object(reference);
            if (node.Find("Kids") is null) pages.Add(Number(reference));
            else foreach (var kid in node.Items("Kids").Reverse()) open.Push(kid);
        }
        return pages;
    }

    public static int Number(string reference) =>
        reference.EndsWith(" 0 R", StringComparison.Ordinal) && int.TryParse(reference.AsSpan(0, reference.Length - 4), NumberStyles.None, null, out var number)
            ? number : throw new PdfSyntaxException($"“{(reference.Length < 40 ? reference : "…")}”不是引用");

    private List<PdfRevision> ReadRevisions()
    {
        var mark = Text.LastIndexOf("startxref", StringComparison.Ordinal);
        if (mark < 0) throw new PdfSyntaxException("没有结尾标记 startxref");
        var scanner = new PdfScanner(Text, mark);
        scanner.Take("startxref");
        var revisions = new List<PdfRevision>();
        for (int? table = scanner.WholeNumber(); table is { } at; table = revisions[0].Trailer.Find("Prev") is null ? null : revisions[0].Trailer.WholeNumber("Prev"))
        {
            // Each earlier table stands before the later one; anything else would go round in circles.
            if (revisions.Count > 0 && at >= revisions[0].Table || revisions.Count == MostRevisions) throw new PdfSyntaxException("交叉引用表的次序有误");
            revisions.Insert(0, ReadRevision(at));
        }
        return revisions;
    }

    private PdfRevision ReadRevision(int table)
    {
        var scanner = new PdfScanner(Text, table);
        if (table >= Text.Length || !scanner.TryTake("xref")) throw new PdfSyntaxException("没有交叉引用表；不支持交叉引用流");
        var offsets = new Dictionary<int, int>();
        while (!scanner.TryTake("trailer"))
        {
            var (first, count) = (scanner.WholeNumber(), scanner.WholeNumber());
            if (first > MostObjects || count > MostObjects) throw new PdfSyntaxException("对象过多");
            for (var number = first; number < first + count; number++) ReadEntry(scanner, number, offsets);
        }
        var trailer = scanner.Dictionary();
        if (trailer.Find("XRefStm") is not null || trailer.Find("Encrypt") is not null) throw new PdfSyntaxException("不支持交叉引用流和加密");
        scanner.Take("startxref");
        if (scanner.WholeNumber() != table) throw new PdfSyntaxException("结尾标记与交叉引用表不符");
        scanner.Take("%%EOF");
        return new PdfRevision(trailer, table, EndOfLine(scanner.At), offsets);
    }

    private static void ReadEntry(PdfScanner scanner, int number, Dictionary<int, int> offsets)
    {
        var offset = scanner.WholeNumber();
        scanner.WholeNumber();
        if (scanner.TryTake("f"))
        {
            // Only the head of the list of free objects: whatever else is freed was there before and is shown no more.
            if (number != 0) throw new PdfSyntaxException($"对象 {number} 被删去");
            return;
        }
        scanner.Take("n");
        if (!offsets.TryAdd(number, offset)) throw new PdfSyntaxException($"对象 {number} 重复");
    }

    private int EndOfLine(int at)
    {
        if (at < Text.Length && Text[at] == '\r') at++;
        return at < Text.Length && Text[at] == '\n' ? at + 1 : at;
    }
}
