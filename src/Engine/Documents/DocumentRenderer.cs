using SkiaSharp;

namespace Engine.Documents;

/// <summary>Lays out a document and writes it as PDF. Safe for use from many threads.</summary>
/// <param name="time">Gives the creation time in the file's metadata, the only thing that differs between two renderings.</param>
public sealed class DocumentRenderer(DocumentFonts fonts, TimeProvider time)
{
    /// <summary>Renders, or refuses when a character, a value or a place is missing: what would be unreadable is not printed.</summary>
    public RenderResult Render(LayoutDefinition layout, DocumentData data) =>
        Draw(layout, data, (title, pages, places) => new RenderedDocument(Write(layout.Page, title, pages), pages.Count, places));

    /// <summary>The same drawing as pictures, for a screen; refused as the paper would be.</summary>
    /// <param name="dots">Per point of paper, 0.5 to 4.</param>
    public RenderResult Picture(LayoutDefinition layout, DocumentData data, float dots) =>
        Draw(layout, data, (_, pages, _) => new RenderedPictures([.. pages.Select(drawings => Paint(layout.Page, drawings, dots))]));

    private RenderResult Draw(LayoutDefinition layout, DocumentData data, Func<string, List<IEnumerable<Action<SKCanvas>>>, IReadOnlyList<SignaturePlace>, RenderResult> write)
    {
        var filled = new FilledLayout(layout, data, fonts);
        if (filled.Problems.Count > 0) return new RefusedDocument(filled.Problems);
        using var regular = new Typesetter(fonts.Regular.Subset(filled.Characters(bold: false)));
        using var bold = new Typesetter(fonts.Bold.Subset(filled.Characters(bold: true)));
        using var builder = new PageBuilder(layout.Page, regular, bold);
        foreach (var element in filled.Elements) builder.Place(element);
        if (builder.Problems.Count > 0) return new RefusedDocument(builder.Problems);
        var pages = builder.Pages.ToList();
        return write(filled.Title, pages, builder.Places);
    }

    private static byte[] Paint(LayoutPage page, IEnumerable<Action<SKCanvas>> drawings, float dots)
    {
        var size = new SKImageInfo((int)MathF.Ceiling(Length.Points(page.Width) * dots), (int)MathF.Ceiling(Length.Points(page.Height) * dots));
        using var surface = SKSurface.Create(size);
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(dots);
        foreach (var draw in drawings) draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private byte[] Write(LayoutPage page, string title, List<IEnumerable<Action<SKCanvas>>> pages)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var metadata = new SKDocumentPdfMetadata(SKDocument.DefaultRasterDpi)
        {
            Title = title, Creation = now, Modified = now, PdfA = true,
        };
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream, metadata))
        {
            foreach (var drawings in pages)
            {
                var canvas = document.BeginPage(Length.Points(page.Width), Length.Points(page.Height));
                foreach (var draw in drawings) draw(canvas);
                document.EndPage();
            }
            document.Close();
        }
        return PdfFinish.Apply(stream.ToArray(), "zh-CN");
    }
}
