using SkiaSharp;
using static Engine.Documents.Length;

namespace Engine.Documents;

/// <summary>Millimetres of a layout in the points of a page.</summary>
internal static class Length
{
    /// <summary>Tolerance in points, so that rounding never makes a fitting text not fit.</summary>
    public const float Hair = 0.01f;

    public static float Points(float millimetres) => millimetres * 72 / 25.4f;
}

/// <summary>A text broken into lines at the size it is printed in. All lengths are points.</summary>
internal sealed class TextBlock
{
    private const float SizeStep = 0.5f;
    private readonly FilledText _filled;
    private readonly Typesetter _setter;
    private readonly float _width;
    private readonly float _size;

    private TextBlock(FilledText filled, Typesetter setter, float size)
    {
        (_filled, _setter, _size) = (filled, setter, size);
        _width = Points(filled.Placement.Width - filled.Element.Hang);
        Lines = TextWrap.Lines(filled.Text, _width + Hair, r => setter.Advance(r) * size);
    }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>From one line to the next.</summary>
    public float Step => _size * _filled.Element.Style.LineHeight;

    /// <summary>Of the box the layout gives, or of the lines.</summary>
    public float Height => _filled.Element.Height is { } box ? Points(box) : Lines.Count * Step;

    public bool Fits => Lines.Count * Step <= Height + Hair && Lines.All(l => _setter.Width(l, _size) <= _width + 2 * Hair);

    /// <summary>Sets in the wanted size, or in the largest below it, down to the smallest allowed, that fits.</summary>
    public static TextBlock Set(FilledText filled, Typesetter setter)
    {
        var style = filled.Element.Style;
        for (var size = style.Size; size > style.MinSize; size -= SizeStep)
        {
            var block = new TextBlock(filled, setter, size);
            if (block.Fits) return block;
        }
        return new TextBlock(filled, setter, style.MinSize);
    }

    /// <summary>Draws all lines, centred upright in the box that begins at <paramref name="top"/>.</summary>
    public void Draw(SKCanvas canvas, float top)
    {
        var lead = (Height - Lines.Count * Step) / 2;
        for (var i = 0; i < Lines.Count; i++) DrawLine(canvas, i, top + lead + i * Step);
    }

    public void DrawLine(SKCanvas canvas, int line, float top)
    {
        var (element, style, left) = (_filled.Element, _filled.Element.Style, Points(_filled.Placement.X));
        var baseline = top + (Step - _size) / 2 + _size * Typesetter.IdeographicAscent;
        if (line == 0 && _filled.Marker is { } marker) _setter.Draw(canvas, marker, _size, left, baseline, style.Ink);
        var free = _width - _setter.Width(Lines[line], _size);
        var indent = style.Align switch { TextAlign.Center => free / 2, TextAlign.Right => free, _ => 0 };
        _setter.Draw(canvas, Lines[line], _size, left + Points(element.Hang) + indent, baseline, style.Ink);
    }
}
