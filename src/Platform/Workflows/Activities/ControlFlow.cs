using System.Text.Json.Nodes;

namespace Platform.Workflows.Activities;

/// <summary>Containers, branches and loops that hold their activities inside.</summary>
public static class ControlFlow
{
    private const string Category = "控制流";
    private const string Breaking = "breaking";

    public static IReadOnlyList<IActivity> All { get; } =
        [new FlowchartActivity(), new Sequence(), new Parallel(), new If(), new Switch(), new While(), new For(), new ForEach(), new ParallelForEach(), new Fork(), new FlowNode(), new Break()];

    private static ActivityDescriptor Describe(string type, string name, IReadOnlyList<InputDescriptor>? inputs = null, params string[] embedded) =>
        new("Elsa." + type, name, Category, ["Done"], inputs ?? []) { EmbeddedPorts = embedded };

    private static bool IsBreaking(ActivityContext context) => context.Properties.ContainsKey(Breaking);

    private sealed class FlowchartActivity() : Activity(Describe("Flowchart", "流程图", null, "activities"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => Flowchart.StartAsync(context);
        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => Flowchart.ChildCompletedAsync(context, child, outcomes);
    }

    private sealed class Sequence() : Activity(Describe("Sequence", "顺序", null, "activities"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => NextAsync(context);

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) =>
            IsBreaking(context) || child.IsTerminal ? context.CompleteAsync() : NextAsync(context);

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

    private sealed class While() : Activity(Describe("While", "当…时循环", [new("condition", "Boolean", "条件", "checkbox", AutoEvaluate: false)], "body"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => TurnAsync(context);
        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => TurnAsync(context);

        private static ValueTask TurnAsync(ActivityContext context)
        {
            if (IsBreaking(context) || context.Node!.Child("body") is not { } body || !JsonValues.ToBoolean(context.Evaluate("condition"))) return context.CompleteAsync();
            context.Schedule(body);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class For() : Activity(Describe("For", "计数循环",
        [new("start", "Int32", "开始"), new("end", "Int32", "结束"), new("step", "Int32", "步长"), new("outerBoundInclusive", "Boolean", "包含结束值", "checkbox")], "body"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => TurnAsync(context);
        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => TurnAsync(context);

        private static ValueTask TurnAsync(ActivityContext context)
        {
            long step = context.InputNumber("step", 1);
            var current = context.Properties["current"] is { } before ? before.GetValue<long>() + step : context.InputNumber("start");
            long end = context.InputNumber("end");
            var inside = step >= 0 ? current < end : current > end;
            var runs = inside || (current == end && context.InputFlag("outerBoundInclusive", true));
            if (IsBreaking(context) || !runs || context.Node!.Child("body") is not { } body) return context.CompleteAsync();
            context.Schedule(body, null, new Dictionary<string, JsonNode?> { ["CurrentValue"] = current });
            context.Properties["current"] = current;
            context.SetOutput("currentValue", current);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ForEach() : Activity(Describe("ForEach", "逐项循环", [new("items", "Object", "列表", "multitext")], "body"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => TurnAsync(context);
        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => TurnAsync(context);

        private static ValueTask TurnAsync(ActivityContext context)
        {
            var index = context.Properties["index"]?.GetValue<int>() ?? 0;
            var items = context.InputList("items");
            if (IsBreaking(context) || index >= items.Count) return context.CompleteAsync();
            context.SetOutput("currentValue", items[index]);
            context.Properties["index"] = index + 1;
            if (context.Node!.Child("body") is not { } body) return context.CompleteAsync();
            context.Schedule(body, null, new Dictionary<string, JsonNode?> { ["CurrentIndex"] = index, ["CurrentValue"] = items[index] });
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ParallelForEach() : Activity(Describe("ParallelForEach", "逐项并行", [new("items", "Object", "列表", "multitext")], "body"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var items = context.InputList("items");
            if (items.Count == 0 || context.Node!.Child("body") is not { } body) return context.CompleteAsync();
            for (var i = 0; i < items.Count; i++) context.Schedule(body, null, new Dictionary<string, JsonNode?> { ["CurrentIndex"] = i, ["CurrentValue"] = items[i] });
            context.Properties["open"] = items.Count;
            return ValueTask.CompletedTask;
        }

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes)
        {
            var open = context.Properties["open"]!.GetValue<int>() - 1;
            context.Properties["open"] = open;
            return open == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }
    }

    private sealed class Fork() : Activity(Describe("Fork", "分叉", null, "branches"))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            foreach (var branch in Branches(context)) context.Schedule(branch);
            context.Properties["open"] = new JsonArray(Branches(context).Select(b => (JsonNode)b.Id).ToArray());
            return ValueTask.CompletedTask;
        }

        public override ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes)
        {
            var open = (JsonArray)context.Properties["open"]!;
            open.RemoveAll(i => i!.GetValue<string>() == child.Node!.Id);
            var any = context.Node!.LiteralText("joinMode") == "WaitAny";
            return any || IsBreaking(context) || open.Count == 0 ? context.CompleteAsync() : ValueTask.CompletedTask;
        }

        private static IEnumerable<ActivityNode> Branches(ActivityContext context) => context.Node!.Children.Where(c => c.Port == "branches").Select(c => c.Node);
    }

    private sealed class Break() : Activity(Describe("Break", "跳出循环") with { IsTerminal = true })
    {
        /// <summary>Marks everything up to and including the nearest loop; each ends when its current child completes.</summary>
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            foreach (var receiver in context.AndAncestors())
            {
                if (receiver.Node?.Type is "Elsa.Sequence" or "Elsa.Fork") receiver.Properties[Breaking] = true;
                if (receiver.Node?.Type is not ("Elsa.While" or "Elsa.For" or "Elsa.ForEach")) continue;
                receiver.Properties[Breaking] = true;
                break;
            }
            return context.CompleteAsync();
        }
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
        var cases = context.Node!.Json["cases"] as JsonArray ?? [];
        for (var i = 0; i < cases.Count; i++)
        {
            if (cases[i] is JsonObject one && JsonValues.ToBoolean(context.EvaluateExpression(one["condition"], $"cases[{i}].condition"))) matching.Add(one);
        }
        return context.InputText("mode") == "MatchAny" ? matching : matching.Take(1).ToList();
    }
}
