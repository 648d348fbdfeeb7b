namespace Engine.Workflows;

/// <summary>
/// Every way a definition can take, its containers taken apart. Conditions count as open: whatever an arrow allows may happen. What
/// stops with an incident leads nowhere.
/// </summary>
internal sealed class WayGraph
{
    private const string Done = "Done";
    private readonly ActivityRegistry _activities;
    private readonly Dictionary<ActivityNode, WayPoint> _enter = [];
    private readonly Dictionary<ActivityNode, List<WayPoint>> _leave = [];
    private readonly List<ActivityNode> _opaque = [];

    public WayGraph(WorkflowDefinition definition, ActivityRegistry activities)
    {
        _activities = activities;
        Build(definition.Root);
        foreach (var exit in Leave(definition.Root)) exit.LeadsTo(End);
    }

    /// <summary>Where the flow is over.</summary>
    public WayPoint End { get; } = new(null, null);

    /// <summary>Containers of kinds this does not know, or whose inside goes on beside itself: what happens in them cannot be told.</summary>
    public IReadOnlyList<ActivityNode> Opaque => _opaque;

    public IEnumerable<WayPoint> Points => _enter.Values.Concat(_leave.Values.SelectMany(l => l));

    public WayPoint Enter(ActivityNode node) => _enter[node];

    /// <summary>The ports it can be left by, each once.</summary>
    public IReadOnlyList<WayPoint> Leave(ActivityNode node) => _leave[node];

    private void Build(ActivityNode node)
    {
        _enter[node] = new WayPoint(node, null) { NeedsAll = IsJoinOfAll(node) };
        _leave[node] = [.. PortsOf(node).Select(port => new WayPoint(node, port))];
        foreach (var child in node.Children.Select(c => c.Node)) Build(child);
        if (node.Graph is not null) BuildChart(node, node.Graph);
        else if (node.Children.Count > 0 || IsEmptyContainer(node)) BuildContainer(node);
        else foreach (var exit in Leave(node)) Enter(node).LeadsTo(exit);
        Enter(node).Splits |= node.Type is "Elsa.FlowFork" or "Elsa.RunJavaScript" || IsMatchAny(node);
        if (node.Type == "Elsa.ParallelForEach") _opaque.Add(node);
    }

    private void BuildChart(ActivityNode chart, FlowGraph graph)
    {
        var over = Leave(chart)[0];
        Enter(chart).LeadsTo(graph.Start is null ? over : Enter(graph.Start));
        foreach (var child in chart.Activities)
            foreach (var exit in Leave(child))
                Connect(child, exit, over, graph);
    }

    private void Connect(ActivityNode child, WayPoint exit, WayPoint over, FlowGraph graph)
    {
        if (Jump(child, exit, over)) return;
        var arrows = graph.Outbound(child).Where(c => (c.SourcePort ?? Done) == exit.Port).ToList();
        exit.Splits = arrows.Count > 1;
        foreach (var arrow in arrows) exit.LeadsTo(graph.IsForward(arrow) || !Enter(arrow.Target).NeedsAll ? Enter(arrow.Target) : Behind(arrow.Target));
        if (arrows.Count == 0 && EndsInSilence(child, graph)) exit.LeadsTo(over);
    }

    /// <summary>An arrow back begins a join at once.</summary>
    private WayPoint Behind(ActivityNode join) => Leave(join)[0];

    private void BuildContainer(ActivityNode node)
    {
        var (enter, over, inside) = (Enter(node), Leave(node)[0], node.Children.Select(c => c.Node).ToList());
        switch (node.Type)
        {
            case "Elsa.Sequence":
                Chain(inside, enter, over);
                break;
            case "Elsa.If" or "Elsa.Switch" or "Elsa.FlowNode":
                Each(inside, enter, over);
                if (node.Type == "Elsa.If" ? inside.Count < 2 : node.Child("default") is null) enter.LeadsTo(over);
                break;
            case "Elsa.While" or "Elsa.For" or "Elsa.ForEach" or "Elsa.ParallelForEach":
                Each(inside, enter, over);
                enter.LeadsTo(over);
                foreach (var body in inside) foreach (var exit in Ends(body)) exit.LeadsTo(Enter(body));
                break;
            case "Elsa.Fork" or "Elsa.Parallel":
                Side(node, inside, enter, over);
                break;
            default:
                _opaque.Add(node);
                Each(inside, enter, over);
                enter.LeadsTo(over);
                break;
        }
    }

    private void Chain(List<ActivityNode> inside, WayPoint enter, WayPoint over)
    {
        IEnumerable<WayPoint> before = [enter];
        foreach (var child in inside)
        {
            foreach (var point in before) point.LeadsTo(Enter(child));
            before = [.. Ends(child).Where(exit => !Jump(child, exit, over))];
        }
        foreach (var point in before) point.LeadsTo(over);
    }

    /// <summary>One of them, or some: nothing can be said of any but what all have in common.</summary>
    private void Each(List<ActivityNode> inside, WayPoint enter, WayPoint over)
    {
        foreach (var child in inside)
        {
            enter.LeadsTo(Enter(child));
            foreach (var exit in Ends(child)) if (!Jump(child, exit, over)) exit.LeadsTo(over);
        }
    }

    private void Side(ActivityNode node, List<ActivityNode> inside, WayPoint enter, WayPoint over)
    {
        enter.Splits = inside.Count > 1;
        var all = node.Type == "Elsa.Parallel" || "WaitAll".Equals(node.LiteralText("joinMode") ?? (node.Json["joinMode"] is null ? "WaitAll" : ""), StringComparison.OrdinalIgnoreCase);
        var meet = new WayPoint(null, null) { NeedsAll = all };
        foreach (var child in inside)
        {
            enter.LeadsTo(Enter(child));
            var done = new WayPoint(null, null);
            foreach (var exit in Ends(child)) if (!Jump(child, exit, done)) exit.LeadsTo(done);
            done.LeadsTo(meet);
        }
        meet.LeadsTo(over);
        if (inside.Count == 0 && node.Type == "Elsa.Parallel") enter.LeadsTo(over);
    }

    /// <summary>Activities that go elsewhere than behind themselves.</summary>
    private bool Jump(ActivityNode node, WayPoint exit, WayPoint over)
    {
        var to = node.Type switch
        {
            "Elsa.End" => over,
            "Elsa.Complete" or "Elsa.Finish" => End,
            "Elsa.Break" => node.Ancestors().FirstOrDefault(a => a.Type is "Elsa.While" or "Elsa.For" or "Elsa.ForEach") is { } loop ? Leave(loop)[0] : over,
            _ => null,
        };
        if (to is not null) exit.LeadsTo(to);
        return to is not null || node.Type == "Elsa.Fault";
    }

    /// <summary>Exits by which an activity that does not stand on a chart goes on: outcomes of our own that would need an arrow stop there.</summary>
    private IReadOnlyList<WayPoint> Ends(ActivityNode node) =>
        Own(node) is null ? Leave(node) : Leave(node).Any(p => p.Port == Done) ? [.. Leave(node).Where(p => p.Port == Done)] : [Leave(node)[0]];

    /// <summary>A port without arrow ends Elsa's activities in silence; of our own only one that has but one way on.</summary>
    private bool EndsInSilence(ActivityNode node, FlowGraph graph) =>
        Own(node) is not { } descriptor || (graph.Outbound(node).Count == 0 && descriptor.PortsOf(node).Except(descriptor.OptionalPorts).Count() <= 1);

    private ActivityDescriptor? Own(ActivityNode node) => node.Type.StartsWith("Elsa.", StringComparison.Ordinal) ? null : _activities.Find(node.Type)?.Descriptor;

    /// <summary>Ports it can be left by. An optional one nobody has drawn is not left by; what a script names may be any.</summary>
    private List<string> PortsOf(ActivityNode node)
    {
        var drawn = node.Parent?.Connections.Where(c => c.Source == node).Select(c => c.SourcePort ?? Done) ?? [];
        var descriptor = _activities.Find(node.Type)?.Descriptor;
        var ports = (descriptor?.PortsOf(node) ?? [Done]).Where(p => descriptor?.OptionalPorts.Contains(p) != true);
        var all = ports.Concat(drawn).Distinct(StringComparer.Ordinal).ToList();
        return all.Count > 0 ? all : [Done];
    }

    private static bool IsJoinOfAll(ActivityNode node) =>
        node.Type == "Elsa.FlowJoin" && "WaitAll".Equals(node.LiteralText("mode"), StringComparison.OrdinalIgnoreCase) && node.Parent?.Graph?.ForwardInbound(node).Count > 1;

    private static bool IsMatchAny(ActivityNode node) => node.Type is "Elsa.Switch" or "Elsa.FlowSwitch" && !"MatchFirst".Equals(node.LiteralText("mode") ?? "MatchFirst", StringComparison.OrdinalIgnoreCase);

    private static bool IsEmptyContainer(ActivityNode node) =>
        node.Type is "Elsa.Sequence" or "Elsa.If" or "Elsa.Switch" or "Elsa.FlowNode" or "Elsa.While" or "Elsa.For" or "Elsa.ForEach" or "Elsa.ParallelForEach" or "Elsa.Fork" or "Elsa.Parallel";
}
