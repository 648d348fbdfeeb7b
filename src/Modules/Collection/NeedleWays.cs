using Platform.Forms;
using Platform.Publishing;
using Platform.Rules;
using Platform.Workflows;

namespace Modules.Collection;

/// <summary>Proves the way to the needle of every flow among the documents that would be in force together: a form or a pack can open a way round as well as a flow can.</summary>
public static class NeedleWays
{
    private const string Suffix = ".workflow.json";

    /// <exception cref="DocumentException">A flow leaves something out; names the flow and the way.</exception>
    public static void Prove(InForce set, CompiledPacks packs)
    {
        if (set.Computed(() => new Unproven(FindingsOf(set, packs).ToList())).All is [var (flow, finding), ..])
            throw new DocumentException(flow + Suffix, finding.Path, $"{finding.Message}；{finding.Remedy}");
    }

    private static IEnumerable<(string Flow, WorkflowFinding Finding)> FindingsOf(InForce set, CompiledPacks packs)
    {
        var rules = packs.Of(set);
        var items = StationFacts.TestItemsOf(set);
        foreach (var name in set.All(DocumentKinds.Workflow).Select(d => d.Name).Distinct(StringComparer.Ordinal))
            foreach (var finding in NeedleWay.Check(set.Parsed(set.Require(DocumentKinds.Workflow, name), WorkflowDefinition.Parse), FormOf, rules))
                yield return (name, finding);

        FormDefinition? FormOf(string code) => set.Find(DocumentKinds.Form, code) is { } form ? FormDefinition.Parse(form.Json, items) : null;
    }

    private sealed record Unproven(IReadOnlyList<(string Flow, WorkflowFinding Finding)> All);
}
