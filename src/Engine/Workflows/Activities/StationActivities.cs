using System.Globalization;
using System.Text.Json.Nodes;

namespace Engine.Workflows.Activities;

/// <summary>Activities Elsa does not have: human tasks, rule checks, switches, prints.</summary>
public static class Station
{
    public const string UserTaskType = "Station.UserTask";
    private const string Category = "血站";

    public static IReadOnlyList<IActivity> All { get; } = [new UserTask(), new RuleCheck(), new Feature(), new AwaitEvent(), new Print()];

    private static ActivityDescriptor Describe(string type, string name, IReadOnlyList<string> ports, params InputDescriptor[] inputs) => new("Station." + type, name, Category, ports, inputs);

    /// <summary>A step a person does. Its ports are the keys of its actions; "Done" when it names none.</summary>
    private sealed class UserTask() : Activity(Describe("UserTask", "人工任务", ["Done"], Inputs) with { DynamicPorts = UserTaskStep.ActionKeys })
    {
        private static readonly InputDescriptor[] Inputs =
        [
            new("title", "String", "标题"), new("instructions", "String", "说明", "multiline"), new("taskType", "String", "类型"), new("stepCode", "String", "步骤代码", Required: true),
            new("permission", "String", "所需权限", Required: true), new("form", "Object", "表单", "json-editor", Required: true), new("actionDefinitions", "Object", "操作", "json-editor"),
            new("candidateGroups", "Object", "候选岗位", "multitext"), new("surface", "String", "使用界面", "dropdown"), new("signers", "Object", "签名人", "multitext"), new("documents", "Object", "随本步骤签署的记录单据（版式名）", "multitext"),
            new("secondPerson", "Boolean", "需第二人核对", "checkbox"), new("dueAt", "DateTimeOffset", "期限", "datetime-picker"),
            new("dueAfter", "TimeSpan", "时限"), new("escalateTo", "String", "超时后也可办理的权限"),
        ];

        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var payload = new JsonObject();
            foreach (var input in Inputs) payload[input.Name] = context.Input(input.Name)?.DeepClone();
            payload["title"] ??= context.Node!.DisplayText;
            payload["actions"] = new JsonArray(UserTaskStep.ActionKeys(context.Node!).Select(k => (JsonNode)k).ToArray());
            context.Wait("UserTask", payload, DueAt(context));
            return ValueTask.CompletedTask;
        }

        private static DateTimeOffset? DueAt(ActivityContext context) => Spans.At(context, "dueAt") ?? Spans.After(context, "dueAfter");

        public override string? Refuse(Bookmark bookmark, JsonNode? payload)
        {
            var actions = JsonValues.ToList(bookmark.Payload["actions"]).Select(JsonValues.ToText).ToList();
            var action = ActionOf(payload);
            return actions.Contains(action) ? null : $"任务“{bookmark.Key}”没有操作“{action}”，可用操作：{string.Join("、", actions)}";
        }

        public override ValueTask ResumeAsync(ActivityContext context, Bookmark bookmark, JsonNode? payload)
        {
            var result = payload as JsonObject ?? [];
            result["actionKey"] = ActionOf(payload);
            result["completedAt"] = context.Now.ToString("O", CultureInfo.InvariantCulture);
            context.SetResult(result);
            var action = ActionOf(payload);
            return action == "Done" ? context.CompleteAsync() : context.CompleteAsync(action);
        }

        private static string ActionOf(JsonNode? payload) => payload switch
        {
            JsonObject map => ActivityNode.Text(map, "action") ?? ActivityNode.Text(map, "actionKey") ?? "Done",
            JsonValue value => JsonValues.ToText(value) ?? "Done",
            _ => "Done",
        };
    }

    /// <summary>Asks the rules of a stage. The outcome is the port and, when <c>variable</c> names one, its value.</summary>
    private sealed class RuleCheck() : Activity(Describe("RuleCheck", "规则判定", ["Pass", "Prompt", "Defer", "Missing"], new InputDescriptor("stage", "String", "阶段", Required: true)) with { OptionalPorts = ["Prompt", "Missing"] })
    {
        public override async ValueTask ExecuteAsync(ActivityContext context)
        {
            var stage = context.InputText("stage") ?? throw new ActivityFaultException("Stage is missing.", $"规则判定“{context.Node!.Id}”没有写明阶段 stage");
            var outcome = await context.Service<IRuleCheckHost>().CheckAsync(stage, context.Cancellation);
            if (!Descriptor.Ports.Contains(outcome)) throw new ActivityFaultException($"Unknown outcome '{outcome}' of stage '{stage}'.", $"规则判定返回了未知结果“{outcome}”");
            context.SetVariable($"verdict-{stage}", JsonValue.Create(outcome));
            context.SetResult(JsonValue.Create(outcome));
            // A prompt lets the donor go on once confirmed; a flow that draws no Prompt port treats it as a pass.
            var port = outcome == "Prompt" && !context.Node!.HasArrowFrom("Prompt") ? "Pass" : outcome;
            // A verdict that leads nowhere would end the flow as if all were done.
            if (context.Node!.Parent?.Graph is not null && !context.Node.HasArrowFrom(port))
                throw new ActivityFaultException($"No arrow leaves port '{port}'.", $"规则判定“{context.Node.DisplayText}”的结果是 {outcome}，但流程图没有这个出口的连线；请先补全资料或画出连线");
            await context.CompleteAsync(port);
        }
    }

    private sealed class Feature() : Activity(Describe("Feature", "功能开关", ["On", "Off"], new InputDescriptor("feature", "String", "功能代码", Required: true)))
    {
        public override async ValueTask ExecuteAsync(ActivityContext context)
        {
            var feature = context.InputText("feature") ?? throw new ActivityFaultException("Feature is missing.", $"功能开关“{context.Node!.Id}”没有写明功能代码 feature");
            var on = await context.Service<IFeatureHost>().IsOnAsync(feature, context.Cancellation);
            await context.CompleteAsync(on ? "On" : "Off");
        }
    }

    /// <summary>Waits for a named event of the product, for example a signed reading.</summary>
    private sealed class AwaitEvent() : Activity(Describe("AwaitEvent", "等待业务事件", ["Done"], new InputDescriptor("eventName", "String", "事件名称", Required: true)))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            context.Wait("Event", new JsonObject { ["eventName"] = context.InputText("eventName") });
            return ValueTask.CompletedTask;
        }

        public override ValueTask ResumeAsync(ActivityContext context, Bookmark bookmark, JsonNode? payload)
        {
            context.SetResult(payload);
            return context.CompleteAsync();
        }
    }

    /// <summary>Asks for one print and goes on; <c>wait</c> makes it stay until the printer has answered.</summary>
    private sealed class Print() : Activity(Describe("Print", "打印", ["Done"], new InputDescriptor("document", "String", "打印内容", Required: true), new InputDescriptor("copies", "Int32", "份数"), new InputDescriptor("wait", "Boolean", "等待打印完成", "checkbox")))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var document = context.InputText("document") ?? throw new ActivityFaultException("Document is missing.", $"打印“{context.Node!.Id}”没有写明打印内容 document");
            context.Emit(new PrintRequested(context.Node!.Id, document, context.InputNumber("copies", 1, 1, FlowLimits.Copies)));
            if (!context.InputFlag("wait")) return context.CompleteAsync();
            context.Wait("Print", new JsonObject { ["document"] = document });
            return ValueTask.CompletedTask;
        }
    }
}
