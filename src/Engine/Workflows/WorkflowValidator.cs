using System.Text.Json.Nodes;
using Engine.Workflows.Activities;

namespace Engine.Workflows;

/// <summary>Something to put right before a definition is published.</summary>
/// <param name="Path">JSON path of the place.</param>
/// <param name="Message">What is wrong, zh-CN.</param>
/// <param name="Remedy">What to do, zh-CN.</param>
public sealed record WorkflowFinding(string Path, string Message, string Remedy)
{
    /// <summary>File name of the document it stands in, where it is not the flow itself.</summary>
    public string? Document { get; init; }

    /// <summary>The way through the flow it is about, as the names of the activities on it; empty where it is about none.</summary>
    public IReadOnlyList<string> Way { get; init; } = [];
}

/// <summary>Finds what Elsa accepts in silence and what then never runs or never ends.</summary>
public sealed class WorkflowValidator(ActivityRegistry activities)
{
    /// <summary>All findings in document order; none means it may be published.</summary>
    public IReadOnlyList<WorkflowFinding> Check(WorkflowDefinition definition)
    {
        var findings = new List<WorkflowFinding>();
        findings.AddRange(definition.DroppedConnections.Select(p => new WorkflowFinding(p, "连线的一端指向不存在的活动", "改正连线两端的活动 id，或删除这条连线")));
        var (expressions, charts) = (new ExpressionCheck(definition), new ChartCheck(activities));
        foreach (var node in definition.Activities)
        {
            findings.AddRange(CheckType(node));
            findings.AddRange(CheckInputs(node));
            findings.AddRange(CheckTimes(node));
            findings.AddRange(CheckPlace(node));
            findings.AddRange(expressions.Check(node));
            if (node.Graph is not null) findings.AddRange(charts.Check(node));
        }
        findings.AddRange(CheckSteps(definition));
        return findings;
    }

    private IEnumerable<WorkflowFinding> CheckType(ActivityNode node)
    {
        if (activities.Find(node.Type) is not { } activity)
            return [new WorkflowFinding(node.Path + ".type", $"没有活动类型“{node.Type}”", "检查拼写，或启用提供它的功能模块")];
        return node.Misread(activity.Descriptor).Select(port => new WorkflowFinding($"{node.Path}.{port}", $"“{node.DisplayText}”的 {port} 里写的不是活动", "活动要有 type，例如 Elsa.Sequence；没有活动时删去"));
    }

    private IEnumerable<WorkflowFinding> CheckInputs(ActivityNode node)
    {
        foreach (var input in activities.Find(node.Type)?.Descriptor.Inputs.Where(i => i.Required && node.Json[i.Name] is null) ?? [])
            yield return new WorkflowFinding($"{node.Path}.{input.Name}", $"“{node.DisplayText}”缺少{input.DisplayName}", $"填写 {input.Name}");
        foreach (var (name, words) in Words(node.Type))
            if (node.LiteralText(name) is { Length: > 0 } word && !words.Contains(word, StringComparer.OrdinalIgnoreCase))
                yield return new WorkflowFinding($"{node.Path}.{name}", $"“{node.DisplayText}”没有“{JsonValues.Shown(word)}”这种方式", $"可用：{string.Join("、", words)}");
        if (node.Type != Station.UserTaskType) yield break;
        if (node.Json["form"] is not null && string.IsNullOrWhiteSpace(ActivityNode.Text(node.Literal("form") as JsonObject, "key")))
            yield return new WorkflowFinding(node.Path + ".form", $"任务“{node.DisplayText}”没有写明表单代码", "在 form 里填写 key，例如 {\"key\":\"general-check\"}");
        var keys = UserTaskStep.ActionKeys(node);
        if (keys.Distinct().Count() < keys.Count)
            yield return new WorkflowFinding(node.Path + ".actionDefinitions", $"任务“{node.DisplayText}”有重复的操作代码", "每个操作用不同的 key");
    }

    private static IEnumerable<(string Input, string[] Words)> Words(string type) => type switch
    {
        "Elsa.FlowJoin" => [("mode", ["WaitAny", "WaitAll", "WaitAllActive"])],
        "Elsa.Fork" => [("joinMode", ["WaitAll", "WaitAny"])],
        "Elsa.Switch" or "Elsa.FlowSwitch" => [("mode", ["MatchFirst", "MatchAny"])],
        _ => [],
    };

    private IEnumerable<WorkflowFinding> CheckTimes(ActivityNode node)
    {
        foreach (var input in activities.Find(node.Type)?.Descriptor.Inputs ?? [])
        {
            if (node.LiteralText(input.Name) is not { Length: > 0 } text) continue;
            var why = input.TypeName switch { "TimeSpan" => Spans.Refuse(text), "DateTimeOffset" => Spans.RefuseMoment(text), _ => null };
            if (why is not null) yield return new WorkflowFinding($"{node.Path}.{input.Name}", $"“{node.DisplayText}”的{input.DisplayName}“{JsonValues.Shown(text)}”不能用", why);
        }
    }

    /// <summary>Activities that cannot do what they are for where they stand.</summary>
    private IEnumerable<WorkflowFinding> CheckPlace(ActivityNode node)
    {
        var above = node.Ancestors().ToList();
        if (node.Type == "Elsa.Complete" && above.Count(a => a.Graph is not null) > 1)
            yield return new WorkflowFinding(node.Path, $"“{node.DisplayText}”在内层流程图里，不能从那里结束整个流程", "移到最外层流程图，内层用 Elsa.End 结束");
        if (node.Type == "Elsa.Break" && !above.Any(a => a.Type is "Elsa.While" or "Elsa.For" or "Elsa.ForEach"))
            yield return new WorkflowFinding(node.Path, $"“{node.DisplayText}”不在循环里", "移到循环里，或改用 Elsa.End");
        if (node.Parent is not { Graph: null } || node.Type.StartsWith("Elsa.", StringComparison.Ordinal) || activities.Find(node.Type)?.Descriptor is not { } descriptor) yield break;
        if (descriptor.PortsOf(node).Except(descriptor.OptionalPorts).Skip(1).Any())
            yield return new WorkflowFinding(node.Path, $"“{node.DisplayText}”有多个出口，但不直接在流程图上，只能走第一个", "移到流程图上，并从每个出口画出连线");
    }

    private static IEnumerable<WorkflowFinding> CheckSteps(WorkflowDefinition definition) => definition.UserTasks
        .GroupBy(t => t.StepCode)
        .Where(g => g.Count() > 1)
        .Select(g => new WorkflowFinding(definition.Find(g.Last().ActivityId)!.Path + ".stepCode", $"步骤代码“{g.Key}”用在了 {g.Count()} 个任务上", "每个任务用不同的步骤代码"));
}
