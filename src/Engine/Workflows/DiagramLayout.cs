namespace Engine.Workflows;

/// <summary>One node as a box, in pixels from the top left.</summary>
internal sealed record DiagramBox(ActivityNode Node, double X, double Y, double Width, double Height)
{
    public double CentreX => X + Width / 2;
    public double Bottom => Y + Height;
    public double Right => X + Width;
    public double Middle => Y + Height / 2;
}

/// <summary>All arrows between the same two nodes as one line with its label.</summary>
internal sealed record DiagramArrow(IReadOnlyList<Connection> Connections, IReadOnlyList<(double X, double Y)> Points, double LabelX, double LabelY, string LabelAnchor);

/// <summary>Where boxes and lines of a chart go: the designer's positions, or rows by distance from the start.</summary>
internal sealed class DiagramLayout
{
    private const double BoxWidth = 200;
    private const double BoxHeight = 44;
    private const double RowPitch = 76;
    private const double ColumnPitch = 240;
    private const double Margin = 24;

    private readonly Dictionary<ActivityNode, DiagramBox> _boxes;
    private int _lanes;

    private DiagramLayout(Dictionary<ActivityNode, DiagramBox> boxes, IReadOnlyList<Connection> connections)
    {
        _boxes = boxes;
        Boxes = [.. boxes.Values];
        Arrows = [.. connections.GroupBy(c => (c.Source, c.Target)).Select(g => Route([.. g]))];
        Width = Math.Max(320, Arrows.SelectMany(a => a.Points.Select(p => p.X)).Concat(Boxes.Select(b => b.Right)).DefaultIfEmpty(0).Max() + Margin + 24);
        Height = Boxes.Select(b => b.Bottom).DefaultIfEmpty(0).Max() + Margin;
    }

    public IReadOnlyList<DiagramBox> Boxes { get; }
    public IReadOnlyList<DiagramArrow> Arrows { get; }
    public double Width { get; }
    public double Height { get; }

    public static DiagramLayout Of(ActivityNode chart)
    {
        var nodes = chart.Graph is not null || chart.Activities.Count > 0 ? chart.Activities : [chart];
        var connections = chart.Graph is not null ? chart.Connections : [.. nodes.Zip(nodes.Skip(1), (a, b) => new Connection(a, "Done", b, "In", ""))];
        var placed = nodes.All(n => n.Position is not null) ? nodes.ToDictionary(n => n, n => n.Position!.Value) : Rows(chart, nodes);
        var left = placed.Values.Select(p => p.X).DefaultIfEmpty(0).Min() - Margin;
        var top = placed.Values.Select(p => p.Y).DefaultIfEmpty(0).Min() - Margin;
        return new DiagramLayout(nodes.ToDictionary(n => n, n => Box(n, placed[n].X - left, placed[n].Y - top)), connections);
    }

    private static DiagramBox Box(ActivityNode node, double x, double y) => new(node, x, y, BoxWidth, BoxHeight);

    /// <summary>Row = longest forward way from the start; nodes out of reach come last.</summary>
    private static Dictionary<ActivityNode, (double X, double Y)> Rows(ActivityNode chart, IReadOnlyList<ActivityNode> nodes)
    {
        var row = new Dictionary<ActivityNode, int>();
        foreach (var node in chart.Graph?.InOrder() ?? [])
            row[node] = chart.Graph!.ForwardInbound(node).Select(c => row.GetValueOrDefault(c.Source) + 1).DefaultIfEmpty(0).Max();
        foreach (var node in nodes.Where(n => !row.ContainsKey(n))) row[node] = row.Count;
        return row.GroupBy(r => r.Value).SelectMany(g => g.Select((r, i) => (r.Key, Place: ((i - (g.Count() - 1) / 2.0) * ColumnPitch, g.Key * RowPitch))))
            .ToDictionary(p => p.Key, p => p.Place);
    }

    private DiagramArrow Route(IReadOnlyList<Connection> connections)
    {
        DiagramBox from = _boxes[connections[0].Source], to = _boxes[connections[0].Target];
        var sameColumn = Math.Abs(from.CentreX - to.CentreX) < 1;
        if (sameColumn && to.Y > from.Y && !Boxes.Any(b => Math.Abs(b.CentreX - from.CentreX) < 1 && b.Y > from.Y && b.Y < to.Y))
            return new DiagramArrow(connections, [(from.CentreX, from.Bottom), (to.CentreX, to.Y)], from.CentreX + 8, (from.Bottom + to.Y) / 2 + 4, "start");
        if (sameColumn || to.Y < from.Bottom && Math.Abs(from.Y - to.Y) > 1) return Around(connections, from, to);
        var right = to.CentreX > from.CentreX;
        var side = right ? from.Right : from.X;
        var (labelX, labelY, anchor) = (side + (right ? 8 : -8), from.Middle - 6, right ? "start" : "end");
        if (Math.Abs(from.Y - to.Y) <= 1) return new DiagramArrow(connections, [(side, from.Middle), (right ? to.X : to.Right, to.Middle)], labelX, labelY, anchor);
        if (to.CentreX > from.X && to.CentreX < from.Right || IsBelowColumn(from, to))
            return new DiagramArrow(connections, [(from.CentreX, from.Bottom), (from.CentreX, to.Middle), (right ? to.X : to.Right, to.Middle)], from.CentreX + 8, from.Bottom + 16, "start");
        return new DiagramArrow(connections, [(side, from.Middle), (to.CentreX, from.Middle), (to.CentreX, to.Y)], labelX, labelY, anchor);
    }

    /// <summary>True when going sideways first would cross the target's own column neighbours: then go down first.</summary>
    private bool IsBelowColumn(DiagramBox from, DiagramBox to) =>
        Boxes.Any(b => b != to && Math.Abs(b.CentreX - to.CentreX) < 1 && b.Bottom > from.Middle && b.Y < to.Y);

    /// <summary>Past the nodes in between, each such line in its own lane.</summary>
    private DiagramArrow Around(IReadOnlyList<Connection> connections, DiagramBox from, DiagramBox to)
    {
        double top = Math.Min(from.Y, to.Y), bottom = Math.Max(from.Bottom, to.Bottom);
        var between = Boxes.Where(b => b.Y > top && b.Bottom < bottom).Select(b => b.Right - 40).DefaultIfEmpty(0).Max();
        var lane = Math.Max(between, Math.Max(from.Right, to.Right)) + 60 + 16 * (_lanes++ % 4);
        var entry = to.Middle + (to.Y > from.Y ? -10 : 10);
        return new DiagramArrow(connections, [(from.Right, from.Middle + 10), (lane, from.Middle + 10), (lane, entry), (to.Right, entry)], from.Right + 8, from.Middle + 4, "start");
    }
}
