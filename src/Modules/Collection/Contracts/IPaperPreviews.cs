using Engine.Documents;
using Platform.Publishing;

namespace Modules.Collection.Contracts;

/// <param name="Name">Of its layout.</param>
/// <param name="Title">zh-CN.</param>
public sealed record PreviewPaper(string Name, string Title);

/// <summary>Papers as they would be with a set of documents, for an invented donor: by the same layout, the same values of the station and the same renderer as at the station.</summary>
public interface IPaperPreviews
{
    IReadOnlyList<PreviewPaper> Papers { get; }

    /// <returns>Null when there is no such paper.</returns>
    RenderResult? Pdf(InForce set, string paper);

    /// <summary>The same drawing for a screen.</summary>
    RenderResult? Picture(InForce set, string paper);
}
