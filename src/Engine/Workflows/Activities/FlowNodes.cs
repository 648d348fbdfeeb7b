using System.Text.Json.Nodes;

namespace Engine.Workflows.Activities;

/// <summary>Nodes that only make sense on a flowchart.</summary>
public static class FlowNodes
{
    private const string Category = "流程图";

    public static IReadOnlyList<IActivity> All { get; } =
        [new Pass("Start", "开始", false), new Pass("End", "结束", true), new Pass("FlowJoin", "汇合", false), new FlowDecision(), new FlowSwitch(), new FlowFork()];

    private static ActivityDescriptor Describe(string type, string name, IReadOnlyList<string> ports, params InputDescriptor[] inputs) => new("Elsa." + type, name, Category, ports, inputs);

    /// <summary>Does nothing itself: the chart gives it its meaning.</summary>
    private sealed class Pass(string type, string name, bool terminal)
        : CodeActivity(Describe(type, name, terminal ? [] : ["Done"], type == "FlowJoin" ? [new InputDescriptor("mode", "String", "汇合方式", "dropdown")] : []) with { IsTerminal = terminal })
    {
        protected override ValueTask RunAsync(ActivityContext context) => ValueTask.CompletedTask;
    }

    private sealed class FlowDecision() : Activity(Describe("FlowDecision", "判断", ["True", "False"], new InputDescriptor("condition", "Boolean", "条件", "checkbox")))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => context.CompleteAsync(context.InputFlag("condition") ? "True" : "False");
    }

    private sealed class FlowSwitch() : Activity(Describe("FlowSwitch", "多路判断", ["Default"], new InputDescriptor("mode", "String", "匹配方式", "dropdown")) with { DynamicPorts = Labels })
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var matches = Cases.Matching(context);
            return matches.Count == 0 ? context.CompleteAsync("Default") : context.CompleteAsync(matches.Select(m => ActivityNode.Text(m, "label")).ToArray());
        }

        private static IReadOnlyList<string> Labels(ActivityNode node) =>
            [.. (Cases.Of(node) ?? []).OfType<JsonObject>().Select(c => ActivityNode.Text(c, "label")).OfType<string>(), "Default"];
    }

    private sealed class FlowFork() : Activity(Describe("FlowFork", "分支", ["Done"], new InputDescriptor("branches", "Object", "分支名称", "dynamic-outcomes")) with { DynamicPorts = Branches })
    {
        public override ValueTask ExecuteAsync(ActivityContext context) => context.Input("branches") is null
            ? context.CompleteAsync("Done")
            : context.CompleteAsync(context.InputList("branches").Select(JsonValues.ToText).ToArray());

        private static IReadOnlyList<string> Branches(ActivityNode node) =>
            node.Literal("branches") is { } branches ? [.. JsonValues.ToList(branches).Select(JsonValues.ToText).OfType<string>()] : ["Done"];
    }
}
