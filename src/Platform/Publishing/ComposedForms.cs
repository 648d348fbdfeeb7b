using Engine.Canonical;
using Engine.Forms;

namespace Platform.Publishing;

/// <summary>Forms of the province with the station's own changes taken in: what comes out is shown, signed and printed, and pinned by the documents it comes from.</summary>
public static class ComposedForms
{
    public const string OverlaySuffix = ".overlay.json";

    /// <exception cref="DocumentException">A change does not fit its form: names the change.</exception>
    public static IReadOnlyList<PublishedDocument> Of(IReadOnlyList<PublishedDocument> documents, ParsedDocuments parsed)
    {
        var overlays = documents.Where(d => d is { Kind: DocumentKinds.FormOverlay, Layer: DocumentLayer.Station }).ToDictionary(d => d.Name, StringComparer.Ordinal);
        return overlays.Count == 0 ? documents
            : [.. documents.Select(d => d.Kind == DocumentKinds.Form && overlays.TryGetValue(d.Name, out var overlay) ? Composed(d, overlay, parsed) : d)];
    }

    private static PublishedDocument Composed(PublishedDocument form, PublishedDocument overlay, ParsedDocuments parsed) => parsed.Get(form.Hash + overlay.Hash, () =>
    {
        try
        {
            var json = FormOverlay.Compose(form.Json, overlay.Json);
            return form.With(json, CanonicalJson.DocumentHash(json));
        }
        catch (DocumentFaultException e)
        {
            throw new DocumentException(overlay.Name + OverlaySuffix, e.Path, e.Remedy);
        }
    });
}
