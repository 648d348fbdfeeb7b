using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>One activity that is to run next, for the owner that has scheduled it.</summary>
internal sealed record WorkItem(ActivityNode Node, ActivityContext Owner, IReadOnlyDictionary<string, JsonNode?>? Variables, bool Backward);

/// <summary>The queue of a run, first in first out. Owners know how much of it is theirs, so that what ends can take its own with it.</summary>
internal sealed class WorkQueue
{
    private readonly Queue<WorkItem> _items = new();

    public int Count => _items.Count;

    public void Add(WorkItem item)
    {
        _items.Enqueue(item);
        Note(item, 1);
    }

    public bool TryTake(out WorkItem item)
    {
        if (!_items.TryDequeue(out item!)) return false;
        Note(item, -1);
        return true;
    }

    public bool Holds(ActivityContext owner, ActivityNode node) => owner.Queued > 0 && _items.Any(i => i.Owner == owner && i.Node == node);

    /// <summary>Takes out what an owner has queued, all of it or what stands for certain nodes.</summary>
    public IReadOnlyList<WorkItem> Drop(ActivityContext owner, Predicate<ActivityNode>? which = null)
    {
        if (owner.Queued == 0) return [];
        var dropped = new List<WorkItem>();
        for (var left = _items.Count; left > 0; left--)
        {
            var item = _items.Dequeue();
            if (item.Owner == owner && which?.Invoke(item.Node) != false) dropped.Add(item);
            else _items.Enqueue(item);
        }
        foreach (var item in dropped) Note(item, -1);
        return dropped;
    }

    public void Clear()
    {
        while (TryTake(out _)) { }
    }

    private static void Note(WorkItem item, int by)
    {
        item.Owner.Queued += by;
        foreach (var context in item.Owner.AndAncestors()) context.QueuedBelow += by;
    }
}
