using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;

namespace Platform.Publishing;

/// <summary>Everything the documents of one set may name: the modules' facts, the test items and the fields of the forms.</summary>
public static class StationFacts
{
    /// <summary>Items of all layers together: a station adds its own to the province's.</summary>
    public static TestItems TestItemsOf(InForce set) => set.Computed(() => set.Documents.Where(d => d.Kind == DocumentKinds.TestItems).OrderBy(d => d.Layer).ThenBy(d => d.Name, StringComparer.Ordinal)
        .Aggregate(TestItems.None, (all, document) => Beside(all, document, set)));

    /// <summary>The document as it is read among those above it.</summary>
    /// <exception cref="DocumentFaultException">It cannot be read, or has a code of theirs.</exception>
    public static void ReadTestItems(PublishedDocument document, InForce set) => set.Documents.Where(d => d.Kind == DocumentKinds.TestItems && d.Id != document.Id && (d.Layer < document.Layer || (d.Layer == document.Layer && string.CompareOrdinal(d.Name, document.Name) < 0)))
        .Aggregate(TestItems.None, (all, other) => Beside(all, other, set)).And(TestItems.Parse(document.Json));

    /// <summary>What cannot be taken in is told where it is looked at, and is passed over here.</summary>
    private static TestItems Beside(TestItems all, PublishedDocument document, InForce set)
    {
        try
        {
            return all.And(set.Parsed(document, TestItems.Parse));
        }
        catch (Engine.Canonical.DocumentFaultException)
        {
            return all;
        }
    }

    /// <exception cref="RulePackException">Two of them mean different things by one code.</exception>
    public static FactCatalog Of(InForce set, IEnumerable<FactDefinition> modules) =>
        FactCatalog.Merge(modules.Concat(FormsOf(set).SelectMany(f => f.Facts)));

    /// <summary>Every form of the set, each from its most specific layer.</summary>
    public static IEnumerable<FormDefinition> FormsOf(InForce set) =>
        set.All(DocumentKinds.Form).GroupBy(d => d.Name).Select(g => FormOf(set, g.MaxBy(d => d.Layer)!));

    /// <summary>A form among the test items of the set, read once for both.</summary>
    public static FormDefinition FormOf(InForce set, PublishedDocument form)
    {
        var items = TestItemsOf(set);
        return set.Parsed(form, items.ContentHash, json => FormDefinition.Parse(json, items));
    }
}
