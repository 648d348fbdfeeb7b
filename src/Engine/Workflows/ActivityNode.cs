using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>One activity of a definition: its own JSON and its place in the tree. Immutable.</summary>
public sealed class ActivityNode
{
    internal ActivityNode(JsonObject json, string id, string path, ActivityNode? parent)
    {
        Json = json;
        Id = id;
        Path = path;
        Parent = parent;
        Type = json["type"]?.GetValue<string>() ?? "";
        Name = Text(json, "name") is { Length: > 0 } name ? name : id;
    }

    public string Id { get; }
    public string Type { get; }
    public string Name { get; }

    /// <summary>JSON path in the document, for messages.</summary>
    public string Path { get; }

    /// <summary>The activity as written, unknown properties included. Never changed.</summary>
    public JsonObject Json { get; }

    public ActivityNode? Parent { get; }

    /// <summary>Activities of a container, in document order.</summary>
    public IReadOnlyList<ActivityNode> Activities { get; internal set; } = [];

    /// <summary>Every nested activity, with the port it hangs on (<c>then</c>, <c>body</c>, <c>activities</c>, <c>cases</c> …).</summary>
    public IReadOnlyList<(string Port, ActivityNode Node)> Children { get; internal set; } = [];

    /// <summary>Connections of a flowchart whose two ends exist, in document order.</summary>
    public IReadOnlyList<Connection> Connections { get; internal set; } = [];

    public IReadOnlyList<VariableDefinition> Variables { get; internal set; } = [];

    /// <summary>Null for anything but a flowchart.</summary>
    internal FlowGraph? Graph { get; set; }

    /// <summary>The name people see on the node.</summary>
    public string DisplayText => Text(Json["metadata"] as JsonObject, "displayText") ?? LiteralText("title") ?? Name;

    public bool CanStartWorkflow => Json["customProperties"] is JsonObject custom && custom["canStartWorkflow"] is JsonValue flag && flag.TryGetValue(out bool can) && can;

    /// <summary>Position the designer gave it, in pixels; null when never drawn.</summary>
    public (double X, double Y)? Position =>
        (Json["metadata"] as JsonObject)?["designer"] is JsonObject designer && designer["position"] is JsonObject p
        && p["x"] is JsonValue x && p["y"] is JsonValue y && x.TryGetValue(out double left) && y.TryGetValue(out double top) ? (left, top) : null;

    /// <summary>What it stands in, the nearest first.</summary>
    public IEnumerable<ActivityNode> Ancestors()
    {
        for (var node = Parent; node is not null; node = node.Parent) yield return node;
    }

    /// <summary>The activity on an embedded port, for example <c>then</c>.</summary>
    public ActivityNode? Child(string port) => Children.FirstOrDefault(c => c.Port == port).Node;

    /// <summary>Embedded ports of its type where something else than an activity is written.</summary>
    public IEnumerable<string> Misread(ActivityDescriptor descriptor) => descriptor.EmbeddedPorts.Where(port => port != "activities" && Written(Json[port]) != Children.Count(c => c.Port == port));

    private static int Written(JsonNode? value) => value switch
    {
        null => 0,
        // A case without activity is one that does nothing.
        not null when JsonValues.ListOf(value) is { } list => list.Count(item => item is not JsonObject map || !map.ContainsKey("condition") || map["activity"] is not null),
        _ => 1,
    };

    /// <summary>The value a property has before any run: plain, or a Literal, Object or Json expression; else null.</summary>
    public JsonNode? Literal(string property)
    {
        var value = Json[property];
        if (value is not JsonObject { } wrapped || wrapped["expression"] is not JsonObject expression) return value;
        var type = Text(expression, "type");
        if (type is "Object" or "Json") return JsonValues.ParseOrNull(Text(expression, "value"));
        return type == "Literal" ? expression["value"] : null;
    }

    /// <summary>True when an arrow of the surrounding flowchart leaves it by this port.</summary>
    public bool HasArrowFrom(string port) => Parent?.Connections.Any(c => c.Source == this && c.SourcePort == port) == true;

    public string? LiteralText(string property) => JsonValues.ToText(Literal(property));

    public static string? Text(JsonObject? json, string property) =>
        json?[property] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}

/// <summary>An arrow of a flowchart. A null port stands for the default outcome.</summary>
/// <param name="Path">JSON path in the document, for messages.</param>
public sealed record Connection(ActivityNode Source, string? SourcePort, ActivityNode Target, string? TargetPort, string Path)
{
    /// <summary>Stable name used in the state: a definition edit that keeps ids keeps it.</summary>
    public string Key { get; } = $"{Source.Id}:{SourcePort}->{Target.Id}:{TargetPort}";
}

/// <summary>A variable of the workflow or of a container.</summary>
/// <param name="TypeName">Elsa's alias: Int32, String, Boolean, Decimal, Object …</param>
/// <param name="Default">Its value before anyone sets it, already converted.</param>
public sealed record VariableDefinition(string Id, string Name, string TypeName, bool IsArray, JsonNode? Default);

/// <summary>An input or output of the workflow.</summary>
public sealed record ArgumentDefinition(string Name, string TypeName);
