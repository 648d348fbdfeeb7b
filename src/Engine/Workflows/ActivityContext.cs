using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>What an activity sees of the instance it runs in.</summary>
public sealed partial class ActivityContext
{
    private readonly WorkflowBurst _burst;
    private readonly Dictionary<string, JsonNode?> _inputs = new(StringComparer.Ordinal);

    internal ActivityContext(WorkflowBurst burst, ActivityInstance instance, ActivityNode? node, ActivityContext? parent)
    {
        _burst = burst;
        Instance = instance;
        Node = node;
        Parent = parent;
    }

    /// <summary>Its node; null for the workflow itself, which activities never see.</summary>
    public ActivityNode? Node { get; }

    internal ActivityInstance Instance { get; }
    internal ActivityContext? Parent { get; }
    internal WorkflowBurst Burst => _burst;
    internal bool IsTerminal { get; set; }

    /// <summary>Executions it owns that are not over, in the order they began.</summary>
    internal List<ActivityContext> Children { get; } = [];

    /// <summary>How much queued work is its own.</summary>
    internal int Queued { get; set; }

    /// <summary>How much queued work is its own or belongs to executions below it.</summary>
    internal int QueuedBelow { get; set; }

    /// <summary>How many completions it waits for.</summary>
    internal int Awaited { get; set; }

    public WorkflowState State => _burst.State;
    public WorkflowDefinition Definition => _burst.Definition;
    public CancellationToken Cancellation => _burst.Cancellation;

    /// <summary>Now, from the injected clock, UTC.</summary>
    public DateTimeOffset Now => _burst.Now;

    /// <summary>The tag of the child that has just completed.</summary>
    public string? Tag => Instance.Tag;

    /// <summary>The activity's own notes, stored with the instance.</summary>
    public JsonObject Properties => Instance.Properties;

    /// <summary>A service of the run.</summary>
    /// <exception cref="ActivityFaultException">The host of this run does not offer it.</exception>
    public T Service<T>() where T : class => _burst.Services.GetService(typeof(T)) as T
        ?? throw new ActivityFaultException($"Service '{typeof(T).Name}' is not available.", $"运行环境没有提供活动“{Node!.Id}”需要的服务 {typeof(T).Name}");

    /// <summary>Value of an input, evaluated once in this run.</summary>
    /// <exception cref="ActivityFaultException">The expression fails.</exception>
    public JsonNode? Input(string name)
    {
        if (!_inputs.TryGetValue(name, out var value)) _inputs[name] = value = Evaluate(name);
        return value;
    }

    public string? InputText(string name) => JsonValues.ToText(Input(name));
    public bool InputFlag(string name, bool otherwise = false) => Input(name) is { } value ? JsonValues.ToBoolean(value) : otherwise;
    public IReadOnlyList<JsonNode?> InputList(string name) => JsonValues.ToList(Input(name));

    /// <summary>A whole number between the two, rounded to even; <paramref name="otherwise"/> when it is not given.</summary>
    /// <exception cref="ActivityFaultException">It is given and is no such number.</exception>
    public int InputNumber(string name, int otherwise = 0, int least = int.MinValue, int most = int.MaxValue)
    {
        if (Input(name) is not { } value) return otherwise;
        if (JsonValues.ToNumber(value) is { } number && Math.Round(number) >= least && Math.Round(number) <= most) return (int)Math.Round(number);
        var shown = JsonValues.Shown(JsonValues.ToText(value));
        throw new ActivityFaultException($"'{shown}' is not a whole number from {least} to {most}.", $"活动“{Node!.Id}”的 {name} 是“{shown}”，须是 {least} 到 {most} 的整数");
    }

    /// <summary>An input that is one of several words, in any case; the first when it is not given.</summary>
    /// <exception cref="ActivityFaultException">It is none of them.</exception>
    public string InputWord(string name, params string[] words)
    {
        try { return Expressions.Word(Input(name), words); }
        catch (ExpressionException e) { throw new ActivityFaultException(e.Message, $"活动“{Node!.Id}”的 {name}：{e.Message}"); }
    }

    /// <summary>Evaluates an input again, for example a loop's condition.</summary>
    public JsonNode? Evaluate(string name)
    {
        try { return _burst.Evaluate(() => Expressions.EvaluateInput(Node!.Json[name], this)); }
        catch (ExpressionException e)
        {
            var shown = char.ToUpperInvariant(name[0]) + name[1..];
            throw new ActivityFaultException($"Failed to evaluate activity input '{shown}'", $"活动“{Node!.Id}”的属性 {name} 无法求值：{e.Message}");
        }
    }

    /// <summary>Evaluates a bare expression <c>{"type":…,"value":…}</c>, for example a case's condition.</summary>
    public JsonNode? EvaluateExpression(JsonNode? expression, string where)
    {
        var bare = (expression as JsonObject)?["expression"] ?? expression;
        try { return _burst.Evaluate(() => bare is JsonValue plain ? plain.DeepClone() : Expressions.Evaluate(bare as JsonObject ?? throw new ExpressionException("没有写表达式"), this)); }
        catch (ExpressionException e) { throw new ActivityFaultException(e.Message, $"活动“{Node!.Id}”的 {where} 无法求值：{e.Message}"); }
    }

    /// <summary>Completes with the default outcome, which matches "Done" and a missing port.</summary>
    public ValueTask CompleteAsync() => _burst.CompleteAsync(this, Outcomes.Default);

    /// <summary>Completes with these outcomes; ports match exactly, case included.</summary>
    public ValueTask CompleteAsync(params string?[] outcomes) => _burst.CompleteAsync(this, new Outcomes(outcomes));

    /// <summary>Queues a child; <see cref="IActivity.ChildCompletedAsync"/> is called when it completes.</summary>
    public void Schedule(ActivityNode child, string? tag = null, IReadOnlyDictionary<string, JsonNode?>? variables = null) => _burst.Schedule(this, child, tag, variables, false);

    /// <summary>Waits until somebody resumes the bookmark this opens.</summary>
    /// <exception cref="ActivityFaultException">It would wait longer, or in more places, than a flow may.</exception>
    public void Wait(string kind, JsonObject payload, DateTimeOffset? dueAt = null) => _burst.Wait(this, kind, payload, dueAt);

    /// <summary>Tells the caller of the engine what to do in its transaction.</summary>
    public void Emit(WorkflowEffect effect) => _burst.Emit(effect);

    public void WriteLine(string? line) => _burst.Write(this, line);

    internal IEnumerable<ActivityContext> AndAncestors()
    {
        for (var context = this; context is not null; context = context.Parent) yield return context;
    }

    internal void EvaluateInputs(ActivityDescriptor descriptor)
    {
        foreach (var input in descriptor.Inputs.Where(i => i.AutoEvaluate)) Input(input.Name);
    }
}
