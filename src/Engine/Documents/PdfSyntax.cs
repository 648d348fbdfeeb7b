namespace Engine.Documents;

/// <summary>The file is not the PDF we wrote: damaged, or of another shape.</summary>
internal sealed class PdfSyntaxException(string message) : FormatException(message);

/// <summary>Reads PDF values (ISO 32000-1, 7.3) out of a file held as Latin-1 text, so that a character's index is its byte's offset.</summary>
internal sealed class PdfScanner(string text, int at)
{
    private const int DeepestNesting = 32;
    private const string White = "\0\t\n\f\r ", Delimiters = "()<>[]{}/%";

    public int At { get; private set; } = at;

    /// <summary>Takes the next value and gives where it stands.</summary>
    public (int From, int To) Value() => Value(0);

    /// <summary>The entries of the dictionary that begins here.</summary>
    public PdfDictionary Dictionary()
    {
        Take("<<");
        var entries = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        while (!TryTake(">>"))
        {
            var (from, to) = Value();
            if (text[from] != '/' || !entries.TryAdd(text[(from + 1)..to], Value())) throw Damaged("字典有误");
        }
        return new PdfDictionary(text, entries);
    }

    /// <summary>The items of the array that begins here, as they are written.</summary>
    public List<string> Array()
    {
        Take("[");
        var items = new List<string>();
        while (!TryTake("]"))
        {
            var (from, to) = Value();
            items.Add(text[from..to]);
        }
        return items;
    }

    public int WholeNumber()
    {
        var (from, to) = Value();
        return int.TryParse(text.AsSpan(from, to - from), System.Globalization.NumberStyles.None, null, out var number) ? number : throw Damaged("此处应为数字");
    }

    public void Take(string word)
    {
        if (!TryTake(word)) throw Damaged($"此处应为 {word}");
    }

    public bool TryTake(string word)
    {
        SkipWhite();
        if (string.CompareOrdinal(text, At, word, 0, word.Length) != 0) return false;
        At += word.Length;
        return true;
    }

    private (int From, int To) Value(int depth)
    {
        SkipWhite();
        var from = At;
        if (depth > DeepestNesting) throw Damaged("嵌套过深");
        if (TryTake("<<")) SkipUntil(">>", depth);
        else if (TryTake("[")) SkipUntil("]", depth);
        else if (TryTake("<")) At = IndexAfter('>');
        else if (TryTake("(")) SkipString();
        else if (!TryReference()) SkipRegular();
        return At > from ? (from, At) : throw Damaged("此处应有内容");
    }

    private void SkipUntil(string end, int depth)
    {
        while (!TryTake(end)) Value(depth + 1);
    }

    private void SkipString()
    {
        for (var open = 1; open > 0; At++)
        {
            if (At >= text.Length) throw Damaged("文字没有结尾");
            if (text[At] == '\\') At++;
            else if (text[At] == '(') open++;
            else if (text[At] == ')') open--;
        }
        if (At > text.Length) throw Damaged("文字没有结尾");
    }

    /// <summary><c>12 0 R</c> is one value, not three.</summary>
    private bool TryReference()
    {
        var end = Digits(At);
        if (end == At || end >= text.Length || text[end] != ' ') return false;
        var generation = Digits(end + 1);
        if (generation == end + 1 || string.CompareOrdinal(text, generation, " R", 0, 2) != 0) return false;
        At = generation + 2;
        return true;
    }

    private int Digits(int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from])) from++;
        return from;
    }

    private void SkipRegular()
    {
        if (At < text.Length && text[At] == '/') At++;
        while (At < text.Length && !White.Contains(text[At]) && !Delimiters.Contains(text[At])) At++;
    }

    private void SkipWhite()
    {
        while (At < text.Length && White.Contains(text[At])) At++;
    }

    private int IndexAfter(char end) => text.IndexOf(end, At) is >= 0 and var found ? found + 1 : throw Damaged("没有结尾");

    private PdfSyntaxException Damaged(string what) => new($"{what}（第 {At} 字节）");
}

/// <summary>A dictionary as it stands in the file: values are kept as they are written.</summary>
internal sealed class PdfDictionary(string text, IReadOnlyDictionary<string, (int From, int To)> entries)
{
    public IEnumerable<string> Keys => entries.Keys;

    /// <summary>The value as it is written; null when there is none.</summary>
    public string? Find(string key) => entries.TryGetValue(key, out var at) ? text[at.From..at.To] : null;

    /// <summary>Where the value stands in the file.</summary>
    public (int From, int To) Place(string key) => entries.TryGetValue(key, out var at) ? at : throw new PdfSyntaxException($"缺少 {key}");

    public string Get(string key) => Find(key) ?? throw new PdfSyntaxException($"缺少 {key}");

    public int WholeNumber(string key) => new PdfScanner(Get(key), 0).WholeNumber();

    /// <summary>The items of an array; none when it is absent.</summary>
    public IReadOnlyList<string> Items(string key) => Find(key) is { } array ? new PdfScanner(array, 0).Array() : [];

    /// <summary>The dictionary with one entry put in or replaced, as it is to be written.</summary>
    public string With(string key, string value) =>
        $"<<{string.Concat(entries.Keys.Where(k => k != key).Select(k => $"/{k} {Find(k)}\n"))}/{key} {value}>>";
}
