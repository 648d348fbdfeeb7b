namespace Engine.Workflows;

/// <summary>A place on a way through a flow: in front of an activity, behind one of its ports, where branches meet, or the flow's end.</summary>
internal sealed class WayPoint(ActivityNode? node, string? port)
{
    /// <summary>Null where branches meet and at the end.</summary>
    public ActivityNode? Node { get; } = node;

    /// <summary>Null in front of the activity.</summary>
    public string? Port { get; } = port;

    /// <summary>It is passed only when all that leads to it was.</summary>
    public bool NeedsAll { get; init; }

    /// <summary>What leads on from here is begun at once, not one of it.</summary>
    public bool Splits { get; set; }

    public List<WayPoint> Next { get; } = [];

    public int Inbound { get; private set; }

    public void LeadsTo(WayPoint next)
    {
        Next.Add(next);
        next.Inbound++;
    }
}
