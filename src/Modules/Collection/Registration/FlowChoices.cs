using Engine.Rules;
using Engine.Workflows;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Which flow a visit takes, by the station's settings; a station of one flow need not say so.</summary>
internal static class FlowChoices
{
    /// <exception cref="DocumentException">The station has several flows and does not say which.</exception>
    public static string Of(InForce set, StationSettings settings, IFacts registration) => settings.Flows.FirstOrDefault(c => c.Takes(registration))?.Flow ?? Usual(set, settings);

    /// <summary>Of a visit of which nothing special is said.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static string Usual(InForce set, StationSettings settings) => settings.Flows.FirstOrDefault(c => c.When is null)?.Flow ?? Only(set)
        ?? throw new DocumentException(StationSettings.File, "$.Flows", "血站有几种流程（或一种也没有），设置里没有写明哪次献血走哪一种");

    /// <summary>Those a visit may take, the special ones last.</summary>
    public static IReadOnlyList<string> Names(InForce set, StationSettings settings) => [.. settings.Flows.OrderBy(c => c.When is not null).Select(c => c.Flow).DefaultIfEmpty(Usual(set, settings)).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc cref="VisitConfiguration.Steps"/>
    public static IReadOnlyList<UserTaskStep> Steps(WorkflowDefinition first, IEnumerable<WorkflowDefinition> others)
    {
        var steps = first.UserTasks.DistinctBy(t => t.StepCode).ToList();
        foreach (var flow in others)
        {
            var behind = -1;
            foreach (var step in flow.UserTasks)
            {
                if (steps.FindIndex(s => s.StepCode == step.StepCode) is >= 0 and var known) behind = known;
                else steps.Insert(++behind, step);
            }
        }
        return steps;
    }

    /// <summary>Settings that leave a visit without a flow, or a choice without effect.</summary>
    public static IEnumerable<SetFinding> Findings(InForce set, IReadOnlyCollection<string> fields)
    {
        var (settings, file) = (StationSettings.Of(set), StationSettings.File);
        var flows = set.All(DocumentKinds.Workflow).Select(d => d.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (settings.Flows.Count == 0)
        {
            if (flows.Count != 1) yield return new SetFinding(file, "$.Flows", $"本站有 {flows.Count} 种流程，没有写明哪次献血走哪一种", "在设置的 Flows 中逐条写明，最后一条不写条件；只有一种时可以不写");
            yield break;
        }
        for (var i = 0; i < settings.Flows.Count; i++)
        {
            var choice = settings.Flows[i];
            if (!flows.Contains(choice.Flow)) yield return new SetFinding(file, $"$.Flows[{i}].Flow", $"没有生效的流程 {choice.Flow}，血站不能工作", $"更正拼写，可用：{string.Join("、", flows)}");
            if ((choice.When is null) != (i == settings.Flows.Count - 1)) yield return new SetFinding(file, $"$.Flows[{i}].When", choice.When is null ? "没有条件的流程后面还有别的，永远轮不到" : "最后一条有条件，不符合的献血没有流程", "没有条件的一条放在最后，只有一条");
            foreach (var fact in choice.Condition?.Facts.Where(f => !fields.Contains(f)) ?? []) yield return new SetFinding(file, $"$.Flows[{i}].When", $"登记表没有 {fact}，登记时还不知道", "只能用登记表的字段");
        }
    }

    private static string? Only(InForce set) => set.All(DocumentKinds.Workflow).Select(d => d.Name).Distinct(StringComparer.Ordinal).Take(2).ToList() is [var only] ? only : null;
}
