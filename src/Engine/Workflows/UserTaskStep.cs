using System.Text.Json.Nodes;
using Engine.Workflows.Activities;

namespace Engine.Workflows;

/// <summary>Something a person can do with a task; its key is the port the flow leaves by.</summary>
/// <param name="Label">zh-CN, on the button.</param>
/// <param name="Submits">The form is submitted with it; otherwise the form stays a draft.</param>
/// <param name="Reason">It wants a reason.</param>
/// <param name="Help">What it means, zh-CN; null when the label says it all.</param>
/// <param name="Back">Its arrow leads back to an earlier step.</param>
public sealed record UserTaskAction(string Key, string Label, bool Submits, bool Reason, string? Help, bool Back);

/// <summary>One human step of a definition, as rail and worklist show it before anyone runs it.</summary>
/// <param name="ActivityId">Id in the definition and key of its bookmark.</param>
/// <param name="StepCode">The product's word for the step, for example general-check.</param>
/// <param name="FormKey">Code of its form; null when it has none.</param>
/// <param name="Surface">kiosk, pda or pc; null for any.</param>
/// <param name="Features">Features that must all be on for the flow to come here; empty when the step is always there.</param>
public sealed record UserTaskStep(string ActivityId, string StepCode, string Title, string? Permission, string? FormKey, string? Surface, bool SecondPerson, IReadOnlyList<string> Features, IReadOnlyList<UserTaskAction> Actions)
{
    /// <summary>Record documents that are complete, and signed, with this step; names of layouts.</summary>
    public IReadOnlyList<string> Documents { get; init; } = [];

    public UserTaskAction? Action(string key) => Actions.FirstOrDefault(a => a.Key == key);

    /// <summary>Keys of a task's actions, which are its ports; "Done" when it names none.</summary>
    public static IReadOnlyList<string> ActionKeys(ActivityNode node)
    {
        var keys = Definitions(node).Select(a => ActivityNode.Text(a, "key")).OfType<string>().ToList();
        return keys.Count > 0 ? keys : [Done];
    }

    private const string Done = "Done";

    private static IEnumerable<JsonObject> Definitions(ActivityNode node) => JsonValues.ToList(node.Literal("actionDefinitions")).OfType<JsonObject>();

    /// <summary>Of an action's properties only the key is needed: Done submits, every other one wants a reason instead.</summary>
    private static IReadOnlyList<UserTaskAction> ActionsOf(ActivityNode node)
    {
        var graph = node.Parent?.Graph;
        return [.. ActionKeys(node).Select(key =>
        {
            var json = Definitions(node).FirstOrDefault(a => ActivityNode.Text(a, "key") == key) ?? [];
            var submits = json["submits"] is { } written ? JsonValues.ToBoolean(written) : key == Done;
            var back = graph is not null && graph.Outbound(node).Any(c => c.SourcePort == key && !graph.IsForward(c));
            return new UserTaskAction(key, ActivityNode.Text(json, "label") ?? key, submits, json["reason"] is { } reason ? JsonValues.ToBoolean(reason) : !submits, ActivityNode.Text(json, "help"), back);
        })];
    }

    internal static IReadOnlyList<UserTaskStep> InFlowOrder(WorkflowDefinition definition)
    {
        var steps = new List<UserTaskStep>();
        Collect(definition.Root, steps, []);
        return steps;
    }

    private static void Collect(ActivityNode node, List<UserTaskStep> steps, IReadOnlyList<string> features)
    {
        if (node.Type == Station.UserTaskType) steps.Add(Of(node, features));
        var children = node.Graph is null ? node.Children.Select(c => (c.Node, (IReadOnlyList<string>)[])) : InChartOrder(node.Graph);
        foreach (var (child, more) in children) Collect(child, steps, [.. features, .. more]);
    }

    private static UserTaskStep Of(ActivityNode node, IReadOnlyList<string> features) => new(
        node.Id, node.LiteralText("stepCode") ?? node.Id, node.LiteralText("title") ?? node.DisplayText, node.LiteralText("permission"),
        ActivityNode.Text(node.Literal("form") as JsonObject, "key"), node.LiteralText("surface"), JsonValues.ToBoolean(node.Literal("secondPerson")), features, ActionsOf(node))
    {
        Documents = [.. JsonValues.ToList(node.Literal("documents")).Select(JsonValues.ToText).OfType<string>()],
    };

    /// <summary>Reachable nodes in flow order, each with the features without whose On port the start does not lead to it.</summary>
    private static IEnumerable<(ActivityNode Node, IReadOnlyList<string> Features)> InChartOrder(FlowGraph graph)
    {
        var switches = new List<(string Feature, HashSet<ActivityNode> Without)>();
        foreach (var node in graph.InOrder())
        {
            yield return (node, [.. switches.Where(s => !s.Without.Contains(node)).Select(s => s.Feature)]);
            if (node.Type == "Station.Feature" && node.LiteralText("feature") is { } feature)
                switches.Add((feature, graph.ReachableWithout(c => c.Source == node && c.SourcePort == "On")));
        }
    }
}
