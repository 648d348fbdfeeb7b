using JintEngine = Jint.Engine;
using System.Text.Json.Nodes;
using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Engine.Workflows;

/// <summary>The functions and objects a script sees.</summary>
internal sealed class JavaScriptEnvironment(JintEngine engine, ScriptValues values, ActivityContext context)
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private JsObject? _variables;

    public void Define()
    {
        DefineVariables();
        DefineInputsAndOutputs();
        DefineInstance();
        DefineText();
    }

    /// <summary>What the script assigned to <c>variables.X</c> becomes the variable's value.</summary>
    public void WriteBack()
    {
        foreach (var (name, before) in _seen)
        {
            var now = values.FromJs(_variables!.Get(name));
            if (JsonValues.Write(now) != before) context.SetVariable(name, now);
        }
    }

    private void DefineVariables()
    {
        _variables = new JsObject(engine);
        foreach (var (name, value) in context.VisibleVariables())
        {
            _variables.Set(name, ScriptValues.ToJs(engine, value));
            _seen[name] = JsonValues.Write(value);
            Function("get" + Pascal(name), _ => _variables.Get(name));
            Function("set" + Pascal(name), a => Set(name, a.At(0)));
        }
        engine.SetValue("variables", _variables);
        Function("getVariable", a => _variables.Get(TypeConverter.ToString(a.At(0))));
        Function("setVariable", a => Set(TypeConverter.ToString(a.At(0)), a.At(1)));
    }

    private void DefineInputsAndOutputs()
    {
        foreach (var input in context.Definition.Inputs) Function("get" + Pascal(input.Name), _ => Js(context.State.Inputs.GetValueOrDefault(input.Name)));
        Function("getInput", a => Js(context.State.Inputs.GetValueOrDefault(TypeConverter.ToString(a.At(0)))));
        Function("getLastResult", _ => Js(context.State.LastResult));
        Function("getOutputFrom", a => Output(TypeConverter.ToString(a.At(0)), a.Length > 1 ? TypeConverter.ToString(a.At(1)) : "result"));
        foreach (var (id, outputs) in context.State.ActivityOutputs)
        {
            var name = context.Definition.Find(id)?.Name ?? id;
            foreach (var output in outputs.Keys) Function($"get{Pascal(output)}From{Pascal(name)}", _ => Output(id, output));
        }
    }

    private void DefineInstance()
    {
        Function("getWorkflowInstanceId", _ => Text(context.State.InstanceId));
        Function("getWorkflowDefinitionId", _ => context.Definition.DefinitionId);
        Function("getWorkflowDefinitionVersion", _ => context.Definition.Version);
        Function("getWorkflowInstanceName", _ => Text(context.State.Name));
        Function("setWorkflowInstanceName", a => Text(context.State.Name = Word(a.At(0))));
        Function("getCorrelationId", _ => Text(context.State.CorrelationId));
        Function("setCorrelationId", a => Text(context.State.CorrelationId = Word(a.At(0))));
    }

    private void DefineText()
    {
        Function("toJson", a => JsonValues.Write(values.FromJs(a.At(0))));
        Function("isNullOrEmpty", a => string.IsNullOrEmpty(Word(a.At(0))));
        Function("isNullOrWhiteSpace", a => string.IsNullOrWhiteSpace(Word(a.At(0))));
        foreach (var name in new[] { "newGuid", "newGuidString" }) Function(name, _ => Guid.CreateVersion7(context.Now).ToString());
    }

    private JsValue Set(string name, JsValue value)
    {
        _variables!.Set(name, value);
        _seen.TryAdd(name, "");
        return JsValue.Undefined;
    }

    private JsValue Output(string activity, string output)
    {
        var id = context.Definition.Find(activity)?.Id ?? context.Definition.Activities.FirstOrDefault(a => a.Name == activity)?.Id;
        var outputs = id is null ? null : context.State.ActivityOutputs.GetValueOrDefault(id);
        return Js(outputs?.FirstOrDefault(o => string.Equals(o.Key, output, StringComparison.OrdinalIgnoreCase)).Value);
    }

    private JsValue Js(JsonNode? value) => ScriptValues.ToJs(engine, value);

    private void Function(string name, Func<JsValue[], JsValue> call) => engine.SetValue(name, new ClrFunction(engine, name, (_, arguments) => call(arguments)));

    private static JsValue Text(string? value) => value is null ? JsValue.Null : value;
    private static string? Word(JsValue value) => value.IsNull() || value.IsUndefined() ? null : TypeConverter.ToString(value);
    private static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
