using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>
/// One run of an instance until nothing is queued: a first-in-first-out queue, executions that form a tree, completion that
/// calls the owner back. What Elsa 3.6 does in its default mode, in the same order.
/// </summary>
internal sealed partial class WorkflowBurst(WorkflowDefinition definition, WorkflowState state, ActivityRegistry activities, TimeProvider clock, IServiceProvider services, CancellationToken cancellation)
{
    private readonly WorkQueue _queue = new();
    private readonly Dictionary<string, ActivityContext> _live = new(StringComparer.Ordinal);
    private readonly List<string> _lines = [];
    private readonly List<WorkflowEffect> _effects = [];
    private readonly int _incidentsBefore = state.Incidents.Count;
    private int _executions;
    private long _kept;
    private TimeSpan _evaluating;

    public WorkflowDefinition Definition => definition;
    public WorkflowState State => state;
    public IServiceProvider Services => services;
    public CancellationToken Cancellation => cancellation;
    public DateTimeOffset Now => clock.GetUtcNow();

    public async ValueTask StartAsync()
    {
        var workflow = Add(new ActivityInstance { Id = NextId(), Status = ActivityStatus.Running }, null, null);
        workflow.Declare(definition.Variables);
        Schedule(workflow, definition.Root, null, null, false);
        await DrainAsync();
    }

    public async ValueTask ResumeAsync(Bookmark bookmark, JsonNode? payload)
    {
        Restore();
        var context = _live[bookmark.InstanceId];
        state.Bookmarks.RemoveAll(b => b.Key == bookmark.Key);
        _effects.Add(new BookmarkClosed(bookmark, true));
        await GuardAsync(context, () => Find(context).ResumeAsync(context, bookmark, payload?.DeepClone()));
        await DrainAsync();
    }

    public async ValueTask RetryAsync()
    {
        state.SubStatus = WorkflowSubStatus.Executing;
        Restore();
        foreach (var faulted in _live.Values.Where(c => c.Instance.Status == ActivityStatus.Faulted).OrderBy(Number).ToList())
        {
            var owner = faulted.Parent!;
            Forget(faulted);
            if (faulted.Instance.Properties[Blocked] is { } why)
            {
                FaultAt(owner, faulted.Node!, new ActivityFaultException(why["message"]!.GetValue<string>(), why["detail"]!.GetValue<string>()));
                continue;
            }
            CloseBookmarks(b => b.InstanceId == faulted.Instance.Id);
            // Where the owner failed to go on after it, the owner no longer waits for it.
            if (!state.Callbacks.Exists(c => c.OwnerId == owner.Instance.Id && c.ActivityId == faulted.Node!.Id)) Await(owner, faulted.Node!, null);
            _queue.Add(new WorkItem(faulted.Node!, owner, faulted.Instance.Dynamic, faulted.Instance.Backward));
        }
        await DrainAsync();
    }

    public void CancelAll()
    {
        foreach (var bookmark in state.Bookmarks) _effects.Add(new BookmarkClosed(bookmark, false));
        state.Bookmarks.Clear();
        state.Callbacks.Clear();
        state.Instances.Clear();
        state.SubStatus = WorkflowSubStatus.Cancelled;
        state.Revision++;
    }

    public WorkflowRun Result() => new(state, _lines, _effects, state.Incidents.Skip(_incidentsBefore).ToList(), null);

    public void Write(ActivityContext context, string? line)
    {
        Keep(context, line?.Length ?? 0);
        _lines.Add(line ?? "");
    }

    /// <exception cref="ActivityFaultException">What this step keeps and says is too much.</exception>
    public void Keep(ActivityContext context, JsonNode? value)
    {
        var size = new ValueSize();
        if (size.Refuse(value) is { } why) throw new ActivityFaultException("The value is too large.", $"活动“{context.Node!.Id}”：{why}");
        Keep(context, size.Characters);
    }

    /// <summary>Evaluates one expression within what this step may spend on all of them.</summary>
    /// <exception cref="ExpressionException">It cannot be evaluated, takes too long, or gives too much.</exception>
    public JsonNode? Evaluate(Func<JsonNode?> expression)
    {
        if (EvaluatingLeft <= TimeSpan.Zero) throw new ExpressionException($"一次运行里的表达式合计超过 {FlowLimits.Evaluating.TotalSeconds} 秒");
        var began = Stopwatch.GetTimestamp();
        try { return JsonValues.Fit(expression()); }
        finally { _evaluating += Stopwatch.GetElapsedTime(began); }
    }

    /// <summary>What is left of the time for expressions.</summary>
    public TimeSpan EvaluatingLeft => FlowLimits.Evaluating - _evaluating;

    public void Emit(WorkflowEffect effect) => _effects.Add(effect);

    public void Schedule(ActivityContext owner, ActivityNode node, string? tag, IReadOnlyDictionary<string, JsonNode?>? variables, bool backward)
    {
        // What has ended begins nothing more.
        if (owner.Instance.Status is ActivityStatus.Completed or ActivityStatus.Canceled) return;
        if (_queue.Count >= FlowLimits.Executions) throw new ActivityFaultException("Too much work is queued.", $"等待执行的活动超过 {FlowLimits.Executions} 个");
        Await(owner, node, tag);
        _queue.Add(new WorkItem(node, owner, variables, backward));
    }

    public bool IsQueued(ActivityContext owner, ActivityNode node) => _queue.Holds(owner, node);

    public void Wait(ActivityContext context, string kind, JsonObject payload, DateTimeOffset? dueAt)
    {
        if (state.Bookmarks.Count >= FlowLimits.Waits) throw new ActivityFaultException("Too many waits.", $"活动“{context.Node!.Id}”：流程同时等待的地方超过 {FlowLimits.Waits} 处");
        if (dueAt - Now > FlowLimits.Wait) throw new ActivityFaultException("The wait is too long.", $"活动“{context.Node!.Id}”要等到 {dueAt:yyyy-MM-dd}，最长只能等 {FlowLimits.Wait.TotalDays} 天");
        var taken = state.Bookmarks.Select(b => b.Key).ToHashSet(StringComparer.Ordinal);
        var key = context.Node!.Id;
        for (var n = 2; taken.Contains(key); n++) key = $"{context.Node.Id}#{n}";
        var bookmark = new Bookmark(key, context.Node.Id, kind, context.Instance.Id, payload, dueAt?.ToUniversalTime(), Now);
        state.Bookmarks.Add(bookmark);
        _effects.Add(new BookmarkOpened(bookmark));
    }

    private void Keep(ActivityContext context, long characters)
    {
        _kept += characters;
        if (_kept > FlowLimits.Kept) throw new ActivityFaultException("This step keeps too much.", $"活动“{context.Node!.Id}”：一次运行里设置和输出的内容合计超过 {FlowLimits.Kept} 字");
    }

    private async ValueTask DrainAsync()
    {
        while (_queue.TryTake(out var item))
        {
            cancellation.ThrowIfCancellationRequested();
            await ExecuteAsync(item);
        }
        if (state.Status == WorkflowStatus.Running) state.SubStatus = _live.Count == 0 ? WorkflowSubStatus.Finished : WorkflowSubStatus.Suspended;
        state.NothingToWaitFor = state.SubStatus == WorkflowSubStatus.Suspended && state.Bookmarks.Count == 0
            ? "流程没有结束，也没有任何可等待的任务、事件或计时，请检查汇合与故障的分支" : null;
        Save();
    }

    private async ValueTask ExecuteAsync(WorkItem item)
    {
        var instance = new ActivityInstance { Id = NextId(), ActivityId = item.Node.Id, ParentId = item.Owner.Instance.Id, Status = ActivityStatus.Running, Backward = item.Backward };
        foreach (var (name, value) in item.Variables ?? new Dictionary<string, JsonNode?>()) instance.Dynamic[name] = value?.DeepClone();
        var context = Add(instance, item.Node, item.Owner);
        if (!state.Trail.Executed.Contains(item.Node.Id)) state.Trail.Executed.Add(item.Node.Id);
        if (++_executions > FlowLimits.Executions)
        {
            Fault(context, new ActivityFaultException($"一次运行超过 {FlowLimits.Executions} 个活动，流程可能是没有等待的死循环"));
            _queue.Clear();
            return;
        }
        await GuardAsync(context, async () =>
        {
            var activity = Find(context);
            context.IsTerminal = activity.Descriptor.IsTerminal;
            if (item.Node.Misread(activity.Descriptor).FirstOrDefault() is { } port)
                throw new ActivityFaultException($"Port '{port}' does not hold an activity.", $"活动“{item.Node.Id}”的 {port} 里写的不是活动：活动要有 type，例如 Elsa.Sequence");
            context.EvaluateInputs(activity.Descriptor);
            context.Declare(item.Node.Variables);
            await activity.ExecuteAsync(context);
        });
    }

    private async ValueTask GuardAsync(ActivityContext context, Func<ValueTask> act)
    {
        try { await act(); }
        catch (ActivityFaultException e) { Fault(context, e); }
    }

    private IActivity Find(ActivityContext context) => activities.Find(context.Node!.Type)
        ?? throw new ActivityFaultException($"Activity type '{context.Node.Type}' version '0' could not be found.", $"没有名为 {context.Node.Type} 的活动类型，请检查拼写或启用提供它的功能");

    private void Fault(ActivityContext context, ActivityFaultException e)
    {
        context.Instance.Status = ActivityStatus.Faulted;
        if (!_live.ContainsKey(context.Instance.Id)) Remember(context);
        state.Incidents.Add(new Incident(context.Node!.Id, context.Node.Type, e.Message, e.Detail, Now));
        if (!definition.ContinuesWithIncidents && state.Status == WorkflowStatus.Running) state.SubStatus = WorkflowSubStatus.Faulted;
    }

    /// <summary>A node of a chart that cannot be entered. Trying again does not enter it either.</summary>
    public void FaultAt(ActivityContext chart, ActivityNode node, ActivityFaultException e)
    {
        var instance = new ActivityInstance { Id = NextId(), ActivityId = node.Id, ParentId = chart.Instance.Id };
        instance.Properties[Blocked] = new JsonObject { ["message"] = e.Message, ["detail"] = e.Detail ?? e.Message };
        Fault(Add(instance, node, chart), e);
    }

    private const string Blocked = "blocked";

    private string NextId() => (state.NextInstance++).ToString(CultureInfo.InvariantCulture);

    private static int Number(ActivityContext context) => int.Parse(context.Instance.Id, CultureInfo.InvariantCulture);

    private ActivityContext Add(ActivityInstance instance, ActivityNode? node, ActivityContext? parent)
    {
        var context = new ActivityContext(this, instance, node, parent);
        Remember(context);
        return context;
    }

    private void Remember(ActivityContext context)
    {
        _live[context.Instance.Id] = context;
        context.Parent?.Children.Add(context);
    }

    private void Forget(ActivityContext context)
    {
        if (_live.Remove(context.Instance.Id)) context.Parent?.Children.Remove(context);
    }

    private void Restore()
    {
        var byId = new Dictionary<string, ActivityContext>(StringComparer.Ordinal);
        var awaited = state.Callbacks.CountBy(c => c.OwnerId).ToDictionary(StringComparer.Ordinal);
        foreach (var instance in state.Instances)
        {
            var parent = instance.ParentId is { } id ? byId.GetValueOrDefault(id) : null;
            var context = new ActivityContext(this, instance, instance.ActivityId is { } a ? definition.Find(a) : null, parent) { Awaited = awaited.GetValueOrDefault(instance.Id) };
            context.IsTerminal = context.Node is { } node && activities.Find(node.Type)?.Descriptor.IsTerminal == true;
            byId[instance.Id] = context;
            if (instance.Status is ActivityStatus.Running or ActivityStatus.Faulted) Remember(context);
        }
    }

    /// <summary>Keeps what still runs, and its ancestors, because signals pass through them.</summary>
    private void Save()
    {
        state.Instances = state.Status == WorkflowStatus.Finished && state.SubStatus != WorkflowSubStatus.Faulted
            ? []
            : [.. _live.Values.SelectMany(c => c.AndAncestors()).Distinct().OrderBy(Number).Select(c => c.Instance)];
        state.Revision++;
    }
}
