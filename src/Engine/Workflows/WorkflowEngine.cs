using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>
/// Runs a definition over a state and answers with the next state and what the world has to do about it. Keeps nothing, reads
/// no clock but the given one, touches no store: the caller saves state and effects in the transaction of its step.
/// </summary>
public sealed class WorkflowEngine(ActivityRegistry activities, TimeProvider clock)
{
    public ActivityRegistry Activities { get; } = activities;

    /// <summary>Starts an instance and runs it until it ends or waits.</summary>
    /// <param name="inputs">Workflow inputs by name; others are ignored.</param>
    /// <param name="services">What activities ask for: <see cref="IRuleCheckHost"/>, <see cref="IFeatureHost"/>, a module's own.</param>
    /// <param name="instanceId">The caller's id of the instance; the engine only hands it to scripts.</param>
    /// <exception cref="ArgumentException">An input is too large or outside its type.</exception>
    public async Task<WorkflowRun> StartAsync(WorkflowDefinition definition, IReadOnlyDictionary<string, JsonNode?> inputs, IServiceProvider services, string? instanceId = null, CancellationToken cancellation = default)
    {
        var state = new WorkflowState { DefinitionHash = definition.Hash, InstanceId = instanceId };
        foreach (var input in definition.Inputs)
        {
            if (inputs.TryGetValue(input.Name, out var value)) state.Inputs[input.Name] = InputOf(input, value);
        }
        var burst = new WorkflowBurst(definition, state, Activities, clock, services, cancellation);
        await burst.StartAsync();
        return burst.Result();
    }

    private static JsonNode? InputOf(ArgumentDefinition input, JsonNode? value)
    {
        try { return JsonValues.Convert(JsonValues.Fit(value), input.TypeName, false); }
        catch (ExpressionException e) { throw new ArgumentException($"流程输入“{input.Name}”不能用：{e.Message}"); }
    }

    /// <summary>Resumes one wait. The given state is not changed. A refusal changes nothing and says why.</summary>
    /// <param name="bookmarkKey">Key of a bookmark, see <see cref="Bookmark"/>.</param>
    /// <param name="payload">For a task <c>{"action":"Done", …}</c> or the action's key; for RunTask its result.</param>
    public async Task<WorkflowRun> ResumeAsync(WorkflowDefinition definition, WorkflowState state, string bookmarkKey, JsonNode? payload, IServiceProvider services, CancellationToken cancellation = default)
    {
        if (state.DefinitionHash != definition.Hash)
            return WorkflowRun.Refuse(state, RefusalReason.OtherDefinition, "该流程实例固定在另一版流程定义上，请用登记时的版本继续");
        if (state.Status == WorkflowStatus.Finished)
            return WorkflowRun.Refuse(state, RefusalReason.NotRunning, state.IsStopped ? "流程发生异常，处理后才能继续" : "流程已结束，不能继续");
        if (state.Bookmark(bookmarkKey) is not { } bookmark)
            return WorkflowRun.Refuse(state, RefusalReason.NotWaiting, $"流程没有在“{bookmarkKey}”等待：该步骤已完成或尚未到达，请刷新后再试");
        if (new ValueSize().Refuse(payload) is { } large) return WorkflowRun.Refuse(state, RefusalReason.PayloadRefused, large);
        var node = definition.Find(bookmark.ActivityId);
        if (node is not null && Activities.Find(node.Type)?.Refuse(bookmark, payload) is { } why)
            return WorkflowRun.Refuse(state, RefusalReason.PayloadRefused, why);
        var burst = new WorkflowBurst(definition, state.Copy(), Activities, clock, services, cancellation);
        await burst.ResumeAsync(bookmark, payload);
        return burst.Result();
    }

    /// <summary>Runs again what has faulted. The given state is not changed; what faults again is a new incident.</summary>
    public async Task<WorkflowRun> RetryAsync(WorkflowDefinition definition, WorkflowState state, IServiceProvider services, CancellationToken cancellation = default)
    {
        if (state.DefinitionHash != definition.Hash)
            return WorkflowRun.Refuse(state, RefusalReason.OtherDefinition, "该流程实例固定在另一版流程定义上，请用登记时的版本继续");
        if (!state.IsStopped) return WorkflowRun.Refuse(state, RefusalReason.NotRunning, "流程没有故障，不需要重试");
        var burst = new WorkflowBurst(definition, state.Copy(), Activities, clock, services, cancellation);
        await burst.RetryAsync();
        return burst.Result();
    }

    /// <summary>Ends an instance that waits or has faulted: all bookmarks close, nothing after them runs.</summary>
    public WorkflowRun Cancel(WorkflowDefinition definition, WorkflowState state)
    {
        if (state.Status == WorkflowStatus.Finished && !state.IsStopped) return WorkflowRun.Refuse(state, RefusalReason.NotRunning, "流程已结束，不能取消");
        var burst = new WorkflowBurst(definition, state.Copy(), Activities, clock, EmptyServices.Instance, default);
        burst.CancelAll();
        return burst.Result();
    }

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();
        public object? GetService(Type serviceType) => null;
    }
}

public enum RefusalReason { NotWaiting, NotRunning, OtherDefinition, PayloadRefused }

/// <summary>Why a resume was not done.</summary>
public sealed record WorkflowRefusal(RefusalReason Reason, string Message);

/// <summary>What one start or resume did.</summary>
/// <param name="State">The state to store; the old one when refused.</param>
/// <param name="Lines">Texts of Elsa.WriteLine in this step.</param>
/// <param name="Effects">What the caller stores or sends with the state, in order.</param>
/// <param name="Incidents">Incidents of this step.</param>
/// <param name="Refusal">Set when nothing was done.</param>
public sealed record WorkflowRun(WorkflowState State, IReadOnlyList<string> Lines, IReadOnlyList<WorkflowEffect> Effects, IReadOnlyList<Incident> Incidents, WorkflowRefusal? Refusal)
{
    /// <summary>Nothing was run: what is written beside the flow leaves it as it is.</summary>
    public static WorkflowRun Nothing(WorkflowState state) => new(state, [], [], [], null);

    internal static WorkflowRun Refuse(WorkflowState state, RefusalReason reason, string message) => new(state, [], [], [], new WorkflowRefusal(reason, message));
}

/// <summary>Something the caller has to do in the same transaction; modules derive their own.</summary>
public abstract record WorkflowEffect(string ActivityId);

/// <summary>The instance waits here from now on.</summary>
public sealed record BookmarkOpened(Bookmark Bookmark) : WorkflowEffect(Bookmark.ActivityId);

/// <summary>The instance waits here no longer.</summary>
/// <param name="Resumed">False when it was cancelled because another branch ended the flow.</param>
public sealed record BookmarkClosed(Bookmark Bookmark, bool Resumed) : WorkflowEffect(Bookmark.ActivityId);

/// <summary>Elsa.PublishEvent: deliver to waiting Event bookmarks (of this instance only when <paramref name="Local"/>).</summary>
public sealed record EventPublished(string ActivityId, string EventName, string? CorrelationId, bool Local, JsonNode? Payload) : WorkflowEffect(ActivityId);

/// <summary>Elsa.RunTask: somebody outside does it and resumes with the result.</summary>
public sealed record TaskRequested(string ActivityId, string TaskName, JsonNode? Payload) : WorkflowEffect(ActivityId);

/// <summary>Station.Print: one document to print, for example the donation labels.</summary>
public sealed record PrintRequested(string ActivityId, string Document, int Copies) : WorkflowEffect(ActivityId);
