using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Engine.Workflows;

/// <summary>A workflow in Elsa 3's JSON, read once and never changed. What the engine does not know is kept as written.</summary>
public sealed class WorkflowDefinition
{
    private readonly JsonObject _document;
    private readonly Dictionary<string, ActivityNode> _activities;

    internal WorkflowDefinition(JsonObject document, ActivityNode root, IReadOnlyList<ActivityNode> activities, DefinitionParts parts)
    {
        _document = document;
        Root = root;
        Activities = activities;
        _activities = activities.ToDictionary(a => a.Id, StringComparer.Ordinal);
        Variables = parts.Variables;
        Inputs = parts.Inputs;
        Outputs = parts.Outputs;
        DroppedConnections = parts.DroppedConnections;
        Hash = HashOf(document);
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="DocumentFaultException">It is no JSON or no workflow; names path and remedy.</exception>
    public static WorkflowDefinition Parse(string json) => new WorkflowDefinitionReader().Read(json);

    public string DefinitionId => ActivityNode.Text(_document, "definitionId") ?? Name;
    public string Name => ActivityNode.Text(_document, "name") ?? "";
    public string Description => ActivityNode.Text(_document, "description") ?? "";
    public int Version => _document["version"] is JsonValue v && v.TryGetValue(out int version) ? version : 1;

    /// <summary>SHA-256 (hex) of the document with sorted names: the same content has the same hash however it is laid out.</summary>
    public string Hash { get; }

    public ActivityNode Root { get; }

    /// <summary>Every activity at any depth, in document order.</summary>
    public IReadOnlyList<ActivityNode> Activities { get; }

    public IReadOnlyList<VariableDefinition> Variables { get; }
    public IReadOnlyList<ArgumentDefinition> Inputs { get; }
    public IReadOnlyList<ArgumentDefinition> Outputs { get; }

    /// <summary>JSON paths of connections that name an activity that is not there. They are kept in the document and never followed.</summary>
    public IReadOnlyList<string> DroppedConnections { get; }

    /// <summary>True when an incident leaves the other branches and the instance going (Elsa's ContinueWithIncidentsStrategy).</summary>
    public bool ContinuesWithIncidents =>
        ActivityNode.Text(_document["options"] as JsonObject, "incidentStrategyType")?.Contains("ContinueWithIncidents", StringComparison.Ordinal) == true;

    /// <summary>The human tasks in the order a donor meets them: rail and worklist are drawn from this.</summary>
    public IReadOnlyList<UserTaskStep> UserTasks => field ??= UserTaskStep.InFlowOrder(this);

    public ActivityNode? Find(string activityId) => _activities.GetValueOrDefault(activityId);

    /// <summary>The document with everything it held.</summary>
    public string ToJson() => _document.ToJsonString(new JsonSerializerOptions { WriteIndented = true, MaxDepth = FlowLimits.DocumentDepth, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static string HashOf(JsonObject document)
    {
        var canonical = new StringBuilder();
        WriteCanonical(document, canonical);
        return Digest.Of(canonical.ToString());
    }

    private static void WriteCanonical(JsonNode? node, StringBuilder to)
    {
        switch (node)
        {
            case JsonObject map:
                to.Append('{');
                foreach (var (name, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    to.Append(JsonSerializer.Serialize(name)).Append(':');
                    WriteCanonical(value, to);
                    to.Append(',');
                }
                to.Append('}');
                break;
            case JsonArray list:
                to.Append('[');
                foreach (var item in list)
                {
                    WriteCanonical(item, to);
                    to.Append(',');
                }
                to.Append(']');
                break;
            default:
                to.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}

internal sealed record DefinitionParts(
    IReadOnlyList<VariableDefinition> Variables,
    IReadOnlyList<ArgumentDefinition> Inputs,
    IReadOnlyList<ArgumentDefinition> Outputs,
    IReadOnlyList<string> DroppedConnections);
