using Engine.Rules;
using Engine.Workflows;
using Platform.Publishing;

namespace Modules.Collection;

/// <summary>Proves the way to the needle of every flow among the documents that would be in force together: a form or a pack can open a way round as well as a flow can.</summary>
public sealed class NeedleWays(CompiledPacks compiled, ActivityRegistry activities) : ISetRule
{
    public IEnumerable<SetFinding> Check(CandidateSet candidate) =>
        candidate.Set.Computed(() => new Unproven([.. FindingsOf(candidate)])).All;

    private IEnumerable<SetFinding> FindingsOf(CandidateSet candidate)
    {
        if (Rules(candidate.Set) is not { } rules) yield break;
        var forms = StationFacts.FormsOf(candidate.Set).ToDictionary(f => f.Code, StringComparer.Ordinal);
        foreach (var flow in candidate.Set.All(DocumentKinds.Workflow).GroupBy(d => d.Name).Select(g => g.MaxBy(d => d.Layer)!))
            foreach (var finding in NeedleWay.Check(candidate.Set.Parsed(flow, WorkflowDefinition.Parse), forms.GetValueOrDefault, rules, activities))
                yield return new SetFinding(candidate.FileOf(flow), finding.Path, finding.Message, finding.Remedy);
    }

    /// <summary>Packs that contradict each other are told of where they are looked at.</summary>
    private PackSet? Rules(InForce set)
    {
        try
        {
            return compiled.Of(set);
        }
        catch (RulePackException)
        {
            return null;
        }
    }

    private sealed record Unproven(IReadOnlyList<SetFinding> All);
}
