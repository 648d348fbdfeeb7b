using System.Text;
using SkiaSharp;

namespace Platform.Documents;

/// <summary>Places filled elements on pages. All lengths in here are points.</summary>
internal sealed class PageBuilder(LayoutPage page, Typesetter regular, Typesetter bold)
{
    private const float PointsPerMm = 72 / 25.4f;

    /// <summary>A hair of tolerance, so that rounding never makes a fitting text not fit.</summary>
    private const float Hair = 0.01f;

    private readonly List<List<Action<SKCanvas>>> _pages = [[]];
    private readonly List<Action<SKCanvas>> _everyPage = [];
    private readonly List<DocumentProblem> _problems = [];
    private float _cursor = Points(page.Margin);
    private bool _flowing;

    public IReadOnlyList<DocumentProblem> Problems => _problems;

    public static float Points(float millimetres) => millimetres * PointsPerMm;

    /// <summary>What to draw, page by page.</summary>
    public IEnumerable<IEnumerable<Action<SKCanvas>>> Pages => _pages.Select(p => _everyPage.Concat(p));

    public void Place(FilledElement element)
    {
        if (element.Placement.Y is null)
        {
            _flowing = true;
            _cursor += Points(element.Placement.Gap);
        }
        switch (element)
        {
            case FilledText text: PlaceText(text); break;
            case FilledBarcode barcode: PlaceBarcode(barcode); break;
            case FilledShape { Element: LineElement line }: PlaceLine(line, element.Placement); break;
            case FilledShape { Element: BoxElement box }: PlaceBox(box); break;
            default: throw new InvalidOperationException($"No way to place {element.GetType().Name}.");
        }
    }

    /// <summary>Reserves room and gives its top: fixed where the layout says, else beneath the last, on a new page when this one is full.</summary>
    private float Reserve(Placement placement, float height, Func<float, Action<SKCanvas>> draw)
    {
        if (placement.Y is { } y)
        {
            var top = Points(y);
            (placement.EveryPage ? _everyPage : _pages[0]).Add(draw(top));
            if (!_flowing && !placement.EveryPage) _cursor = top + height;
            return top;
        }
        if (_cursor + height > Points(page.Height - page.Foot) + Hair)
        {
            _pages.Add([]);
            _cursor = Points(page.Margin);
        }
        var at = _cursor;
        _pages[^1].Add(draw(at));
        _cursor += height;
        return at;
    }

    private void PlaceText(FilledText filled)
    {
        var (element, placement, style) = (filled.Element, filled.Placement, filled.Element.Style);
        var setter = style.Bold ? bold : regular;
        var (left, hang) = (Points(placement.X), Points(element.Hang));
        var width = Points(placement.Width) - hang;
        var size = SizeThatFits(filled, setter, width, out var lines);
        var step = size * style.LineHeight;
        if (placement.Y is { } y)
        {
            var height = element.Height is { } box ? Points(box) : lines.Count * step;
            if (lines.Count * step > height + Hair || Points(y) + height > Points(page.Height) + Hair)
                _problems.Add(new DoesNotFit(placement.Path, filled.Text));
            var lead = (height - lines.Count * step) / 2;
            Reserve(placement, height, top => canvas => Draw(canvas, top + lead));
            return;
        }
        for (var i = 0; i < lines.Count; i++)
        {
            var at = i;
            Reserve(placement, step, top => canvas => DrawLine(canvas, at, top));
        }

        void Draw(SKCanvas canvas, float top)
        {
            for (var i = 0; i < lines.Count; i++) DrawLine(canvas, i, top + i * step);
        }

        void DrawLine(SKCanvas canvas, int at, float top)
        {
            var baseline = top + (step - size) / 2 + size * Typesetter.IdeographicAscent;
            if (at == 0 && filled.Marker is { } marker) setter.Draw(canvas, marker, size, left, baseline, style.Ink);
            var free = width - setter.Width(lines[at], size);
            var indent = style.Align switch { TextAlign.Center => free / 2, TextAlign.Right => free, _ => 0 };
            setter.Draw(canvas, lines[at], size, left + hang + indent, baseline, style.Ink);
        }
    }

    /// <summary>The wanted size, or the largest down to the smallest allowed at which a fixed text fills no more than its box.</summary>
    private float SizeThatFits(FilledText filled, Typesetter setter, float width, out IReadOnlyList<string> lines)
    {
        const float Step = 0.5f;
        var (style, height) = (filled.Element.Style, filled.Element.Height);
        for (var size = style.Size; ; size = Math.Max(size - Step, style.MinSize))
        {
            var set = size;
            lines = TextWrap.Lines(filled.Text, width + Hair, r => setter.Advance(r) * set);
            var wide = lines.Any(l => setter.Width(l, set) > width + 2 * Hair);
            var high = height is { } box && lines.Count * size * style.LineHeight > Points(box) + Hair;
            if (!wide && !high) return size;
            if (size > style.MinSize) continue;
            if (wide) _problems.Add(new DoesNotFit(filled.Placement.Path, filled.Text));
            return size;
        }
    }

    private void PlaceBarcode(FilledBarcode filled)
    {
        var (element, symbol, placement) = (filled.Element, filled.Symbol, filled.Placement);
        var modules = symbol.Modules + 2 * Code128.QuietModules;
        var module = Points(element.Module ?? placement.Width / modules);
        if (modules * module > Points(placement.Width) + Hair || module < Points(BarcodeElement.MinModule))
            _problems.Add(new DoesNotFit(placement.Path, element.Field));
        var left = Points(placement.X) + (Points(placement.Width) - symbol.Modules * module) / 2;
        var height = Points(element.Height);
        Reserve(placement, height, top => canvas => DrawBars(canvas, symbol, left, top, module, height));
    }

    private static void DrawBars(SKCanvas canvas, Code128 symbol, float left, float top, float module, float height)
    {
        using var paint = Typesetter.Paint(1);
        using var bars = new SKPath();
        var isBar = true;
        foreach (var width in symbol.Widths)
        {
            if (isBar) bars.AddRect(SKRect.Create(left, top, width * module, height));
            left += width * module;
            isBar = !isBar;
        }
        canvas.DrawPath(bars, paint);
    }

    private void PlaceLine(LineElement line, Placement placement)
    {
        var rect = SKRect.Create(Points(placement.X), 0, Points(placement.Width), Points(line.Thickness));
        Reserve(placement, rect.Height, top => canvas =>
        {
            using var paint = Typesetter.Paint(line.Ink);
            canvas.DrawRect(SKRect.Create(rect.Left, top, rect.Width, rect.Height), paint);
        });
    }

    private void PlaceBox(BoxElement box)
    {
        var radius = Points(box.Radius);
        var size = new SKSize(Points(box.Placement.Width), Points(box.Height));
        Reserve(box.Placement, size.Height, top => canvas =>
        {
            var rect = SKRect.Create(new SKPoint(Points(box.Placement.X), top), size);
            if (box.Fill is { } ink)
            {
                using var fill = Typesetter.Paint(ink);
                canvas.DrawRoundRect(rect, radius, radius, fill);
            }
            if (box.Thickness == 0) return;
            using var outline = Typesetter.Paint(1);
            (outline.IsStroke, outline.StrokeWidth) = (true, Points(box.Thickness));
            canvas.DrawRoundRect(rect, radius, radius, outline);
        });
    }
}
