using System.Text;

namespace Engine.Documents;

/// <summary>An element with its content, ready to be placed.</summary>
internal abstract record FilledElement(Placement Placement)
{
    /// <summary>Every text it draws in one weight.</summary>
    public virtual IEnumerable<string> Drawn(bool bold) => [];
}

internal sealed record FilledText(TextElement Element, string Text, string? Marker) : FilledElement(Element.Placement)
{
    public override IEnumerable<string> Drawn(bool bold) =>
        Element.Style.Bold != bold ? [] : PageNumbers.IsIn(Text) ? [PageNumbers.Fill(Text, "", ""), "0123456789"] : [Text, Marker ?? ""];
}

internal sealed record FilledBarcode(BarcodeElement Element, Code128 Symbol) : FilledElement(Element.Placement);

internal sealed record FilledShape(LayoutElement Element) : FilledElement(Element.Placement);

internal sealed record FilledFormElement(FormElement Element, IReadOnlyList<FilledSection> Sections) : FilledElement(Element.Placement)
{
    public override IEnumerable<string> Drawn(bool bold) => bold
        ? Sections.SelectMany(s => s.Rows.Where(r => r.Flagged).Select(r => r.Value).Append(s.Title)).Append(FormSetter.Continued)
        : Sections.SelectMany(s => s.Rows.SelectMany(r => new[] { r.Label, r.Flagged ? "" : r.Value, r.Note ?? "" }).Concat(s.Paragraphs)).Append(FormSetter.Nothing);
}

internal sealed record FilledSignatures(SignaturesElement Element, FilledForm Form) : FilledElement(Element.Placement)
{
    public IReadOnlyList<FilledSignature> Signatures => Form.Signatures;

    public override IEnumerable<string> Drawn(bool bold) => bold
        ? Signatures.Select(s => s.Name)
        : [.. Signatures.SelectMany(s => new[] { s.Label, s.Method }), Form.ConfirmText ?? "", SignatureSetter.Declares, SignatureSetter.Ink, SignatureSetter.Unsigned, SignatureSetter.TimeCharacters];
}

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
        var values = new Dictionary<string, string>(data.Values.Concat(data.Forms.Values.SelectMany(f => f.Values)));
        Title = Fill(layout.Title, "$.title", null, values);
        AddAll(layout.Elements, values);
    }

    public string Title { get; }

    public IReadOnlyList<FilledElement> Elements => _elements;

    public IReadOnlyList<DocumentProblem> Problems => _problems;

    /// <summary>Every character set in one weight.</summary>
    public IReadOnlySet<int> Characters(bool bold) => _elements.SelectMany(e => e.Drawn(bold))
        .SelectMany(t => t.EnumerateRunes()).Select(r => r.Value).Where(v => v is not ('\n' or '\r')).ToHashSet();

    /// <summary>Neighbours that belong to one form are printed together, once for each time the form was filled in.</summary>
    private void AddAll(IReadOnlyList<LayoutElement> elements, IReadOnlyDictionary<string, string> values)
    {
        for (int from = 0, to; from < elements.Count; from = to)
        {
            to = from + 1;
            var form = FormOf(elements[from]);
            while (form is not null && to < elements.Count && FormOf(elements[to]) == form) to++;
            IReadOnlyList<FilledForm?> fillings = form is null ? [null] : [form, .. form.Further];
            foreach (var filling in fillings)
                foreach (var element in elements.Skip(from).Take(to - from)) Add(element, Of(filling, values), 0, filling);
        }
    }

    private static IReadOnlyDictionary<string, string> Of(FilledForm? filling, IReadOnlyDictionary<string, string> values)
    {
        if (filling is null) return values;
        var own = new Dictionary<string, string>(values);
        foreach (var (name, value) in filling.Values) own[name] = value;
        return own;
    }

    /// <summary>The filled form an element of the flow speaks of, by its code or by a placeholder; null when of none, or of one not filled in.</summary>
    private FilledForm? FormOf(LayoutElement element) => element switch
    {
        { Placement.Y: not null } => null,
        FormElement form => _data.Forms.GetValueOrDefault(form.Form),
        SignaturesElement signatures => _data.Forms.GetValueOrDefault(signatures.Form),
        TextElement text => text.Text.Parts.Select(p => p.Field).Prepend(text.Placement.When).OfType<string>()
            .Select(f => _data.Forms.GetValueOrDefault(f.Split('.')[0])).FirstOrDefault(f => f is not null),
        _ => null,
    };

    /// <param name="filling">Which of a form's fillings-in it is printed for; null for what belongs to no form.</param>
    private void Add(LayoutElement element, IReadOnlyDictionary<string, string> values, float extraGap, FilledForm? filling = null)
    {
        if (element.Placement.When is { } when && string.IsNullOrEmpty(values.GetValueOrDefault(when))) return;
        if (element.Placement.Unless is { } unless && !string.IsNullOrEmpty(values.GetValueOrDefault(unless))) return;
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
            case FormElement form:
                if (filling is not null) AddForm(form, filling);
                break;
            case SignaturesElement signatures:
                if (filling is { Signatures.Count: > 0 }) AddSignatures(signatures, filling);
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

    private void AddForm(FormElement element, FilledForm form)
    {
        var sections = form.Sections.Where(s => element.Sections?.Contains(s.Code) != false).ToList();
        foreach (var section in sections)
        {
            CheckGlyphs(element.Placement.Path, section.Title, section.Title, bold: true);
            CheckGlyphs(element.Placement.Path, section.Title, string.Concat(section.Paragraphs), bold: false);
            foreach (var row in section.Rows)
            {
                CheckGlyphs(element.Placement.Path, row.Label, row.Label + row.Note, bold: false);
                CheckGlyphs(element.Placement.Path, row.Label, row.Value, row.Flagged);
            }
        }
        _elements.Add(new FilledFormElement(element, sections));
    }

    private void AddSignatures(SignaturesElement element, FilledForm form)
    {
        CheckGlyphs(element.Placement.Path, form.Title, form.ConfirmText ?? "", bold: false);
        foreach (var signature in form.Signatures)
        {
            CheckGlyphs(element.Placement.Path, signature.Label, signature.Name, bold: true);
            CheckGlyphs(element.Placement.Path, signature.Label, signature.Label + signature.Method, bold: false);
        }
        _elements.Add(new FilledSignatures(element, form));
    }

    private void CheckGlyphs(string path, string? field, string text, bool bold) =>
        _problems.AddRange(_fonts.Of(bold).MissingGlyphs(text).Select(r => new MissingGlyph(path, field, r.ToString())));

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
            if (PageNumbers.Mark(part.Field) is { } mark)
            {
                text.Append(mark);
                continue;
            }
            var value = (part.Field is null ? part.Literal : Value(part.Field, path, values)).ReplaceLineEndings("\n");
            if (style is not null) CheckGlyphs(path, part.Field, value, style.Bold);
            text.Append(value);
        }
        return text.ToString();
    }
}
