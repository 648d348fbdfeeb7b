namespace Engine.Workflows;

/// <summary>
/// The shape of one flowchart, computed once. An arrow is forward unless it closes a cycle when the chart is walked breadth
/// first from the start in the order of the connections; a node with more than one forward arrow into it is a join.
/// </summary>
internal sealed class FlowGraph
{
    private readonly Dictionary<ActivityNode, List<Connection>> _outbound = [];
    private readonly Dictionary<ActivityNode, List<Connection>> _forwardInbound = [];
    private readonly HashSet<Connection> _forward = new(ReferenceEqualityComparer.Instance);

    public FlowGraph(ActivityNode flowchart)
    {
        foreach (var connection in flowchart.Connections) Add(_outbound, connection.Source, connection);
        Start = StartOf(flowchart);
        if (Start is null) return;
        foreach (var connection in ForwardConnections(Start)) Add(_forwardInbound, connection.Target, connection);
    }

    /// <summary>Elsa.Start, else the first that can start a workflow, else the first without inbound arrow, else the first.</summary>
    public ActivityNode? Start { get; }

    public IReadOnlyList<Connection> Outbound(ActivityNode node) => _outbound.GetValueOrDefault(node) ?? [];

    public IReadOnlyList<Connection> ForwardInbound(ActivityNode node) => _forwardInbound.GetValueOrDefault(node) ?? [];

    public bool IsForward(Connection connection) => _forward.Contains(connection);

    public bool IsReachable(ActivityNode node) => node == Start || _forwardInbound.ContainsKey(node);

    /// <summary>All nodes from which forward arrows lead to this one.</summary>
    public HashSet<ActivityNode> Ancestors(ActivityNode node) => WalkBack(node, avoid: null);

    /// <summary>All nodes to which forward arrows lead from this one.</summary>
    public HashSet<ActivityNode> Descendants(ActivityNode node)
    {
        var seen = new HashSet<ActivityNode>();
        var stack = new Stack<ActivityNode>([node]);
        while (stack.TryPop(out var from))
        {
            foreach (var connection in Outbound(from).Where(IsForward))
            {
                if (seen.Add(connection.Target)) stack.Push(connection.Target);
            }
        }
        return seen;
    }

    /// <summary>A way back is valid when every forward path from the start to its source passes its target.</summary>
    public bool IsValidBackward(Connection connection) =>
        connection.Source == connection.Target
        || connection.Target == Start
        || (connection.Source != Start && !WalkBack(connection.Source, avoid: connection.Target).Contains(Start!));

    /// <summary>Reachable nodes so that each comes after all nodes with a forward arrow to it.</summary>
    public IEnumerable<ActivityNode> InOrder()
    {
        var waiting = new Dictionary<ActivityNode, int>();
        var ready = new Queue<ActivityNode>(Start is null ? [] : [Start]);
        while (ready.TryDequeue(out var node))
        {
            yield return node;
            foreach (var target in Outbound(node).Where(IsForward).Select(c => c.Target))
            {
                waiting[target] = waiting.GetValueOrDefault(target, ForwardInbound(target).Count) - 1;
                if (waiting[target] == 0) ready.Enqueue(target);
            }
        }
    }

    /// <summary>Nodes the start leads to by forward arrows when some of them are closed.</summary>
    public HashSet<ActivityNode> ReachableWithout(Predicate<Connection> closed)
    {
        var seen = new HashSet<ActivityNode>();
        var stack = new Stack<ActivityNode>(Start is null ? [] : [Start]);
        while (stack.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            foreach (var connection in Outbound(node).Where(c => IsForward(c) && !closed(c))) stack.Push(connection.Target);
        }
        return seen;
    }

    private static ActivityNode? StartOf(ActivityNode flowchart) =>
        flowchart.Activities.FirstOrDefault(a => a.Type == "Elsa.Start")
        ?? flowchart.Activities.FirstOrDefault(a => a.CanStartWorkflow)
        ?? flowchart.Activities.FirstOrDefault(a => flowchart.Connections.All(c => c.Target != a))
        ?? (flowchart.Activities.Count > 0 ? flowchart.Activities[0] : null);

    private List<Connection> ForwardConnections(ActivityNode start)
    {
        var forward = new List<Connection>();
        var successors = new Dictionary<ActivityNode, HashSet<ActivityNode>>();
        var visited = new HashSet<ActivityNode>();
        var queue = new Queue<ActivityNode>([start]);
        while (queue.TryDequeue(out var source))
        {
            visited.Add(source);
            foreach (var connection in Outbound(source))
            {
                if (_forward.Contains(connection) || Leads(successors, connection.Target, source)) continue;
                _forward.Add(connection);
                forward.Add(connection);
                if (!successors.TryGetValue(source, out var next)) successors[source] = next = [];
                next.Add(connection.Target);
                if (!visited.Contains(connection.Target)) queue.Enqueue(connection.Target);
            }
        }
        return forward;
    }

    private static bool Leads(Dictionary<ActivityNode, HashSet<ActivityNode>> successors, ActivityNode from, ActivityNode to)
    {
        var seen = new HashSet<ActivityNode>();
        var stack = new Stack<ActivityNode>([from]);
        while (stack.TryPop(out var node))
        {
            if (node == to) return true;
            if (!seen.Add(node) || !successors.TryGetValue(node, out var next)) continue;
            foreach (var n in next) stack.Push(n);
        }
        return false;
    }

    private HashSet<ActivityNode> WalkBack(ActivityNode from, ActivityNode? avoid)
    {
        var seen = new HashSet<ActivityNode>();
        var stack = new Stack<ActivityNode>([from]);
        while (stack.TryPop(out var node))
        {
            foreach (var connection in ForwardInbound(node))
            {
                if (connection.Source != avoid && seen.Add(connection.Source)) stack.Push(connection.Source);
            }
        }
        return seen;
    }

    private static void Add(Dictionary<ActivityNode, List<Connection>> map, ActivityNode key, Connection connection)
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(connection);
    }
}
