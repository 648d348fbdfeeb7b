using System.Text;

namespace Platform.Documents;

/// <summary>An element with its content, ready to be placed.</summary>
internal abstract record FilledElement(Placement Placement);

internal sealed record FilledText(TextElement Element, string Text, string? Marker) : FilledElement(Element.Placement);

internal sealed record FilledBarcode(BarcodeElement Element, Code128 Symbol) : FilledElement(Element.Placement);

internal sealed record FilledShape(LayoutElement Element) : FilledElement(Element.Placement);

/// <summary>A layout with one document's data put in: lists repeated, absent optional elements left out, problems gathered.</summary>
internal sealed class FilledLayout
{
    private readonly DocumentFonts _fonts;
    private readonly DocumentData _data;
    private readonly List<FilledElement> _elements = [];
    private readonly List<DocumentProblem> _problems = [];

    public FilledLayout(LayoutDefinition layout, DocumentData data, DocumentFonts fonts)
    {
        (_fonts, _data) = (fonts, data);
        Title = Fill(layout.Title, "$.title", null, data.Values);
        foreach (var element in layout.Elements) Add(element, data.Values, 0);
    }

    public string Title { get; }

    public IReadOnlyList<FilledElement> Elements => _elements;

    public IReadOnlyList<DocumentProblem> Problems => _problems;

    /// <summary>Every character set in one weight.</summary>
    public IReadOnlySet<int> Characters(bool bold) => _elements.OfType<FilledText>().Where(t => t.Element.Style.Bold == bold)
        .SelectMany(t => (t.Text + t.Marker).EnumerateRunes()).Select(r => r.Value).Where(v => v != '\n').ToHashSet();

    private void Add(LayoutElement element, IReadOnlyDictionary<string, string> values, float extraGap)
    {
        if (element.Placement.When is { } when && string.IsNullOrEmpty(values.GetValueOrDefault(when))) return;
        switch (element)
        {
            case TextElement text:
                var marker = text.Marker is null ? null : Fill(text.Marker, text.Placement.Path, text.Style, values);
                AddShifted(new FilledText(text, Fill(text.Text, text.Placement.Path, text.Style, values), marker), extraGap);
                break;
            case BarcodeElement barcode:
                if (Symbol(barcode, values) is { } symbol) AddShifted(new FilledBarcode(barcode, symbol), extraGap);
                break;
            case ListElement list:
                AddEntries(list, values);
                break;
            default:
                AddShifted(new FilledShape(element), extraGap);
                break;
        }
    }

    private void AddShifted(FilledElement element, float extraGap) =>
        _elements.Add(extraGap == 0 ? element : element with { Placement = element.Placement with { Gap = element.Placement.Gap + extraGap } });

    private void AddEntries(ListElement list, IReadOnlyDictionary<string, string> values)
    {
        var number = 0;
        foreach (var entry in _data.Lists.GetValueOrDefault(list.List) ?? [])
        {
            number++;
            var seen = new Dictionary<string, string>(values) { [$"{list.List}.number"] = number.ToString() };
            foreach (var (field, value) in entry) seen[$"{list.List}.{field}"] = value;
            var before = _elements.Count;
            foreach (var element in list.Elements)
                Add(element, seen, number == 1 && _elements.Count == before ? list.Placement.Gap : 0);
        }
    }

    private Code128? Symbol(BarcodeElement barcode, IReadOnlyDictionary<string, string> values)
    {
        var path = barcode.Placement.Path;
        if (Value(barcode.Field, path, values) is not { Length: > 0 } value) return null;
        var symbol = Code128.Encode(value);
        if (symbol is null) _problems.Add(new NotEncodable(path, barcode.Field, value));
        return symbol;
    }

    /// <summary>Empty only with a problem noted: a blank on paper looks like an answer.</summary>
    private string Value(string field, string path, IReadOnlyDictionary<string, string> values)
    {
        if (values.GetValueOrDefault(field) is { Length: > 0 } value) return value;
        _problems.Add(new MissingValue(path, field));
        return "";
    }

    /// <param name="style">Null for text that is not drawn and needs no glyphs.</param>
    private string Fill(TextTemplate template, string path, TextStyle? style, IReadOnlyDictionary<string, string> values)
    {
        var text = new StringBuilder();
        foreach (var part in template.Parts)
        {
            var value = (part.Field is null ? part.Literal : Value(part.Field, path, values)).ReplaceLineEndings("\n");
            if (style is not null)
                _problems.AddRange(_fonts.Of(style.Bold).MissingGlyphs(value).Select(r => new MissingGlyph(path, part.Field, r.ToString())));
            text.Append(value);
        }
        return text.ToString();
    }
}
