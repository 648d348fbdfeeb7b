using System.Globalization;
using System.Text;

namespace Engine.Rules;

/// <summary>Fills the placeholders of a rule's text: a fact of the rule, a computed term, a parameter (<c>{@name}</c>), or <c>{until}</c>.</summary>
internal static class RuleText
{
    private const string Unknown = "（未知）";
    private const string Unset = "（未设置）";

    /// <summary>Decimal places that are shown as they stand: whoever typed them wants to see them.</summary>
    private const int AsTyped = 4;

    public static IEnumerable<string> Placeholders(RulePack pack, Rule rule) =>
        rule.Facts.Concat(rule.Leaves.Select(l => l.Term.Slot)).Concat((pack.Parameters ?? []).Select(p => "@" + p.Name))
            .Append("until").Distinct(StringComparer.Ordinal);

    public static IEnumerable<string> UnknownPlaceholders(RulePack pack, Rule rule, string template)
    {
        var known = Placeholders(pack, rule).ToHashSet(StringComparer.Ordinal);
        return Split(template).Where(p => p.IsName && !known.Contains(p.Text)).Select(p => p.Text);
    }

    public static string Fill(Rule rule, IFacts facts, DateOnly? until) => Fill(rule.Text, rule, facts, until);

    /// <param name="template">One of the rule's texts.</param>
    public static string Fill(string template, Rule rule, IFacts facts, DateOnly? until)
    {
        var terms = rule.Leaves.Select(l => l.Term).GroupBy(t => t.Slot).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var (part, isName) in Split(template))
            text.Append(!isName ? part : part == "until" ? Show(until) ?? "（日期待定）" : Value(terms.GetValueOrDefault(part) ?? TermOf(part), rule, facts));
        return text.ToString();
    }

    /// <summary>A fact as it is printed beside a verdict; null when unknown.</summary>
    public static string? Show(string code, Rule rule, IFacts facts) =>
        Show(Rounded(new FactTerm(code), rule, facts)) ?? facts.Text(code) ?? Show(facts.Date(code))
        ?? (facts.Amounts(code) is { } amounts ? string.Join("; ", amounts.Select(a => $"{Show((DateOnly?)a.On)}={Show((decimal?)a.Amount)}")) : null);

    private static Term TermOf(string name) => name[0] == '@' ? new ParameterTerm(name[1..]) : new FactTerm(name);

    private static string Value(Term term, Rule rule, IFacts facts) =>
        Show(Rounded(term, rule, facts)) ?? term.Text(facts) ?? Show(term.Date(facts)) ?? (term is ParameterTerm ? Unset : Unknown);

    /// <summary>A computed number has more places than anybody reads. It is cut to as few as leave every comparison of the rule as it came out: a value that fails is never shown as one that passes.</summary>
    private static decimal? Rounded(Term term, Rule rule, IFacts facts)
    {
        if (term.Number(facts) is not { } number || number.Scale <= AsTyped) return term.Number(facts);
        var limits = rule.Leaves.Where(l => l.Term.Slot == term.Slot).SelectMany(l => l.Values)
            .Select(v => v is ParameterTerm p ? p.Number(facts) : v as decimal?).OfType<decimal>().ToList();
        return Enumerable.Range(2, 10).Select(places => Math.Round(number, places))
            .Where(shown => limits.All(limit => shown.CompareTo(limit) == number.CompareTo(limit))).Select(shown => (decimal?)shown).FirstOrDefault() ?? number;
    }

    private static string? Show(decimal? number) => number?.ToString("0.############", CultureInfo.InvariantCulture);

    private static string? Show(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Text, bool IsName)> Split(string template)
    {
        var start = 0;
        while (template.IndexOf('{', start) is >= 0 and var open && template.IndexOf('}', open) is >= 0 and var close)
        {
            yield return (template[start..open], false);
            yield return (template[(open + 1)..close], true);
            start = close + 1;
        }
        yield return (template[start..], false);
    }
}
