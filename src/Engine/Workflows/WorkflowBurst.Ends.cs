namespace Engine.Workflows;

/// <summary>How executions end: whoever ends takes what is below it along, its queued work, its waits, its timers.</summary>
internal sealed partial class WorkflowBurst
{
    public async ValueTask CompleteAsync(ActivityContext context, Outcomes outcomes)
    {
        if (context.Instance.Status != ActivityStatus.Running) return;
        RequireWayOn(context, outcomes);
        context.Instance.Status = ActivityStatus.Completed;
        await EndBelowAsync(context);
        if (context.Node is { } node) state.Trail.Outcomes[node.Id] = [.. outcomes.Names.OfType<string>()];
        await CallBackAsync(context, outcomes);
        if (context.Instance.Status == ActivityStatus.Completed) Forget(context);
    }

    public async ValueTask CancelAsync(ActivityContext context)
    {
        if (context.Instance.Status is not (ActivityStatus.Running or ActivityStatus.Faulted)) return;
        context.Instance.Status = ActivityStatus.Canceled;
        await EndBelowAsync(context);
        Forget(context);
        if (context.Parent is { Node.Graph: not null, Instance.Status: ActivityStatus.Running } chart) await Flowchart.ChildCanceledAsync(chart, context);
    }

    /// <summary>Takes queued work of an owner that goes on out of the queue.</summary>
    public IReadOnlyList<WorkItem> Drop(ActivityContext owner, Predicate<ActivityNode> which)
    {
        var dropped = _queue.Drop(owner, which);
        foreach (var item in dropped) TakeCallback(owner, item.Node);
        return dropped;
    }

    /// <summary>Elsa.Complete: loops on the way up end, then the sender, then the workflow.</summary>
    /// <exception cref="ActivityFaultException">The sender stands in an inner flowchart: there Elsa cannot do it either.</exception>
    public async ValueTask CompleteWorkflowAsync(ActivityContext sender, Outcomes outcomes)
    {
        foreach (var receiver in sender.AndAncestors())
        {
            if (receiver.Node is { Type: "Elsa.While" or "Elsa.For" or "Elsa.ForEach" }) await CompleteAsync(receiver, Outcomes.Default);
            if (receiver.Node is not null) continue;
            await CompleteAsync(sender, Outcomes.Default);
            if (receiver.Instance.Status == ActivityStatus.Running && sender.AndAncestors().Count(c => c.Node?.Graph is not null) > 1)
                throw new ActivityFaultException($"Activity {definition.Root.Id} is not reachable from the flowchart graph. Unable to schedule it's outbound activities.", $"“{sender.Node!.DisplayText}”在内层流程图里，不能从那里结束整个流程；请把它移到最外层流程图，内层用 Elsa.End 结束");
            await CompleteAsync(receiver, outcomes);
        }
    }

    /// <summary>Elsa.Finish: nothing else of this instance runs or waits.</summary>
    public void Finish()
    {
        state.Callbacks.Clear();
        _queue.Clear();
        CloseBookmarks(_ => true);
        state.SubStatus = WorkflowSubStatus.Finished;
    }

    /// <summary>A verdict, a person's decision or a switch that leads nowhere would end the flow, or go on, as if all were done. Elsa's own activities may end so, as they do there.</summary>
    private void RequireWayOn(ActivityContext context, Outcomes outcomes)
    {
        if (context.Node is not { Parent: { } container } node || node.Type.StartsWith("Elsa.", StringComparison.Ordinal) || activities.Find(node.Type)?.Descriptor is not { } descriptor) return;
        var (ports, port) = (descriptor.PortsOf(node), outcomes.Names is [.., { } last] ? last : "Done");
        var leads = container.Graph is { } graph
            ? outcomes.Names.Any(name => graph.Outbound(node).Any(c => c.SourcePort == name)) || (graph.Outbound(node).Count == 0 && ports.Except(descriptor.OptionalPorts).Count() <= 1)
            : port == "Done" || (!ports.Contains("Done") && ports is [var first, ..] && port == first);
        if (leads) return;
        var where = container.Graph is null ? "它不直接在流程图上，只能走第一个出口；请把它移到流程图上" : "流程图没有这个出口的连线；请画出连线";
        throw new ActivityFaultException($"No arrow leaves port '{port}'.", $"“{node.DisplayText}”的结果是 {port}，但{where}");
    }

    private async ValueTask EndBelowAsync(ActivityContext context)
    {
        _queue.Drop(context);
        foreach (var child in context.Children.ToList()) await CancelAsync(child);
        CloseBookmarks(b => b.InstanceId == context.Instance.Id);
        if (context.Awaited > 0) state.Callbacks.RemoveAll(c => c.OwnerId == context.Instance.Id);
        context.Awaited = 0;
    }

    private async ValueTask CallBackAsync(ActivityContext child, Outcomes outcomes)
    {
        if (child.Parent is not { } owner || TakeCallback(owner, child.Node!) is not { } callback) return;
        owner.Instance.Tag = callback.Tag;
        if (owner.Node is null) await CompleteAsync(owner, Outcomes.Default);
        // Where the owner cannot go on, it is after this child.
        else await GuardAsync(child, () => activities.Find(owner.Node.Type)!.ChildCompletedAsync(owner, child, outcomes));
    }

    private void Await(ActivityContext owner, ActivityNode node, string? tag)
    {
        state.Callbacks.Add(new CompletionCallback(owner.Instance.Id, node.Id, tag));
        owner.Awaited++;
    }

    private CompletionCallback? TakeCallback(ActivityContext owner, ActivityNode node)
    {
        var index = state.Callbacks.FindIndex(c => c.OwnerId == owner.Instance.Id && c.ActivityId == node.Id);
        if (index < 0) return null;
        var callback = state.Callbacks[index];
        state.Callbacks.RemoveAt(index);
        owner.Awaited--;
        return callback;
    }

    private void CloseBookmarks(Predicate<Bookmark> which)
    {
        foreach (var bookmark in state.Bookmarks.FindAll(which)) _effects.Add(new BookmarkClosed(bookmark, false));
        state.Bookmarks.RemoveAll(which);
    }
}
