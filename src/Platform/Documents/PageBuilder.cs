using SkiaSharp;
using static Platform.Documents.Length;

namespace Platform.Documents;

/// <summary>Places filled elements on pages. All lengths in here are points.</summary>
internal sealed class PageBuilder(LayoutPage page, Typesetter regular, Typesetter bold)
{
    private readonly List<List<Action<SKCanvas>>> _pages = [[]];
    private readonly List<Action<SKCanvas>> _everyPage = [];
    private readonly List<DocumentProblem> _problems = [];
    private float _cursor = Points(page.Margin);
    private bool _flowing;

    public IReadOnlyList<DocumentProblem> Problems => _problems;

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

    /// <summary>Reserves room: fixed where the layout says, else beneath the last, on a new page when this one is full.</summary>
    private void Reserve(Placement placement, float height, Func<float, Action<SKCanvas>> draw)
    {
        if (placement.Y is { } y)
        {
            var top = Points(y);
            (placement.EveryPage ? _everyPage : _pages[0]).Add(draw(top));
            if (!_flowing && !placement.EveryPage) _cursor = top + height;
            return;
        }
        if (_cursor + height > Points(page.Height - page.Foot) + Hair)
        {
            _pages.Add([]);
            _cursor = Points(page.Margin);
        }
        _pages[^1].Add(draw(_cursor));
        _cursor += height;
    }

    private void PlaceText(FilledText filled)
    {
        var text = TextBlock.Set(filled, filled.Element.Style.Bold ? bold : regular);
        var onPaper = filled.Placement.Y is not { } y || Points(y) + text.Height <= Points(page.Height) + Hair;
        if (!text.Fits || !onPaper) _problems.Add(new DoesNotFit(filled.Placement.Path, filled.Text));
        if (filled.Placement.Y is not null || text.Height <= Points(page.Height - page.Margin - page.Foot))
        {
            Reserve(filled.Placement, text.Height, top => canvas => text.Draw(canvas, top));
            return;
        }
        for (var i = 0; i < text.Lines.Count; i++)
        {
            var line = i;
            Reserve(filled.Placement, text.Step, top => canvas => text.DrawLine(canvas, line, top));
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
        // A module chosen as whole printer dots also begins on one, so that no bar is rounded wider than its neighbour.
        if (element.Module is not null) left = MathF.Floor(left / module) * module;
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
