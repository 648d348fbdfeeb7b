using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Platform.Workflows;

/// <summary>
/// JavaScript expressions with the environment Elsa documents. Each evaluation has its own engine without CLR access, without
/// eval, and with limits on time, statements, depth and memory.
/// </summary>
internal static class JavaScript
{
    private const int CacheSize = 1_000;
    private static readonly ConcurrentDictionary<string, Prepared<Acornima.Ast.Script>> Cache = new(StringComparer.Ordinal);

    /// <exception cref="ExpressionException">The script is invalid, throws, or exceeds a limit.</exception>
    public static JsonNode? Evaluate(string script, ActivityContext context) => Evaluate(script, context, _ => { });

    /// <summary>Runs a script with more functions than an expression has.</summary>
    public static JsonNode? Evaluate(string script, ActivityContext context, Action<Engine> extend)
    {
        try
        {
            var engine = NewEngine(context.Now);
            var environment = new JavaScriptEnvironment(engine, context);
            environment.Define();
            extend(engine);
            var result = FromJs(engine, engine.Evaluate(Prepare(script)));
            environment.WriteBack();
            return result;
        }
        catch (Exception e) when (e is JintException or Acornima.ParseErrorException or TimeoutException)
        {
            throw new ExpressionException(e is JintException or Acornima.ParseErrorException ? e.Message : "脚本运行超时");
        }
    }

    public static JsValue ToJs(Engine engine, JsonNode? value) => value is null ? JsValue.Null : new JsonParser(engine).Parse(value.ToJsonString());

    public static JsonNode? FromJs(Engine engine, JsValue value)
    {
        if (value.IsNull() || value.IsUndefined()) return null;
        if (value.IsBoolean()) return JsonValue.Create(value.AsBoolean());
        if (value.IsNumber()) return double.IsFinite(value.AsNumber()) ? JsonValues.NumberNode(value.AsNumber()) : JsonValue.Create(TypeConverter.ToString(value));
        if (value.IsString()) return JsonValue.Create(value.AsString());
        var json = new JsonSerializer(engine).Serialize(value);
        return json.IsString() ? JsonValues.ParseOrNull(json.AsString()) : null;
    }

    private static Engine NewEngine(DateTimeOffset now) => new(options =>
    {
        options.TimeSystem = new RunClock(now);
        options.TimeoutInterval(TimeSpan.FromSeconds(2))
            .MaxStatements(100_000)
            .LimitRecursion(100)
            .LimitMemory(32_000_000)
            .MaxArraySize(100_000)
            .RegexTimeoutInterval(TimeSpan.FromMilliseconds(200))
            .DisableStringCompilation();
    });

    private static Prepared<Acornima.Ast.Script> Prepare(string script)
    {
        if (Cache.TryGetValue(script, out var prepared)) return prepared;
        // A whole clear now and then keeps the cache bounded without bookkeeping on the hot path.
        if (Cache.Count >= CacheSize) Cache.Clear();
        var parsing = ScriptParsingOptions.Default with { AllowReturnOutsideFunction = true };
        return Cache[script] = Engine.PrepareScript(script, options: new ScriptPreparationOptions { ParsingOptions = parsing });
    }
}

/// <summary>Scripts read the injected clock, in UTC.</summary>
internal sealed class RunClock(DateTimeOffset now) : DefaultTimeSystem(TimeZoneInfo.Utc, CultureInfo.InvariantCulture)
{
    public override DateTimeOffset GetUtcNow() => now;
}

/// <summary>The functions and objects a script sees.</summary>
internal sealed class JavaScriptEnvironment(Engine engine, ActivityContext context)
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
            var now = JavaScript.FromJs(engine, _variables!.Get(name));
            if (JsonValues.Write(now) != before) context.SetVariable(name, now);
        }
    }

    private void DefineVariables()
    {
        _variables = new JsObject(engine);
        foreach (var (name, value) in context.VisibleVariables())
        {
            _variables.Set(name, JavaScript.ToJs(engine, value));
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
        Function("toJson", a => JsonValues.Write(JavaScript.FromJs(engine, a.At(0))));
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

    private JsValue Js(JsonNode? value) => JavaScript.ToJs(engine, value);

    private void Function(string name, Func<JsValue[], JsValue> call) => engine.SetValue(name, new ClrFunction(engine, name, (_, arguments) => call(arguments)));

    private static JsValue Text(string? value) => value is null ? JsValue.Null : value;
    private static string? Word(JsValue value) => value.IsNull() || value.IsUndefined() ? null : TypeConverter.ToString(value);
    private static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
