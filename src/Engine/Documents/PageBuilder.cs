using SkiaSharp;
using static Engine.Documents.Length;

namespace Engine.Documents;

/// <summary>Places filled elements on pages. All lengths in here are points.</summary>
internal sealed class PageBuilder(LayoutPage page, Typesetter regular, Typesetter bold) : IDisposable
{
    private readonly PageFlow _flow = new(page);
    private readonly List<DocumentProblem> _problems = [];
    private readonly List<SignaturePlace> _places = [];
    private readonly List<IDisposable> _pictures = [];

    public IReadOnlyList<DocumentProblem> Problems => _problems;

    public IReadOnlyList<SignaturePlace> Places => _places;

    /// <summary>What to draw, page by page.</summary>
    public IEnumerable<IEnumerable<Action<SKCanvas>>> Pages => _flow.Pages;

    public void Place(FilledElement element)
    {
        if (element.Placement.Y is null)
        {
            _flow.Gap(Points(element.Placement.Gap));
            _flow.Keep(Points(element.Placement.Keep));
        }
        switch (element)
        {
            case FilledText text: PlaceText(text); break;
            case FilledBarcode barcode: PlaceBarcode(barcode); break;
            case FilledShape { Element: LineElement line }: PlaceLine(line, element.Placement); break;
            case FilledShape { Element: BoxElement box }: PlaceBox(box); break;
            case FilledFormElement form: new FormSetter(form.Element, _flow, regular, bold).Set(form.Sections); break;
            case FilledSignatures signatures: PlaceSignatures(signatures); break;
            default: throw new InvalidOperationException($"No way to place {element.GetType().Name}.");
        }
    }

    public void Dispose() => _pictures.ForEach(p => p.Dispose());

    /// <summary>Reserves room: fixed where the layout says, else beneath the last.</summary>
    private void Reserve(Placement placement, float height, Action<SKCanvas, float> draw)
    {
        if (placement.Y is not { } y) _flow.Take(height, draw);
        else if (placement.EveryPage) _flow.FixOnEveryPage((canvas, _, _) => draw(canvas, Points(y)));
        else _flow.Fix(Points(y), height, canvas => draw(canvas, Points(y)));
    }

    private void PlaceText(FilledText filled)
    {
        var setter = filled.Element.Style.Bold ? bold : regular;
        var text = TextBlock.Set(filled with { Text = PageNumbers.Fill(filled.Text, "999", "999") }, setter);
        var onPaper = filled.Placement.Y is not { } y || Points(y) + text.Height <= _flow.Height + Hair;
        if (!text.Fits || !onPaper) _problems.Add(new DoesNotFit(filled.Placement.Path, filled.Text));
        if (PageNumbers.IsIn(filled.Text))
        {
            _flow.FixOnEveryPage((canvas, number, pages) => TextBlock.Set(filled with { Text = PageNumbers.Fill(filled.Text, $"{number}", $"{pages}") }, setter)
                .Draw(canvas, Points(filled.Placement.Y!.Value)));
            return;
        }
        if (filled.Placement.Y is not null || text.Height <= _flow.FullRoom)
        {
            Reserve(filled.Placement, text.Height, text.Draw);
            return;
        }
        for (var i = 0; i < text.Lines.Count; i++)
        {
            var line = i;
            Reserve(filled.Placement, text.Step, (canvas, top) => text.DrawLine(canvas, line, top));
        }
    }

    private void PlaceSignatures(FilledSignatures filled)
    {
        var setter = new SignatureSetter(filled, _flow, regular, bold);
        setter.Set();
        _problems.AddRange(setter.Problems);
        _places.AddRange(setter.Places);
        _pictures.AddRange(setter.Pictures);
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
        Reserve(placement, height, (canvas, top) => DrawBars(canvas, symbol, left, top, module, height));
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
        Reserve(placement, rect.Height, (canvas, top) =>
        {
            using var paint = Typesetter.Paint(line.Ink);
            canvas.DrawRect(SKRect.Create(rect.Left, top, rect.Width, rect.Height), paint);
        });
    }

    private void PlaceBox(BoxElement box)
    {
        var radius = Points(box.Radius);
        var size = new SKSize(Points(box.Placement.Width), Points(box.Height));
        Reserve(box.Placement, size.Height, (canvas, top) =>
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
