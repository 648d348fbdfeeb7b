using SkiaSharp;
using static Engine.Documents.Length;

namespace Engine.Documents;

/// <summary>Sets the sections of a filled form: short rows side by side, a question with its answer at the right, long texts over the full width.</summary>
internal sealed class FormSetter(FormElement element, PageFlow flow, Typesetter regular, Typesetter bold)
{
    /// <summary>Stands where nothing was entered.</summary>
    public const string Nothing = "未填";

    /// <summary>Behind a section's title on a page it is continued on.</summary>
    public const string Continued = "（续）";

    private const float LineHeight = 1.4f, LabelInk = 0.72f, RuleInk = 0.35f, RuleThickness = 0.4f, BandInk = 0.1f;

    /// <summary>In units of the font size.</summary>
    private const float Padding = 0.18f, AnswerWidth = 6, Indent = 2;

    private readonly float _size = element.Size;
    private readonly float _left = Points(element.Placement.X);
    private readonly float _width = Points(element.Placement.Width);

    private float Step => _size * LineHeight;

    private float ColumnWidth => _width / element.Columns;

    private float Tab => ColumnWidth * 0.42f;

    /// <summary>Text in lines, one of several side by side.</summary>
    private sealed record Cell(float X, Typesetter Setter, float Ink, IReadOnlyList<string> Lines);

    public void Set(IReadOnlyList<FilledSection> sections)
    {
        foreach (var section in sections)
        {
            flow.Gap(_size * 0.4f);
            flow.Keep(4 * Step);
            SetTitle(section.Title);
            flow.Heading = () => SetTitle(section.Title + Continued);
            foreach (var paragraph in section.Paragraphs) SetCells([Wrapped(paragraph, 0, _width, regular)], rule: false);
            SetRows(section.Rows);
            flow.Heading = null;
        }
    }

    private void SetTitle(string title)
    {
        var lines = TextWrap.Lines(title, _width - _size, r => bold.Advance(r) * _size);
        var height = lines.Count * Step + 2 * Padding * _size;
        flow.Take(height, (canvas, top) =>
        {
            using var band = Typesetter.Paint(BandInk);
            canvas.DrawRect(SKRect.Create(_left, top, _width, height), band);
            Draw(canvas, new Cell(_size / 2, bold, 1, lines), top + Padding * _size, 0, lines.Count);
        });
    }

    private void SetRows(IReadOnlyList<FilledRow> rows)
    {
        var beside = new List<FilledRow>();
        foreach (var row in rows)
        {
            if (!IsShort(row)) SetBeside(beside);
            if (!IsShort(row)) SetLong(row);
            else beside.Add(row);
            if (beside.Count == element.Columns) SetBeside(beside);
        }
        SetBeside(beside);
    }

    private bool IsShort(FilledRow row) => element.Columns > 1 && row.Note is null && !row.Value.Contains('\n', StringComparison.Ordinal)
        && LabelEnd(row) <= ColumnWidth * 0.6f && Math.Max(Tab, LabelEnd(row)) + Valued(row).Width(Shown(row), _size) + _size / 2 <= ColumnWidth;

    private float LabelEnd(FilledRow row) => regular.Width(row.Label, _size) + _size;

    private void SetBeside(List<FilledRow> rows)
    {
        if (rows.Count == 0) return;
        SetCells([.. rows.SelectMany((row, at) => new[]
        {
            new Cell(at * ColumnWidth, regular, LabelInk, [row.Label]),
            Value(row, at * ColumnWidth + Math.Max(Tab, LabelEnd(row)), float.MaxValue),
        })], rule: true);
        rows.Clear();
    }

    private void SetLong(FilledRow row)
    {
        var answer = AnswerWidth * _size;
        var rule = row.Note is null;
        if (!row.Value.Contains('\n', StringComparison.Ordinal) && Valued(row).Width(Shown(row), _size) <= answer)
        {
            SetCells([Wrapped(row.Label, 0, _width - answer - _size, regular), Value(row, _width - answer, answer)], rule);
        }
        else if (LabelEnd(row) <= Tab)
        {
            SetCells([Wrapped(row.Label, 0, Tab, regular) with { Ink = LabelInk }, Value(row, Tab, _width - Tab)], rule);
        }
        else
        {
            flow.Keep(3 * Step);
            SetCells([Wrapped(row.Label, 0, _width, regular)], rule: false);
            SetCells([Value(row, Indent * _size, _width - Indent * _size)], rule);
        }
        if (row.Note is { } note) SetCells([Wrapped(note, Indent * _size, _width - Indent * _size, regular)], rule: true);
    }

    /// <summary>Cells side by side, kept on one page unless they fill much of one.</summary>
    private void SetCells(IReadOnlyList<Cell> cells, bool rule)
    {
        var lines = cells.Max(c => c.Lines.Count);
        var slice = lines * Step <= flow.FullRoom / 3 ? lines : 1;
        for (var from = 0; from < lines; from += slice)
        {
            var (first, isFirst, isLast) = (from, from == 0, from + slice >= lines);
            var (head, foot) = (isFirst ? Padding * _size : 0, isLast ? Padding * _size : 0);
            var height = head + slice * Step + foot;
            flow.Take(height, (canvas, top) =>
            {
                foreach (var cell in cells) Draw(canvas, cell, top + head, first, slice);
                if (rule && isLast) DrawRule(canvas, top + height);
            });
        }
    }

    private void Draw(SKCanvas canvas, Cell cell, float top, int first, int count)
    {
        var baseline = top + (Step - _size) / 2 + _size * Typesetter.IdeographicAscent;
        foreach (var line in cell.Lines.Skip(first).Take(count))
        {
            cell.Setter.Draw(canvas, line, _size, _left + cell.X, baseline, cell.Ink);
            baseline += Step;
        }
    }

    private void DrawRule(SKCanvas canvas, float bottom)
    {
        using var paint = Typesetter.Paint(RuleInk);
        canvas.DrawRect(SKRect.Create(_left, bottom - RuleThickness, _width, RuleThickness), paint);
    }

    private Typesetter Valued(FilledRow row) => row.Flagged ? bold : regular;

    private static string Shown(FilledRow row) => row.Value.Length == 0 ? Nothing : row.Value;

    private Cell Value(FilledRow row, float x, float width) =>
        Wrapped(Shown(row), x, width, Valued(row)) with { Ink = row.Value.Length == 0 ? LabelInk : 1 };

    private Cell Wrapped(string text, float x, float width, Typesetter setter) =>
        new(x, setter, 1, TextWrap.Lines(text, width + Hair, r => setter.Advance(r) * _size));
}
