namespace Engine.Workflows;

/// <summary>Finds what is wrong with the arrows of a flowchart.</summary>
internal sealed class ChartCheck(ActivityRegistry activities)
{
    public IEnumerable<WorkflowFinding> Check(ActivityNode chart)
    {
        var graph = chart.Graph!;
        foreach (var node in chart.Activities.Where(a => !graph.IsReachable(a))) yield return Unreached(chart, node, graph);
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

    private static WorkflowFinding Unreached(ActivityNode chart, ActivityNode node, FlowGraph graph) => chart.Connections.Any(c => c.Target == node)
        ? new WorkflowFinding(node.Path, $"“{node.DisplayText}”从起点走不到，永远不会执行", "连上它，或删除它")
        : new WorkflowFinding(node.Path, $"“{node.DisplayText}”是第二个起点；流程只从“{graph.Start!.DisplayText}”开始", "从前面的步骤连到它，或删除它");

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
        if (node.Type != "Elsa.FlowJoin" || !"WaitAll".Equals(node.LiteralText("mode"), StringComparison.OrdinalIgnoreCase)) return false;
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
