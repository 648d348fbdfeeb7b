namespace Engine.Documents;

/// <summary>What a module offers to the layout of one document.</summary>
/// <param name="Document">Name of the document, for example <c>donation-label</c>.</param>
/// <param name="Title">Name shown to people, zh-CN.</param>
/// <param name="Fields">Placeholder to its zh-CN label.</param>
/// <param name="Lists">List to the placeholders of one entry and their zh-CN labels; every entry also has <c>number</c>, from 1.</param>
public sealed record DocumentFields(
    string Document,
    string Title,
    IReadOnlyDictionary<string, string> Fields,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Lists)
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoForms = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Forms a layout may print, by code, with the codes of their sections.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Forms { get; init; } = NoForms;

    /// <summary>The placeholders allowed outside a list, or inside entries of <paramref name="list"/>.</summary>
    public IEnumerable<string> Placeholders(string? list) => Fields.Keys
        .Concat(list is null ? [] : Lists[list].Keys.Append("number").Select(f => $"{list}.{f}"))
        .Concat(Forms.Keys.SelectMany(form => FilledForm.Placeholders.Keys.Select(f => $"{form}.{f}")));

    /// <summary>A problem's message with the titles of the placeholders instead of their codes.</summary>
    public string InWords(DocumentProblem problem) =>
        Lists.SelectMany(list => list.Value.Select(f => KeyValuePair.Create($"{list.Key}.{f.Key}", f.Value))).Concat(Fields)
            .Aggregate(problem.Message, (message, field) => message.Replace($"“{field.Key}”", $"“{field.Value}”", StringComparison.Ordinal));
}

/// <summary>What one document is filled with.</summary>
/// <param name="Values">By placeholder; empty or absent is refused where the layout prints it without <c>when</c>.</param>
/// <param name="Lists">Entries by list; an absent list is empty.</param>
public sealed record DocumentData(
    IReadOnlyDictionary<string, string> Values,
    IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> Lists)
{
    private static readonly IReadOnlyDictionary<string, FilledForm> NoForms = new Dictionary<string, FilledForm>();

    /// <summary>Filled forms by code; what the layout says of an absent one is left out.</summary>
    public IReadOnlyDictionary<string, FilledForm> Forms { get; init; } = NoForms;

    public DocumentData(IReadOnlyDictionary<string, string> values)
        : this(values, new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>>()) { }
}

/// <summary>What rendering came to: <see cref="RenderedDocument"/> or <see cref="RefusedDocument"/>.</summary>
public abstract record RenderResult;

/// <param name="Pdf">The file, PDF/A-2b; the same input and time give the same bytes.</param>
/// <param name="Places">Where the signers' places are, in the order printed.</param>
public sealed record RenderedDocument(byte[] Pdf, int Pages, IReadOnlyList<SignaturePlace> Places) : RenderResult;

/// <param name="Pages">Each as PNG.</param>
public sealed record RenderedPictures(IReadOnlyList<byte[]> Pages) : RenderResult;

/// <summary>Nothing was printed, because something would have been missing or unreadable on paper.</summary>
public sealed record RefusedDocument(IReadOnlyList<DocumentProblem> Problems) : RenderResult;

/// <param name="Path">The element of the layout, as JSON path.</param>
/// <param name="Message">For the person at the screen, zh-CN, with the remedy.</param>
public abstract record DocumentProblem(string Path, string Message);

/// <param name="Field">The placeholder whose value holds the character; null when the layout's own text does.</param>
/// <param name="Character">A character the fonts cannot draw, for example a rare one in a name.</param>
public sealed record MissingGlyph(string Path, string? Field, string Character)
    : DocumentProblem(Path, $"字库中没有“{Character}”（U+{char.ConvertToUtf32(Character, 0):X4}），不能打印{(Field is null ? "" : $"“{Field}”")}；请改用通用字，或由工作人员手工书写并注明");

public sealed record MissingValue(string Path, string Field)
    : DocumentProblem(Path, $"没有“{Field}”的内容，不能打印；请先补全，或在版式中用 when 使其可缺");

public sealed record NotEncodable(string Path, string Field, string Value)
    : DocumentProblem(Path, $"“{Field}”的内容“{Value}”不能印成 Code 128 条码；只能用数字、英文字母和半角符号");

public sealed record DoesNotFit(string Path, string Text)
    : DocumentProblem(Path, $"“{Text}”放不进版式给定的位置；请加大 width、height，或减小字号");

/// <param name="Label">The signer whose handwriting it is.</param>
public sealed record UnreadablePicture(string Path, string Label)
    : DocumentProblem(Path, $"“{Label}”的笔迹图片已损坏，不能打印；请重新签名");
