using System.Text.Json.Nodes;
using Platform.Workflows.Activities;

namespace Platform.Workflows;

/// <summary>One human step of a definition, as rail and worklist show it before anyone runs it.</summary>
/// <param name="ActivityId">Id in the definition and key of its bookmark.</param>
/// <param name="StepCode">The product's word for the step, for example general-check.</param>
/// <param name="FormKey">Code of its form; null when it has none.</param>
/// <param name="Surface">kiosk, pda or pc; null for any.</param>
/// <param name="Feature">The feature whose On port leads here; null when the step is always there.</param>
public sealed record UserTaskStep(string ActivityId, string StepCode, string Title, string? Permission, string? FormKey, string? Surface, bool SecondPerson, string? Feature, IReadOnlyList<string> Actions)
{
    /// <summary>Keys of a task's actions, which are its ports; "Done" when it names none.</summary>
    public static IReadOnlyList<string> ActionKeys(ActivityNode node)
    {
        var keys = JsonValues.ToList(node.Literal("actionDefinitions")).OfType<JsonObject>().Select(a => ActivityNode.Text(a, "key")).OfType<string>().ToList();
        return keys.Count > 0 ? keys : ["Done"];
    }

    internal static IReadOnlyList<UserTaskStep> InFlowOrder(WorkflowDefinition definition)
    {
        var steps = new List<UserTaskStep>();
        Collect(definition.Root, steps, null);
        return steps;
    }

    private static void Collect(ActivityNode node, List<UserTaskStep> steps, string? feature)
    {
        if (node.Type == Station.UserTaskType) steps.Add(Of(node, feature));
        if (node.Graph is not null) foreach (var (child, on) in InChartOrder(node)) Collect(child, steps, on ?? feature);
        else foreach (var (_, child) in node.Children) Collect(child, steps, feature);
    }

    private static UserTaskStep Of(ActivityNode node, string? feature) => new(
        node.Id, node.LiteralText("stepCode") ?? node.Id, node.LiteralText("title") ?? node.DisplayText, node.LiteralText("permission"),
        ActivityNode.Text(node.Literal("form") as JsonObject, "key"), node.LiteralText("surface"), JsonValues.ToBoolean(node.Literal("secondPerson")), feature, ActionKeys(node));

    /// <summary>Reachable nodes so that each comes after all nodes with a forward arrow to it, with the feature it hangs on.</summary>
    private static IEnumerable<(ActivityNode Node, string? Feature)> InChartOrder(ActivityNode chart)
    {
        var graph = chart.Graph!;
        var switches = new List<(string? Feature, HashSet<ActivityNode> Without)>();
        foreach (var node in graph.InOrder())
        {
            yield return (node, switches.FindLast(s => !s.Without.Contains(node)).Feature);
            if (node.Type == "Station.Feature")
                switches.Add((node.LiteralText("feature"), graph.ReachableWithout(c => c.Source == node && c.SourcePort == "On")));
        }
    }
}
