namespace Platform.Publishing;

/// <summary>Which of a store's documents are in force at an instant.</summary>
public static class InForceAt
{
    /// <param name="candidates">Those of the documents that are taken as approved.</param>
    public static IReadOnlyList<PublishedDocument> Select(IEnumerable<PublishedDocument> documents, DateTimeOffset instant, IReadOnlyCollection<PublishedDocument>? candidates = null) =>
    [
        .. documents.Where(d => IsApproved(d, candidates) && d.EffectiveFrom <= instant && !(d.EffectiveTo <= instant))
            .GroupBy(d => (d.Kind, d.Name, d.Layer))
            .Select(versions => versions.MaxBy(d => (d.EffectiveFrom, d.Version))!)
            .OrderBy(d => d.Kind, StringComparer.Ordinal).ThenBy(d => d.Layer).ThenBy(d => d.Name, StringComparer.Ordinal),
    ];

    /// <summary>This instant and all later ones at which a document comes into force or ends, soonest first.</summary>
    public static IReadOnlyList<DateTimeOffset> Timeline(IEnumerable<PublishedDocument> documents, DateTimeOffset from, IReadOnlyCollection<PublishedDocument>? candidates = null) =>
    [
        .. documents.Where(d => IsApproved(d, candidates)).SelectMany(d => new[] { d.EffectiveFrom, d.EffectiveTo }).OfType<DateTimeOffset>()
            .Where(at => at > from).Append(from).Distinct().Order(),
    ];

    /// <summary>Approved documents that have run out by their own last day with no other version in their place.</summary>
    public static IReadOnlyList<PublishedDocument> RunOut(IReadOnlyCollection<PublishedDocument> documents, DateTimeOffset instant)
    {
        var standing = Select(documents, instant).Select(d => (d.Kind, d.Name, d.Layer)).ToHashSet();
        return [.. documents.Where(d => d.State == DocumentState.Approved && d.EffectiveTo <= instant && !standing.Contains((d.Kind, d.Name, d.Layer)))
            .GroupBy(d => (d.Kind, d.Name, d.Layer)).Select(g => g.MaxBy(d => (d.EffectiveFrom, d.Version))!)];
    }

    private static bool IsApproved(PublishedDocument document, IReadOnlyCollection<PublishedDocument>? candidates) =>
        document.State is DocumentState.Approved or DocumentState.Retired || candidates?.Contains(document) == true;
}
