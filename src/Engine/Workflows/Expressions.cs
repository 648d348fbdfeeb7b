using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>An expression cannot be evaluated; the message says why.</summary>
internal sealed class ExpressionException(string message) : Exception(message);

/// <summary>Elsa's expression types over JSON values.</summary>
internal static class Expressions
{
    /// <summary>An input as Elsa writes it: <c>{"typeName":…,"expression":{…}}</c>, or a bare value. Without typeName it is null.</summary>
    public static JsonNode? EvaluateInput(JsonNode? input, ActivityContext context)
    {
        if (input is not JsonObject wrapped) return input?.DeepClone();
        if (wrapped["expression"] is JsonObject expression) return wrapped.ContainsKey("typeName") ? Evaluate(expression, context) : null;
        return wrapped.ContainsKey("typeName") ? null : wrapped.DeepClone();
    }

    public static JsonNode? Evaluate(JsonObject? expression, ActivityContext context)
    {
        if (expression is null) return null;
        var value = expression["value"];
        return ActivityNode.Text(expression, "type") switch
        {
            "Literal" => value?.DeepClone(),
            "Object" or "Json" => ParseJson(value),
            "Variable" => Variable(value, context)?.DeepClone(),
            "Input" => Input(value, context)?.DeepClone(),
            "JavaScript" => JavaScript.Evaluate(JsonValues.ToText(value) ?? "", context),
            null => throw new ExpressionException($"表达式没有写明类型 type，{Types}"),
            { } other => throw new ExpressionException($"不支持 {other} 表达式，{Types}"),
        };
    }

    private const string Types = "请用 JavaScript、Literal、Object、Variable 或 Input（区分大小写）";

    /// <summary>One word of several, in any case as Elsa reads it; the first when nothing is written.</summary>
    /// <exception cref="ExpressionException">It is none of them.</exception>
    public static string Word(JsonNode? value, params string[] words)
    {
        if (JsonValues.ToText(value) is not { Length: > 0 } text) return words[0];
        return words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? throw new ExpressionException($"没有“{text}”这种方式，可用：{string.Join("、", words)}");
    }

    private static JsonNode? ParseJson(JsonNode? value)
    {
        if (value is not JsonValue text || !text.TryGetValue(out string? json)) return value?.DeepClone();
        if (string.IsNullOrWhiteSpace(json)) return null;
        return JsonValues.ParseOrNull(json) ?? (json.Trim() == "null" ? null : throw new ExpressionException("Object 表达式不是有效的 JSON：请检查括号、逗号和引号，一个对象里不要有重名，也不要嵌套太深"));
    }

    private static JsonNode? Variable(JsonNode? reference, ActivityContext context)
    {
        var id = reference is JsonObject map ? ActivityNode.Text(map, "id") : JsonValues.ToText(reference);
        if (id is not null && context.TryGetVariableById(id, out var byId)) return byId;
        var name = reference is JsonObject named ? ActivityNode.Text(named, "name") : id;
        return name is not null && context.TryGetVariable(name, out var byName) ? byName
            : throw new ExpressionException($"变量“{name ?? id}”没有声明，请在流程的 variables 里声明它，或改正名称");
    }

    private static JsonNode? Input(JsonNode? reference, ActivityContext context)
    {
        var name = reference is JsonObject map ? ActivityNode.Text(map, "name") : JsonValues.ToText(reference);
        if (name is null || context.Definition.Inputs.All(i => i.Name != name)) throw new ExpressionException($"流程没有输入“{name}”，请在 inputs 里声明它，或改正名称");
        return context.State.Inputs.GetValueOrDefault(name);
    }
}
