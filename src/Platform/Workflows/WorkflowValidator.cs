using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Workflows.Activities;

namespace Platform.Workflows;

/// <summary>Something to put right before a definition is published.</summary>
/// <param name="Path">JSON path of the place.</param>
/// <param name="Message">What is wrong, zh-CN.</param>
/// <param name="Remedy">What to do, zh-CN.</param>
public sealed record WorkflowFinding(string Path, string Message, string Remedy);

/// <summary>Finds what Elsa accepts in silence and what then never runs or never ends.</summary>
public sealed partial class WorkflowValidator(ActivityRegistry activities)
{
    /// <summary>All findings in document order; none means it may be published.</summary>
    public IReadOnlyList<WorkflowFinding> Check(WorkflowDefinition definition)
    {
        var findings = new List<WorkflowFinding>();
        findings.AddRange(definition.DroppedConnections.Select(p => new WorkflowFinding(p, "连线的一端指向不存在的活动", "改正连线两端的活动 id，或删除这条连线")));
        var known = KnownVariables(definition);
        foreach (var node in definition.Activities)
        {
            findings.AddRange(CheckType(node));
            findings.AddRange(CheckInputs(node));
            findings.AddRange(CheckTimes(node));
            findings.AddRange(CheckVariables(node, known));
            if (node.Graph is not null) findings.AddRange(CheckChart(node));
        }
        findings.AddRange(CheckSteps(definition));
        return findings;
    }

    private IEnumerable<WorkflowFinding> CheckType(ActivityNode node)
    {
        if (activities.Find(node.Type) is null)
            yield return new WorkflowFinding(node.Path + ".type", $"没有活动类型“{node.Type}”", "检查拼写，或启用提供它的功能模块");
        else
            foreach (var port in node.Misread(activities.Find(node.Type)!.Descriptor))
                yield return new WorkflowFinding($"{node.Path}.{port}", $"“{node.DisplayText}”的 {port} 里写的不是活动", "活动要有 type，例如 Elsa.Sequence；没有活动时删去");
    }

    private IEnumerable<WorkflowFinding> CheckInputs(ActivityNode node)
    {
        foreach (var input in activities.Find(node.Type)?.Descriptor.Inputs.Where(i => i.Required && node.Json[i.Name] is null) ?? [])
            yield return new WorkflowFinding($"{node.Path}.{input.Name}", $"“{node.DisplayText}”缺少{input.DisplayName}", $"填写 {input.Name}");
        if (node.Type != Station.UserTaskType) yield break;
        if (node.Json["form"] is not null && string.IsNullOrWhiteSpace(ActivityNode.Text(node.Literal("form") as JsonObject, "key")))
            yield return new WorkflowFinding(node.Path + ".form", $"任务“{node.DisplayText}”没有写明表单代码", "在 form 里填写 key，例如 {\"key\":\"general-check\"}");
        var keys = UserTaskStep.ActionKeys(node);
        if (keys.Distinct().Count() < keys.Count)
            yield return new WorkflowFinding(node.Path + ".actionDefinitions", $"任务“{node.DisplayText}”有重复的操作代码", "每个操作用不同的 key");
    }

    private IEnumerable<WorkflowFinding> CheckTimes(ActivityNode node)
    {
        foreach (var input in activities.Find(node.Type)?.Descriptor.Inputs ?? [])
        {
            if (node.LiteralText(input.Name) is not { Length: > 0 } text) continue;
            var why = input.TypeName switch { "TimeSpan" => Spans.Refuse(text), "DateTimeOffset" => Spans.RefuseMoment(text), _ => null };
            if (why is not null) yield return new WorkflowFinding($"{node.Path}.{input.Name}", $"“{node.DisplayText}”的{input.DisplayName}“{JsonValues.Shown(text)}”不能用", why);
        }
    }

    private static IEnumerable<WorkflowFinding> CheckSteps(WorkflowDefinition definition) => definition.UserTasks
        .GroupBy(t => t.StepCode)
        .Where(g => g.Count() > 1)
        .Select(g => new WorkflowFinding(definition.Find(g.Last().ActivityId)!.Path + ".stepCode", $"步骤代码“{g.Key}”用在了 {g.Count()} 个任务上", "每个任务用不同的步骤代码"));

    private static HashSet<string> KnownVariables(WorkflowDefinition definition)
    {
        var all = definition.Variables.Concat(definition.Activities.SelectMany(a => a.Variables)).ToList();
        return [.. all.Select(v => v.Id), .. all.Select(v => v.Name), "CurrentValue", "CurrentIndex"];
    }

    private static IEnumerable<WorkflowFinding> CheckVariables(ActivityNode node, HashSet<string> known)
    {
        foreach (var (property, value) in node.Json)
        {
            if (property is "activities" or "connections" or "metadata" or "customProperties") continue;
            if (property == "variable" && node.Type == "Elsa.SetVariable" && ActivityNode.Text(value as JsonObject, "id") is { } target && !known.Contains(target))
                yield return Unknown($"{node.Path}.variable", target);
            if (value is JsonObject output && ActivityNode.Text(output["memoryReference"] as JsonObject, "id") is { } bound && !known.Contains(bound))
                yield return Unknown($"{node.Path}.{property}.memoryReference", bound);
            if (value is not JsonObject input || input["expression"] is not JsonObject expression) continue;
            foreach (var name in Named(expression).Where(n => !known.Contains(n))) yield return Unknown($"{node.Path}.{property}", name);
            if (ActivityNode.Text(expression, "type") is { } type and not ("Literal" or "Object" or "Json" or "Variable" or "Input" or "JavaScript"))
                yield return new WorkflowFinding($"{node.Path}.{property}", $"不支持 {type} 表达式", "改用 JavaScript、Literal、Object、Variable 或 Input");
        }
    }

    private static IEnumerable<string> Named(JsonObject expression) => ActivityNode.Text(expression, "type") switch
    {
        "Variable" when expression["value"] is JsonObject variable && ActivityNode.Text(variable, "id") is { } id => [id],
        "JavaScript" => VariableInScript().Matches(JsonValues.ToText(expression["value"]) ?? "").Select(m => m.Groups[1].Value).Distinct(),
        _ => [],
    };

    private static WorkflowFinding Unknown(string path, string variable) => new(path, $"变量“{variable}”没有声明", "在流程的 variables 里声明它，或改正名称");

    [GeneratedRegex(@"\bvariables\.([\p{L}_$][\p{L}\p{N}_$]*)")]
    private static partial Regex VariableInScript();

    private IEnumerable<WorkflowFinding> CheckChart(ActivityNode chart)
    {
        var graph = chart.Graph!;
        foreach (var node in chart.Activities.Where(a => !graph.IsReachable(a)))
        {
            yield return chart.Connections.Any(c => c.Target == node)
                ? new WorkflowFinding(node.Path, $"“{node.DisplayText}”从起点走不到，永远不会执行", "连上它，或删除它")
                : new WorkflowFinding(node.Path, $"“{node.DisplayText}”是第二个起点；流程只从“{graph.Start!.DisplayText}”开始", "从前面的步骤连到它，或删除它");
        }
        foreach (var connection in chart.Connections)
        {
            if (CheckPort(connection) is { } port) yield return port;
            if (graph.IsReachable(connection.Source) && !graph.IsForward(connection) && !graph.IsValidBackward(connection))
                yield return new WorkflowFinding(connection.Path, $"从“{connection.Source.DisplayText}”返回“{connection.Target.DisplayText}”的连线无效", "返回的目标必须是到达来源必经的步骤");
        }
        foreach (var node in chart.Activities.Where(graph.IsReachable))
        {
            foreach (var open in OpenPorts(node, graph)) yield return open;
            if (IsStarvable(node, graph))
                yield return new WorkflowFinding(node.Path + ".mode", $"汇合“{node.DisplayText}”等待所有分支，但其中有的分支可能不会走到，后面的步骤将永远不执行", "把 mode 改为 WaitAllActive");
        }
    }

    private WorkflowFinding? CheckPort(Connection connection)
    {
        if (activities.Find(connection.Source.Type)?.Descriptor is not { } descriptor) return null;
        var ports = descriptor.PortsOf(connection.Source);
        var port = connection.SourcePort ?? "Done";
        if (ports.Contains(port)) return null;
        var meant = ports.FirstOrDefault(p => string.Equals(p, port, StringComparison.OrdinalIgnoreCase));
        var remedy = meant is not null ? $"出口区分大小写，请改为 {meant}" : ports.Count == 0 ? "结束节点后面不要再连线" : $"可用的出口：{string.Join("、", ports)}";
        return new WorkflowFinding(connection.Path + ".source.port", $"“{connection.Source.DisplayText}”没有出口“{port}”，这条连线永远不会走", remedy);
    }

    /// <summary>Ports of a branching node that nobody drew: there the flow would just stop.</summary>
    private IEnumerable<WorkflowFinding> OpenPorts(ActivityNode node, FlowGraph graph)
    {
        if (activities.Find(node.Type)?.Descriptor is not { } descriptor || descriptor.PortsOf(node) is not { Count: > 1 } ports) yield break;
        foreach (var port in ports.Where(p => !descriptor.OptionalPorts.Contains(p) && graph.Outbound(node).All(c => (c.SourcePort ?? "Done") != p)))
            yield return new WorkflowFinding(node.Path, $"“{node.DisplayText}”的出口“{port}”没有连线，走到这里流程会停下", $"从出口 {port} 连到下一步，或连到结束");
    }

    private bool IsStarvable(ActivityNode node, FlowGraph graph)
    {
        if (node.Type != "Elsa.FlowJoin" || node.LiteralText("mode") != "WaitAll") return false;
        var inbound = graph.ForwardInbound(node);
        foreach (var branch in graph.Ancestors(node).Where(IsExclusive))
        {
            foreach (var port in activities.Find(branch.Type)!.Descriptor.PortsOf(branch))
            {
                bool Closed(Connection c) => c.Source == branch && (c.SourcePort ?? "Done") != port;
                var reached = graph.ReachableWithout(Closed);
                var alive = inbound.Count(c => reached.Contains(c.Source) && !Closed(c));
                if (alive > 0 && alive < inbound.Count) return true;
            }
        }
        return false;
    }

    /// <summary>A node that leaves by one of several ports; a fork leaves by all.</summary>
    private bool IsExclusive(ActivityNode node) =>
        node.Type != "Elsa.FlowFork" && activities.Find(node.Type)?.Descriptor.PortsOf(node) is { Count: > 1 };
}
