using System.Text.Json.Nodes;
using Jint;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Engine.Workflows.Activities;

/// <summary>Elsa's activities that set, say, wait or end.</summary>
public static class Primitives
{
    public static IReadOnlyList<IActivity> All { get; } =
    [
        new WriteLine(), new SetVariable(), new SetOutput(), new SetName(), new Correlate(), new Complete(), new Finish(), new Fault(), new RunJavaScript(),
        new Event(), new PublishEvent(), new RunTask(), new Timed("Delay", "延时", "timeSpan"), new Timed("Timer", "定时", "interval"), new StartAt(),
    ];

    private static ActivityDescriptor Describe(string type, string name, params InputDescriptor[] inputs) => new("Elsa." + type, name, "基本", ["Done"], inputs);

    private sealed class WriteLine() : CodeActivity(Describe("WriteLine", "输出文字", new InputDescriptor("text", "String", "文字")))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            context.WriteLine(context.InputText("text"));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class SetVariable() : CodeActivity(Describe("SetVariable", "设置变量", new InputDescriptor("value", "Object", "值")))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            var variable = context.Node!.Json["variable"] as JsonObject;
            var id = ActivityNode.Text(variable, "id") ?? ActivityNode.Text(variable, "name") ?? "";
            if (context.TrySetVariableById(id, context.Input("value"))) return ValueTask.CompletedTask;
            throw new ActivityFaultException($"Variable '{id}' could not be found.", $"活动“{context.Node.Id}”要设置的变量“{id}”没有在流程中声明");
        }
    }

    private sealed class SetOutput() : CodeActivity(Describe("SetOutput", "设置输出", new InputDescriptor("outputName", "String", "输出名称", "output-picker"), new InputDescriptor("outputValue", "Object", "值")))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            var name = context.InputText("outputName") ?? throw new ActivityFaultException("Output name is missing.", $"活动“{context.Node!.Id}”缺少 outputName");
            var type = context.Definition.Outputs.FirstOrDefault(o => o.Name == name)?.TypeName ?? "Object";
            context.Burst.Keep(context, context.Input("outputValue"));
            try { context.State.Output[name] = context.Input("outputValue") is { } value ? JsonValues.Convert(value, type, false)?.DeepClone() : null; }
            catch (ExpressionException e) { throw new ActivityFaultException($"Output '{name}' cannot hold the value.", $"活动“{context.Node!.Id}”不能设置输出“{name}”（{type}）：{e.Message}"); }
            return ValueTask.CompletedTask;
        }
    }

    private sealed class SetName() : CodeActivity(Describe("SetName", "设置名称", new InputDescriptor("value", "String", "名称")))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            context.State.Name = context.InputText("value");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Correlate() : CodeActivity(Describe("Correlate", "设置关联号", new InputDescriptor("correlationId", "String", "关联号")))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            context.State.CorrelationId = context.InputText("correlationId");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Complete() : Activity(Describe("Complete", "完成流程", new InputDescriptor("outcomes", "Object", "结果", "dynamic-outcomes")) with { IsTerminal = true })
    {
        public override ValueTask ExecuteAsync(ActivityContext context) =>
            context.Burst.CompleteWorkflowAsync(context, new Outcomes([.. context.InputList("outcomes").Select(JsonValues.ToText)]));
    }

    private sealed class Finish() : CodeActivity(Describe("Finish", "终止流程") with { IsTerminal = true })
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            context.Burst.Finish();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Fault() : Activity(Describe("Fault", "报告故障", new InputDescriptor("code", "String", "代码"), new InputDescriptor("category", "String", "类别"), new InputDescriptor("faultType", "String", "类型"), new InputDescriptor("message", "String", "消息", "multiline")))
    {
        public override ValueTask ExecuteAsync(ActivityContext context) =>
            throw new ActivityFaultException(context.InputText("message") ?? "", string.Join(" / ", new[] { "code", "category", "faultType" }.Select(context.InputText).OfType<string>()));
    }

    private sealed class RunJavaScript() : Activity(Describe("RunJavaScript", "运行脚本", new InputDescriptor("script", "String", "脚本", "code-editor")) with { DynamicPorts = Possible })
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            string?[]? outcomes = null;
            try
            {
                context.SetResult(context.Burst.Evaluate(() => JavaScript.Evaluate(context.InputText("script") ?? "", context, (engine, values) =>
                {
                    engine.SetValue("setOutcome", new ClrFunction(engine, "setOutcome", (_, a) => { outcomes = [TypeConverter.ToString(a.At(0))]; return Jint.Native.JsValue.Undefined; }));
                    engine.SetValue("setOutcomes", new ClrFunction(engine, "setOutcomes", (_, a) => { outcomes = [.. JsonValues.ToList(values.FromJs(a.At(0))).Select(JsonValues.ToText)]; return Jint.Native.JsValue.Undefined; }));
                })));
            }
            catch (ExpressionException e) { throw new ActivityFaultException(e.Message, $"活动“{context.Node!.Id}”的 script 运行失败：{e.Message}"); }
            return outcomes is null ? context.CompleteAsync() : context.CompleteAsync(outcomes);
        }

        private static IReadOnlyList<string> Possible(ActivityNode node) =>
            node.Literal("possibleOutcomes") is { } outcomes ? [.. JsonValues.ToList(outcomes).Select(JsonValues.ToText).OfType<string>(), "Done"] : ["Done"];
    }

    private sealed class Event() : Activity(Describe("Event", "等待事件", new InputDescriptor("eventName", "String", "事件名称")))
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

    private sealed class PublishEvent() : CodeActivity(Describe("PublishEvent", "发布事件",
        new InputDescriptor("eventName", "String", "事件名称"), new InputDescriptor("correlationId", "String", "关联号"), new InputDescriptor("isLocalEvent", "Boolean", "仅本流程", "checkbox"), new InputDescriptor("payload", "Object", "内容", "json-editor")))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            context.Emit(new EventPublished(context.Node!.Id, context.InputText("eventName") ?? "", context.InputText("correlationId"), context.InputFlag("isLocalEvent"), context.Input("payload")));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class RunTask() : Activity(Describe("RunTask", "外部任务", new InputDescriptor("taskName", "String", "任务名称"), new InputDescriptor("payload", "Object", "内容", "json-editor")))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            var name = context.InputText("taskName") ?? "";
            context.Wait("RunTask", new JsonObject { ["taskName"] = name, ["payload"] = context.Input("payload")?.DeepClone() });
            context.Emit(new TaskRequested(context.Node!.Id, name, context.Input("payload")));
            return ValueTask.CompletedTask;
        }

        public override ValueTask ResumeAsync(ActivityContext context, Bookmark bookmark, JsonNode? payload)
        {
            context.SetResult(payload);
            return context.CompleteAsync();
        }
    }

    /// <summary>Waits for a span such as "00:05:00"; the caller's sweeper resumes it at its due time.</summary>
    private sealed class Timed(string type, string name, string span) : Activity(Describe(type, name, new InputDescriptor(span, "TimeSpan", "时长")))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            context.Wait("Delay", [], Spans.After(context, span) ?? context.Now);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class StartAt() : Activity(Describe("StartAt", "等到时刻", new InputDescriptor("dateTime", "DateTimeOffset", "时刻", "datetime-picker")))
    {
        public override ValueTask ExecuteAsync(ActivityContext context)
        {
            if (Spans.At(context, "dateTime") is not { } at)
                throw new ActivityFaultException("The date and time is missing.", $"活动“{context.Node!.Id}”没有写 dateTime，请写成 2026-01-31T08:00:00+08:00");
            if (at <= context.Now) return context.CompleteAsync();
            context.Wait("Delay", [], at);
            return ValueTask.CompletedTask;
        }
    }
}
