namespace Engine.Rules;

/// <summary>Every fact a tenant's rules, forms and layouts may name: modules' facts, test items and form fields together.</summary>
public sealed class FactCatalog
{
    private readonly Dictionary<string, FactDefinition> _facts;

    private FactCatalog(Dictionary<string, FactDefinition> facts) => _facts = facts;

    /// <summary>All facts by code.</summary>
    public IReadOnlyList<FactDefinition> All => _facts.Values.OrderBy(f => f.Code, StringComparer.Ordinal).ToList();

    public FactDefinition? Find(string code) => _facts.GetValueOrDefault(code);

    /// <summary>Merges definitions. The same code may come from several sources if they agree on kind and unit; the first gives the label.</summary>
    /// <exception cref="RulePackException">Two sources mean different things by one code; names both and the remedy.</exception>
    public static FactCatalog Merge(IEnumerable<FactDefinition> definitions)
    {
        var facts = new Dictionary<string, FactDefinition>(StringComparer.Ordinal);
        var errors = new List<PackError>();
        foreach (var definition in definitions)
        {
            if (facts.TryAdd(definition.Code, definition)) continue;
            var first = facts[definition.Code];
            if (first.Kind != definition.Kind || first.Unit != definition.Unit)
                errors.Add(new PackError(definition.Code, $"{Describe(first)} 与 {Describe(definition)} 冲突，请统一类型和单位或改用另一个代码"));
        }
        return errors.Count == 0 ? new FactCatalog(facts) : throw new RulePackException(errors);
    }

    private static string Describe(FactDefinition fact) => $"{fact.Source}（{fact.Kind}{(fact.Unit is null ? "" : " " + fact.Unit)}）";
}
