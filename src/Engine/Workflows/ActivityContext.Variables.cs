using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>Variables, results and outputs as an activity reads and writes them.</summary>
public sealed partial class ActivityContext
{
    /// <summary>The activity's result: bound variable, getLastResult() and getOutputFrom().</summary>
    public void SetResult(JsonNode? value) => SetOutput("result", value);

    /// <summary>An output: goes to the variable its <c>memoryReference</c> names, and is kept for later activities.</summary>
    /// <exception cref="ActivityFaultException">There is no such variable, or the value does not go into it.</exception>
    public void SetOutput(string name, JsonNode? value)
    {
        _burst.Keep(this, value);
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
    /// <exception cref="ActivityFaultException">The value does not go into it.</exception>
    public void SetVariable(string name, JsonNode? value)
    {
        foreach (var scope in AndAncestors())
        {
            if (scope.Declared().FirstOrDefault(v => v.Name == name) is { } variable) { Assign(scope, variable, value); return; }
            if (scope.Instance.Dynamic.ContainsKey(name) || scope.Parent is null) { MakeUp(scope, name, value); return; }
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
            Assign(scope, variable, value);
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

    internal void Declare(IReadOnlyList<VariableDefinition> variables)
    {
        foreach (var variable in variables) Instance.Variables[variable.Id] = variable.Default?.DeepClone();
    }

    private IReadOnlyList<VariableDefinition> Declared() => Node?.Variables ?? Definition.Variables;

    private void Assign(ActivityContext scope, VariableDefinition variable, JsonNode? value)
    {
        _burst.Keep(this, value);
        try { scope.Instance.Variables[variable.Id] = JsonValues.Convert(value, variable.TypeName, variable.IsArray)?.DeepClone(); }
        catch (ExpressionException e)
        {
            throw new ActivityFaultException($"Variable '{variable.Name}' cannot hold the value.", $"活动“{Node!.Id}”不能设置变量“{variable.Name}”（{variable.TypeName}）：{e.Message}");
        }
    }

    private void MakeUp(ActivityContext scope, string name, JsonNode? value)
    {
        _burst.Keep(this, value);
        if (scope.Instance.Dynamic.Count >= FlowLimits.MadeUp && !scope.Instance.Dynamic.ContainsKey(name))
            throw new ActivityFaultException("Too many variables.", $"活动“{Node!.Id}”设置的未声明变量超过 {FlowLimits.MadeUp} 个");
        scope.Instance.Dynamic[name] = value?.DeepClone();
    }
}
