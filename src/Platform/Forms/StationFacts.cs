using Platform.Publishing;
using Platform.Rules;

namespace Platform.Forms;

/// <summary>Everything the documents of one set may name: the modules' facts, the test items and the fields of the forms.</summary>
public static class StationFacts
{
    public static TestItems TestItemsOf(InForce set)
    {
        var document = set.All(DocumentKinds.TestItems).MaxBy(d => d.Layer);
        return document is null ? TestItems.None : set.Parsed(document, TestItems.Parse);
    }

    /// <exception cref="RulePackException">Two of them mean different things by one code.</exception>
    public static FactCatalog Of(InForce set, IEnumerable<FactDefinition> modules)
    {
        var items = TestItemsOf(set);
        var forms = set.All(DocumentKinds.Form).GroupBy(d => d.Name).Select(g => g.MaxBy(d => d.Layer)!)
            .SelectMany(d => FormDefinition.Parse(d.Json, items).Facts);
        return FactCatalog.Merge(modules.Concat(forms));
    }
}
