using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>
/// Elsa's flowchart in counter mode. Every arrow and node counts its visits. A node runs once all forward arrows into it were
/// visited and at least one was followed; if none was, it is skipped and its own arrows count as visited but not followed.
/// </summary>
internal static class Flowchart
{
    public static ValueTask StartAsync(ActivityContext chart)
    {
        if (chart.Node!.Graph!.Start is not { } start) return chart.CompleteAsync();
        chart.Schedule(start);
        return ValueTask.CompletedTask;
    }

    public static async ValueTask ChildCompletedAsync(ActivityContext chart, ActivityContext child, Outcomes outcomes)
    {
        if (child.Instance.Status != ActivityStatus.Completed) return;
        if (child.IsTerminal) await chart.CompleteAsync();
        else if (!await LeaveAsync(chart, child.Node!, outcomes, child.Instance.Backward)) await CompleteIfIdleAsync(chart);
    }

    public static async ValueTask ChildCanceledAsync(ActivityContext chart, ActivityContext child)
    {
        await CompleteIfIdleAsync(chart);
        await LeaveAsync(chart, child.Node!, Outcomes.None, false);
    }

    /// <summary>Visits the arrows out of a node. True when something was queued.</summary>
    private static async ValueTask<bool> LeaveAsync(ActivityContext chart, ActivityNode node, Outcomes outcomes, bool cameBackward)
    {
        var graph = chart.Node!.Graph!;
        if (!graph.IsReachable(node))
            throw new ActivityFaultException($"Activity {node.Id} is not reachable from the flowchart graph. Unable to schedule it's outbound activities.", $"活动“{node.Id}”从流程图“{chart.Node.Id}”的起点走不到，无法继续它后面的步骤");
        var visits = new Visits(chart);
        if (!cameBackward) visits.Count(node);
        var queued = false;
        var back = new List<Connection>();
        foreach (var connection in graph.Outbound(node))
        {
            var followed = outcomes.Names.Contains(connection.SourcePort);
            visits.Count(connection, followed);
            if (graph.IsForward(connection)) queued |= await ArriveAsync(chart, connection);
            else if (followed && GoBack(chart, connection)) back.Add(connection);
        }
        foreach (var connection in back) await BeginAgainAsync(chart, connection.Target);
        return queued || back.Count > 0;
    }

    /// <summary>
    /// What lies after the target is still to come: waits there end, and its visits count no more. Without that a join into which
    /// arrows from before the target lead too would wait for those to be visited a second time, for ever.
    /// </summary>
    private static async ValueTask BeginAgainAsync(ActivityContext chart, ActivityNode target)
    {
        var after = chart.Node!.Graph!.Descendants(target);
        chart.Burst.Drop(chart, after.Contains);
        foreach (var late in chart.Children.Where(c => after.Contains(c.Node!)).ToList()) await chart.Burst.CancelAsync(late);
        new Visits(chart).Forget(target, after);
    }

    private static bool GoBack(ActivityContext chart, Connection connection)
    {
        if (!chart.Node!.Graph!.IsValidBackward(connection))
            throw new ActivityFaultException($"Invalid backward connection: Every path from the source ('{connection.Source.Id}') must go through the target ('{connection.Target.Id}') when tracing back to the start.", $"从“{connection.Source.Id}”返回“{connection.Target.Id}”的连线无效：从起点到前者的每条路都必须经过后者");
        chart.Burst.Schedule(chart, connection.Target, null, null, backward: true);
        return true;
    }

    private static ValueTask<bool> ArriveAsync(ActivityContext chart, Connection connection)
    {
        var target = connection.Target;
        var mode = target.Type == "Elsa.FlowJoin" ? JoinMode(chart, target) : "WaitAllActive";
        if (mode is null) return ValueTask.FromResult(false);
        var visits = new Visits(chart);
        if (mode == "WaitAny") return ArriveAtAnyAsync(chart, connection, visits);
        if (!visits.AllVisited(target)) return ValueTask.FromResult(false);
        if (!visits.AnyFollowed(target)) return LeaveAsync(chart, target, Outcomes.None, false);
        if (mode != "WaitAll" || visits.AllFollowed(target)) return ValueTask.FromResult(Queue(chart, target));
        chart.Burst.FaultAt(chart, target, new ActivityFaultException("A branch this join waits for was not taken.",
            $"汇合“{target.DisplayText}”要等所有分支，但“{string.Join("、", visits.NotFollowed(target).Select(c => c.Source.DisplayText))}”那边没有走到这里，后面的步骤不会执行；请把 mode 改为 WaitAllActive"));
        return ValueTask.FromResult(false);
    }

    private static async ValueTask<bool> ArriveAtAnyAsync(ActivityContext chart, Connection connection, Visits visits)
    {
        var target = connection.Target;
        if (visits.IsStale(connection) || chart.Burst.IsQueued(chart, target)) return false;
        if (visits.AnyFollowed(target))
        {
            Queue(chart, target);
            await AbandonAsync(chart, chart.Node!.Graph!.Ancestors(target));
            return true;
        }
        return visits.AllVisited(target) && await LeaveAsync(chart, target, Outcomes.None, false);
    }

    /// <summary>The branches that have lost: what is queued never begins, what runs is cancelled; joins after them wait no longer.</summary>
    private static async ValueTask AbandonAsync(ActivityContext chart, HashSet<ActivityNode> nodes)
    {
        foreach (var queued in chart.Burst.Drop(chart, nodes.Contains)) await LeaveAsync(chart, queued.Node, Outcomes.None, queued.Backward);
        foreach (var late in chart.Children.Where(c => nodes.Contains(c.Node!)).ToList()) await chart.Burst.CancelAsync(late);
    }

    private static bool Queue(ActivityContext chart, ActivityNode node)
    {
        chart.Schedule(node);
        return true;
    }

    /// <summary>A join's mode is an input and may be an expression over the chart's variables. Null when it is none, which is an incident by then.</summary>
    private static string? JoinMode(ActivityContext chart, ActivityNode join)
    {
        try { return Expressions.Word(Expressions.EvaluateInput(join.Json["mode"], chart), "WaitAny", "WaitAll", "WaitAllActive"); }
        catch (ExpressionException e)
        {
            chart.Burst.FaultAt(chart, join, new ActivityFaultException("Failed to evaluate activity input 'Mode'", $"汇合“{join.Id}”的 mode 无法求值：{e.Message}"));
            return null;
        }
    }

    private static async ValueTask CompleteIfIdleAsync(ActivityContext chart)
    {
        // The child that calls back is still listed; it is complete already.
        if (chart.Children.Any(c => c.Instance.Status is ActivityStatus.Running or ActivityStatus.Faulted) || chart.QueuedBelow > 0) return;
        await chart.CompleteAsync();
    }

    /// <summary>The counters of one execution of a chart, kept in its properties.</summary>
    private sealed class Visits(ActivityContext chart)
    {
        private readonly FlowGraph _graph = chart.Node!.Graph!;
        private readonly JsonObject _nodes = Map(chart, "nodes");
        private readonly JsonObject _connections = Map(chart, "connections");
        private readonly JsonObject _followed = Map(chart, "followed");

        public void Count(ActivityNode node) => _nodes[node.Id] = Of(_nodes, node.Id) + 1;

        public void Count(Connection connection, bool followed)
        {
            _connections[connection.Key] = Of(_connections, connection.Key) + 1;
            _followed[connection.Key] = followed;
            if (followed && !chart.State.Trail.Followed.Contains(connection.Key)) chart.State.Trail.Followed.Add(connection.Key);
        }

        public bool AllVisited(ActivityNode node) => _graph.ForwardInbound(node).Min(c => Of(_connections, c.Key)) > Of(_nodes, node.Id);

        public bool AllFollowed(ActivityNode node) => _graph.ForwardInbound(node).All(Followed);

        public IEnumerable<Connection> NotFollowed(ActivityNode node) => _graph.ForwardInbound(node).Where(c => !Followed(c));

        public bool AnyFollowed(ActivityNode node)
        {
            var most = _graph.ForwardInbound(node).Max(c => Of(_connections, c.Key));
            return most > Of(_nodes, node.Id) && _graph.ForwardInbound(node).Any(c => Of(_connections, c.Key) == most && Followed(c));
        }

        public void Forget(ActivityNode target, HashSet<ActivityNode> after)
        {
            foreach (var node in after) _nodes.Remove(node.Id);
            foreach (var connection in after.Append(target).SelectMany(_graph.Outbound))
            {
                _connections.Remove(connection.Key);
                _followed.Remove(connection.Key);
            }
        }

        public bool IsStale(Connection connection) => Of(_connections, connection.Key) <= Of(_nodes, connection.Target.Id);

        private bool Followed(Connection connection) => _followed[connection.Key]?.GetValue<bool>() == true;

        private static int Of(JsonObject counts, string key) => counts[key]?.GetValue<int>() ?? 0;

        private static JsonObject Map(ActivityContext chart, string name)
        {
            if (chart.Properties[name] is JsonObject map) return map;
            chart.Properties[name] = map = [];
            return map;
        }
    }
}
