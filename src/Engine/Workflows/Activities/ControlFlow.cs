using System.Text.Json.Nodes;

namespace Engine.Workflows.Activities;

/// <summary>Containers and branches that hold their activities inside.</summary>
public static class ControlFlow
{
    private const string Category = "控制流";

    public static IReadOnlyList<IActivity> All { get; } =
        [new FlowchartActivity(), new Sequence(), new Parallel(), new If(), new Switch(), new Fork(), new FlowNode()];

    private static ActivityDescriptor Describe(string type, string name, IReadOnlyList<InputDescriptor>? inputs = null, params string[] embedded) =>
        new("Elsa." + type, name, Category, ["Done"], inputs ?? []) { EmbeddedPorts = embedded };

    private sealed class FlowchartActivity() : Activity(Describe("Flowchart", "流程图", null, "activities"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => Flowchart.StartAsync(context);
        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => Flowchart.ChildCompletedAsync(context, child, outcomes);
    }

    private sealed class Sequence() : Activity(Describe("Sequence", "顺序", null, "activities"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => NextAsync(context);

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) =>
            Loops.IsBreaking(context) || child.IsTerminal ? context.CompleteAsync() : NextAsync(context);

        private static ValueTask NextAsync(ActivityContext context)
        {
            var index = context.Properties["index"]?.GetValue<int>() ?? 0;
            if (index >= context.Node!.Activities.Count) return context.CompleteAsync();
            context.Schedule(context.Node.Activities[index]);
            context.Properties["index"] = index + 1;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Parallel() : Activity(Describe("Parallel", "并行", null, "activities"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            context.Properties["open"] = context.Node!.Activities.Count;
            foreach (var child in context.Node.Activities) context.Schedule(child);
            return context.Node.Activities.Count == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes)
        {
            var open = context.Properties["open"]!.GetValue<int>() - 1;
            context.Properties["open"] = open;
            return open == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }
    }

    private sealed class If() : Activity(Describe("If", "如果", [new("condition", "Boolean", "条件", "checkbox")], "then", "else"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var holds = context.InputFlag("condition");
            context.SetResult(JsonValue.Create(holds));
            return ScheduleOrCompleteAsync(context, holds ? "then" : "else");
        }

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => context.CompleteAsync();
    }

    private sealed class FlowNode() : Activity(Describe("FlowNode", "包装节点", null, "body"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => ScheduleOrCompleteAsync(context, "body");
        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => context.CompleteAsync();
    }

    private sealed class Switch() : Activity(Describe("Switch", "多路选择", [new("mode", "String", "匹配方式", "dropdown")], "cases", "default"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var matches = Cases.Matching(context);
            var children = matches.Count > 0
                ? matches.Select(m => CaseActivity(context, m)).OfType<ActivityNode>().ToList()
                : context.Node!.Child("default") is { } otherwise ? [otherwise] : [];
            foreach (var child in children) context.Schedule(child);
            context.Properties["open"] = new JsonArray(children.Select(c => (JsonNode)c.Id).ToArray());
            return children.Count == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes)
        {
            var open = (JsonArray)context.Properties["open"]!;
            open.RemoveAll(i => i!.GetValue<string>() == child.Node!.Id);
            return open.Count == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }

        private static ActivityNode? CaseActivity(ActivityContext context, JsonObject match) =>
            context.Node!.Children.FirstOrDefault(c => ReferenceEquals(c.Node.Json, match["activity"])).Node;
    }

    private sealed class Fork() : Activity(Describe("Fork", "分叉", [new("joinMode", "String", "汇合方式", "dropdown")], "branches"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            context.Properties["any"] = context.InputWord("joinMode", "WaitAll", "WaitAny") == "WaitAny";
            foreach (var branch in Branches(context)) context.Schedule(branch);
            context.Properties["open"] = new JsonArray(Branches(context).Select(b => (JsonNode)b.Id).ToArray());
            return ValueTask.CompletedTask;
        }

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes)
        {
            var open = (JsonArray)context.Properties["open"]!;
            open.RemoveAll(i => i!.GetValue<string>() == child.Node!.Id);
            return context.Properties["any"]?.GetValue<bool>() == true || Loops.IsBreaking(context) || open.Count == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }

        private static IEnumerable<ActivityNode> Branches(ActivityContext context) => context.Node!.Children.Where(c => c.Port == "branches").Select(c => c.Node);
    }

    private static ValueTask ScheduleOrCompleteAsync(ActivityContext context, string port)
    {
        if (context.Node!.Child(port) is not { } child) return context.CompleteAsync();
        context.Schedule(child);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Cases of a switch: conditions in order, the first or all that hold.</summary>
internal static class Cases
{
    public static IReadOnlyList<JsonObject> Matching(ActivityContext context)
    {
        var matching = new List<JsonObject>();
        var any = context.InputWord("mode", "MatchFirst", "MatchAny") == "MatchAny";
        var cases = Of(context.Node!);
        if (cases is null || cases.Any(c => c is not JsonObject)) throw new ActivityFaultException("Cases are not a list of cases.", $"活动“{context.Node!.Id}”的 cases 必须是列表，每项有 label 和 condition");
        for (var i = 0; i < cases.Count; i++)
        {
            var one = (JsonObject)cases[i]!;
            if (JsonValues.ToBoolean(context.EvaluateExpression(one["condition"], $"cases[{i}].condition"))) matching.Add(one);
        }
        return any ? matching : matching.Take(1).ToList();
    }

    /// <summary>Cases as written; null when they are no list.</summary>
    public static JsonArray? Of(ActivityNode node) => node.Literal("cases") is { } cases ? JsonValues.ListOf(cases) : [];
}
