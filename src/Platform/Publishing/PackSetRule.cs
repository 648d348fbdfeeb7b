using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;

namespace Platform.Publishing;

/// <summary>Rule packs against the facts there are, against each other, and against what their layer may replace.</summary>
public sealed class PackSetRule(IEnumerable<FactDefinition> modules) : ISetRule
{
    private readonly IReadOnlyList<FactDefinition> _modules = [.. modules];

    public IEnumerable<SetFinding> Check(CandidateSet candidate)
    {
        FactCatalog catalog;
        try
        {
            catalog = StationFacts.Of(candidate.Set, _modules);
        }
        catch (RulePackException e)
        {
            return e.Errors.Select(error => new SetFinding(FormOf(candidate, error.Path), error.Path, error.Remedy));
        }
        var packs = PackDocuments.Of(candidate.Set).OrderBy(p => p.Layer).ThenBy(p => p.Id, StringComparer.Ordinal).ToList();
        if (packs.Count == 0) return [];
        return
        [
            .. packs.SelectMany(p => RulePackCheck.Against(catalog, p).Select(e => Finding(p.Id, e))),
            .. PackSetCheck.Errors(packs).Select(e => Finding(e.Pack ?? packs[0].Id, e)),
            .. packs.SelectMany(p => ReplacementBounds.Errors(packs, p).Select(e => Finding(p.Id, e))),
            .. packs[0].Layer == RuleLayer.National ? [] : new[] { Finding(packs[0].Id, new PackError("$.layer", "没有生效的国家层规则包，不能放行任何人；请先发布国家层规则包")) },
        ];
    }

    private static SetFinding Finding(string pack, PackError error) => new(pack + Ending, error.Path, error.Remedy);

    private const string Ending = ".rules.json";

    /// <summary>The last form that gives the fact: the other one was there before.</summary>
    private static string FormOf(CandidateSet candidate, string fact) =>
        candidate.Set.All(DocumentKinds.Form).LastOrDefault(d => d.Json.Contains($"\"{fact}\"", StringComparison.Ordinal)) is { } form ? candidate.FileOf(form) : fact;
}
