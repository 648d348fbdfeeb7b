namespace Engine.Workflows;

/// <summary>Why a way does not come to its end.</summary>
public enum LostWay
{
    /// <summary>The flow is over without having been there.</summary>
    FlowEnds,

    /// <summary>It stops at the last activity of the way: an outcome leads nowhere, or it stops the flow by itself.</summary>
    Stops,

    /// <summary>It goes in circles.</summary>
    Circles,
}

/// <summary>
/// Questions about all ways through a flow, answered by what lies on every one of them. A join that waits for all branches has behind it what lies on
/// any of them, every other join only what lies on all.
/// </summary>
public sealed class FlowWays
{
    private readonly WayGraph _graph;
    private readonly ActivityNode _root;

    private FlowWays(WorkflowDefinition definition, ActivityRegistry activities) => (_graph, _root) = (new WayGraph(definition, activities), definition.Root);

    public static FlowWays Of(WorkflowDefinition definition, ActivityRegistry activities) => new(definition, activities);

    /// <summary>Containers whose inside cannot be followed.</summary>
    public IReadOnlyList<ActivityNode> Opaque => _graph.Opaque;

    /// <summary>A way from the start to a target on which nothing is left by a passing port; null proves that there is none.</summary>
    public IReadOnlyList<ActivityNode>? Avoiding(Func<ActivityNode, string, bool> passes, Predicate<ActivityNode> target) =>
        Way(Reach([_graph.Enter(_root)], p => Closed(p, passes), any: false), target);

    /// <summary>A way from one activity, left by one of these ports, to a target on which nothing is left by a passing port; null proves that there is none. Of branches that meet any one is enough.</summary>
    public IReadOnlyList<ActivityNode>? Avoiding(ActivityNode from, Func<string, bool> by, Func<ActivityNode, string, bool> passes, Predicate<ActivityNode> target) =>
        Way(Reach(Exits(from, by, passes), p => Closed(p, passes), any: true), target);

    /// <summary>A way on which the second activity begins while the first may still be open; null proves that there is none.</summary>
    public IReadOnlyList<ActivityNode>? Together(ActivityNode first, ActivityNode second)
    {
        var after = Reach([_graph.Enter(first)], _ => false, any: true);
        foreach (var split in _graph.Points.Where(p => p.Splits))
        {
            var led = split.Next.Where(one => Reach([one], _ => false, any: true).ContainsKey(_graph.Enter(first))).ToHashSet();
            // What lies behind the first, or meets its branch, waits for it.
            foreach (var other in split.Next.Where(other => led.Any(one => one != other) && !after.ContainsKey(other)))
                if (Way(Reach([other], after.ContainsKey, any: true), node => node == second) is { } way) return way;
        }
        return null;
    }

    /// <summary>Ways from one activity, left by one of these ports, that never come to an end; none proves that every one does.</summary>
    /// <param name="isEnd">Activities that are an end.</param>
    public IReadOnlyList<(LostWay Why, IReadOnlyList<ActivityNode> Way)> Lost(ActivityNode from, Func<string, bool> by, Predicate<ActivityNode> isEnd)
    {
        bool IsEnd(WayPoint p) => p is { Node: { } node, Port: not null } && isEnd(node);
        var region = Reach(Exits(from, by, (_, _) => false), _ => false, any: true, IsEnd);
        var dead = region.Keys.Where(p => p.Next.Count == 0 && !IsEnd(p)).ToHashSet();
        var led = Back(region.Keys, p => IsEnd(p) || dead.Contains(p));
        var circles = region.Keys.FirstOrDefault(p => !led.Contains(p));
        return
        [
            .. dead.Select(p => (p == _graph.End ? LostWay.FlowEnds : LostWay.Stops, Names(region, p))),
            .. circles is null ? [] : new[] { (LostWay.Circles, Names(region, circles)) },
        ];
    }

    /// <summary>Activities on any way from one, left by one of these ports, as far as an end.</summary>
    public IReadOnlyList<(ActivityNode Node, IReadOnlyList<ActivityNode> Way)> From(ActivityNode from, Func<string, bool> by, Predicate<ActivityNode> isEnd)
    {
        var region = Reach(Exits(from, by, (_, _) => false), _ => false, any: true, p => p is { Node: { } node, Port: not null } && isEnd(node));
        return [.. region.Keys.Where(p => p is { Node: not null, Port: null }).Select(p => (p.Node!, Names(region, p)))];
    }

    private IEnumerable<WayPoint> Exits(ActivityNode from, Func<string, bool> by, Func<ActivityNode, string, bool> passes) =>
        _graph.Leave(from).Where(p => by(p.Port!) && !passes(from, p.Port!));

    private static bool Closed(WayPoint point, Func<ActivityNode, string, bool> passes) => point is { Node: { } node, Port: { } port } && passes(node, port);

    /// <summary>What can be reached, each with where it was first reached from.</summary>
    /// <param name="any">Of branches that meet any one is enough.</param>
    private static Dictionary<WayPoint, WayPoint?> Reach(IEnumerable<WayPoint> from, Predicate<WayPoint> closed, bool any, Predicate<WayPoint>? stopsAt = null)
    {
        var reached = new Dictionary<WayPoint, WayPoint?>();
        var arrived = new Dictionary<WayPoint, int>();
        var queue = new Queue<WayPoint>();
        foreach (var start in from.Where(p => !closed(p) && reached.TryAdd(p, null))) queue.Enqueue(start);
        while (queue.TryDequeue(out var point))
        {
            if (stopsAt?.Invoke(point) == true) continue;
            foreach (var next in point.Next.Where(n => !closed(n)))
            {
                arrived[next] = arrived.GetValueOrDefault(next) + 1;
                if (next.NeedsAll && !any && arrived[next] < next.Inbound) continue;
                if (reached.TryAdd(next, point)) queue.Enqueue(next);
            }
        }
        return reached;
    }

    private static HashSet<WayPoint> Back(IEnumerable<WayPoint> region, Predicate<WayPoint> from)
    {
        var inside = region.ToHashSet();
        var before = inside.SelectMany(p => p.Next.Where(inside.Contains).Select(n => (From: p, To: n))).ToLookup(a => a.To, a => a.From);
        var seen = new HashSet<WayPoint>(inside.Where(p => from(p)));
        var queue = new Queue<WayPoint>(seen);
        while (queue.TryDequeue(out var point))
            foreach (var earlier in before[point].Where(seen.Add)) queue.Enqueue(earlier);
        return seen;
    }

    private static IReadOnlyList<ActivityNode>? Way(Dictionary<WayPoint, WayPoint?> reached, Predicate<ActivityNode> target) =>
        reached.Keys.FirstOrDefault(p => p is { Node: { } node, Port: null } && target(node)) is { } point ? Names(reached, point) : null;

    /// <summary>The activities passed, containers left out.</summary>
    private static List<ActivityNode> Names(Dictionary<WayPoint, WayPoint?> reached, WayPoint to)
    {
        var way = new List<ActivityNode>();
        for (var point = to; point is not null; point = reached[point])
            if (point.Node is { Children.Count: 0 } node && (way.Count == 0 || way[^1] != node)) way.Add(node);
        way.Reverse();
        return way;
    }
}
