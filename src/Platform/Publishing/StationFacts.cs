using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;

namespace Platform.Publishing;

/// <summary>Everything the documents of one set may name: the modules' facts, the test items and the fields of the forms.</summary>
public static class StationFacts
{
    public static TestItems TestItemsOf(InForce set)
    {
        var document = set.All(DocumentKinds.TestItems).MaxBy(d => d.Layer);
        return document is null ? TestItems.None : set.Parsed(document, TestItems.Parse);
    }

    /// <exception cref="RulePackException">Two of them mean different things by one code.</exception>
    public static FactCatalog Of(InForce set, IEnumerable<FactDefinition> modules) =>
        FactCatalog.Merge(modules.Concat(FormsOf(set).SelectMany(f => f.Facts)));

    /// <summary>Every form of the set, each from its most specific layer.</summary>
    public static IEnumerable<FormDefinition> FormsOf(InForce set)
    {
        var items = TestItemsOf(set);
        return set.All(DocumentKinds.Form).GroupBy(d => d.Name).Select(g => FormDefinition.Parse(g.MaxBy(d => d.Layer)!.Json, items));
    }
}
