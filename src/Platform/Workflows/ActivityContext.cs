using System.Text.Json.Nodes;

namespace Platform.Workflows;

/// <summary>What an activity sees of the instance it runs in.</summary>
public sealed class ActivityContext
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
    public int InputNumber(string name, int otherwise = 0) => Input(name) is { } value ? JsonValues.ToInt32(value) : otherwise;
    public IReadOnlyList<JsonNode?> InputList(string name) => JsonValues.ToList(Input(name));

    /// <summary>Evaluates an input again, for example a loop's condition.</summary>
    public JsonNode? Evaluate(string name)
    {
        try { return Expressions.EvaluateInput(Node!.Json[name], this); }
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
        try { return bare is JsonValue plain ? plain.DeepClone() : Expressions.Evaluate(bare as JsonObject ?? throw new ExpressionException("没有写表达式"), this); }
        catch (ExpressionException e) { throw new ActivityFaultException(e.Message, $"活动“{Node!.Id}”的 {where} 无法求值：{e.Message}"); }
    }

    /// <summary>An input that is one of several words, in any case; the first when it is not given.</summary>
    /// <exception cref="ActivityFaultException">It is none of them.</exception>
    public string InputWord(string name, params string[] words)
    {
        try { return Expressions.Word(Input(name), words); }
        catch (ExpressionException e) { throw new ActivityFaultException(e.Message, $"活动“{Node!.Id}”的 {name}：{e.Message}"); }
    }

    /// <summary>Completes with the default outcome, which matches "Done" and a missing port.</summary>
    public ValueTask CompleteAsync() => _burst.CompleteAsync(this, Outcomes.Default);

    /// <summary>Completes with these outcomes; ports match exactly, case included.</summary>
    public ValueTask CompleteAsync(params string?[] outcomes) => _burst.CompleteAsync(this, new Outcomes(outcomes));

    /// <summary>Queues a child; <see cref="IActivity.ChildCompletedAsync"/> is called when it completes.</summary>
    public void Schedule(ActivityNode child, string? tag = null, IReadOnlyDictionary<string, JsonNode?>? variables = null) => _burst.Schedule(this, child, tag, variables, false);

    /// <summary>Waits until somebody resumes the bookmark this opens.</summary>
    public void Wait(string kind, JsonObject payload, DateTimeOffset? dueAt = null) => _burst.Wait(this, kind, payload, dueAt);

    /// <summary>Tells the caller of the engine what to do in its transaction.</summary>
    public void Emit(WorkflowEffect effect) => _burst.Emit(effect);

    public void WriteLine(string? line) => _burst.Write(line);

    /// <summary>The activity's result: bound variable, getLastResult() and getOutputFrom().</summary>
    public void SetResult(JsonNode? value) => SetOutput("result", value);

    /// <summary>An output: goes to the variable its <c>memoryReference</c> names, and is kept for later activities.</summary>
    public void SetOutput(string name, JsonNode? value)
    {
        if (!State.ActivityOutputs.TryGetValue(Node!.Id, out var outputs)) State.ActivityOutputs[Node.Id] = outputs = [];
        outputs[name] = value?.DeepClone();
        if (name == "result") State.LastResult = value?.DeepClone();
        if (Node.Json[name] is not JsonObject output || ActivityNode.Text(output["memoryReference"] as JsonObject, "id") is not { } id) return;
        if (TrySetVariableById(id, value)) return;
        if (Definition.Outputs.All(o => o.Name != id)) throw new ActivityFaultException($"Variable '{id}' could not be found.", $"活动“{Node.Id}”的 {name} 要写入的变量“{id}”没有声明");
        State.Output[id] = value?.DeepClone();
    }

    /// <summary>Finds a variable by name, nearest scope first.</summary>
    public bool TryGetVariable(string name, out JsonNode? value)
    {
        foreach (var scope in AndAncestors())
        {
            if (scope.Instance.Dynamic.TryGetValue(name, out value)) return true;
            if (scope.Declared().FirstOrDefault(v => v.Name == name) is { } variable) return scope.Instance.Variables.TryGetValue(variable.Id, out value);
        }
        value = null;
        return false;
    }

    /// <summary>Sets a variable by name; an unknown name becomes a variable of the workflow instance.</summary>
    public void SetVariable(string name, JsonNode? value)
    {
        foreach (var scope in AndAncestors())
        {
            if (scope.Declared().FirstOrDefault(v => v.Name == name) is { } variable) { scope.Assign(variable, value); return; }
            if (scope.Instance.Dynamic.ContainsKey(name) || scope.Parent is null) { scope.Instance.Dynamic[name] = value?.DeepClone(); return; }
        }
    }

    internal bool TryGetVariableById(string id, out JsonNode? value)
    {
        foreach (var scope in AndAncestors())
        {
            if (scope.Instance.Variables.TryGetValue(id, out value)) return true;
        }
        value = null;
        return false;
    }

    internal bool TrySetVariableById(string id, JsonNode? value)
    {
        foreach (var scope in AndAncestors())
        {
            if (scope.Declared().FirstOrDefault(v => v.Id == id) is not { } variable) continue;
            scope.Assign(variable, value);
            return true;
        }
        return false;
    }

    /// <summary>Names and values a script can see, nearest scope first.</summary>
    internal Dictionary<string, JsonNode?> VisibleVariables()
    {
        var visible = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var scope in AndAncestors())
        {
            foreach (var (name, value) in scope.Instance.Dynamic) visible.TryAdd(name, value);
            foreach (var variable in scope.Declared()) visible.TryAdd(variable.Name, scope.Instance.Variables.GetValueOrDefault(variable.Id));
        }
        return visible;
    }

    internal IEnumerable<ActivityContext> AndAncestors()
    {
        for (var context = this; context is not null; context = context.Parent) yield return context;
    }

    internal void Declare(IReadOnlyList<VariableDefinition> variables)
    {
        foreach (var variable in variables) Instance.Variables[variable.Id] = variable.Default?.DeepClone();
    }

    internal void EvaluateInputs(ActivityDescriptor descriptor)
    {
        foreach (var input in descriptor.Inputs.Where(i => i.AutoEvaluate)) Input(input.Name);
    }

    private IReadOnlyList<VariableDefinition> Declared() => Node?.Variables ?? Definition.Variables;

    private void Assign(VariableDefinition variable, JsonNode? value) =>
        Instance.Variables[variable.Id] = JsonValues.Convert(value, variable.TypeName, variable.IsArray)?.DeepClone();
}
