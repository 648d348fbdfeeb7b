using System.Text.Json.Nodes;

namespace Engine.Workflows.Activities;

/// <summary>Loops and the way out of them.</summary>
public static class Loops
{
    private const string Breaking = "breaking";

    public static IReadOnlyList<IActivity> All { get; } = [new While(), new For(), new ForEach(), new ParallelForEach(), new Break()];

    internal static bool IsBreaking(ActivityContext context) => context.Properties.ContainsKey(Breaking);

    private static ActivityDescriptor Describe(string type, string name, IReadOnlyList<InputDescriptor>? inputs = null, params string[] embedded) =>
        new("Elsa." + type, name, "循环", ["Done"], inputs ?? []) { EmbeddedPorts = embedded };

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
            if (step == 0) throw new ActivityFaultException("The step is 0.", $"循环“{context.Node!.Id}”的 step 是 0，永远数不到头");
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
            if (items.Count > FlowLimits.Branches) throw new ActivityFaultException("Too many items.", $"“{context.Node.Id}”要同时进行 {items.Count} 项，最多 {FlowLimits.Branches} 项");
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

    private sealed class Break() : Activity(Describe("Break", "跳出循环") with { IsTerminal = true })
    {
        /// <summary>Marks everything up to and including the nearest loop; each ends when its current child completes, and the rest with the loop.</summary>
        public override async ValueTask ExecuteAsync(ActivityContext context)
        {
            var path = context.AndAncestors().ToList();
            var loop = path.FindIndex(c => c.Node?.Type is "Elsa.While" or "Elsa.For" or "Elsa.ForEach");
            foreach (var receiver in path.Take(loop < 0 ? path.Count : loop).Where(c => c.Node?.Type is "Elsa.Sequence" or "Elsa.Fork")) receiver.Properties[Breaking] = true;
            if (loop >= 0) path[loop].Properties[Breaking] = true;
            await context.CompleteAsync();
            if (loop >= 0) await path[loop].CompleteAsync();
        }
    }
}
