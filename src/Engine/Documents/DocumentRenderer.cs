using SkiaSharp;

namespace Engine.Documents;

/// <summary>Lays out a document and writes it as PDF. Safe for use from many threads.</summary>
/// <param name="time">Gives the creation time in the file's metadata, the only thing that differs between two renderings.</param>
public sealed class DocumentRenderer(DocumentFonts fonts, TimeProvider time)
{
    /// <summary>Renders, or refuses when a character, a value or a place is missing: what would be unreadable is not printed.</summary>
    public RenderResult Render(LayoutDefinition layout, DocumentData data)
    {
        var filled = new FilledLayout(layout, data, fonts);
        if (filled.Problems.Count > 0) return new RefusedDocument(filled.Problems);
        using var regular = new Typesetter(fonts.Regular.Subset(filled.Characters(bold: false)));
        using var bold = new Typesetter(fonts.Bold.Subset(filled.Characters(bold: true)));
        using var builder = new PageBuilder(layout.Page, regular, bold);
        foreach (var element in filled.Elements) builder.Place(element);
        if (builder.Problems.Count > 0) return new RefusedDocument(builder.Problems);
        var pages = builder.Pages.ToList();
        return new RenderedDocument(Write(layout.Page, filled.Title, pages), pages.Count, builder.Places);
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
