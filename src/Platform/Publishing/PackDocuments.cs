using Engine.Rules;
using Platform.Publishing;
using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>Rule packs of published documents: content from the text, layer and dates from the row.</summary>
public static class PackDocuments
{
    /// <summary>Every pack of the set.</summary>
    /// <exception cref="RulePackException">One cannot be read.</exception>
    public static IReadOnlyList<RulePack> Of(InForce set)
    {
        var zone = StationSettings.Of(set).TimeZone;
        return [.. set.All(DocumentKinds.RulePack).Select(d => set.Parsed(d, Columns(d, zone).ToString(), json => RulePackJson.ReadStored(json, Columns(d, zone))))];
    }

    /// <exception cref="RulePackException">It cannot be read.</exception>
    public static RulePack Read(PublishedDocument document, TimeZoneInfo zone) => RulePackJson.ReadStored(document.Json, Columns(document, zone));

    private static PackColumns Columns(PublishedDocument document, TimeZoneInfo zone) =>
        new((RuleLayer)document.Layer, DocumentDates.FirstDay(document, zone), DocumentDates.LastDay(document, zone));
}
