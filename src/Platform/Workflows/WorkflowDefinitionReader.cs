using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Publishing;

namespace Platform.Workflows;

/// <summary>Reads Elsa 3 JSON into nodes: property names in any case, legacy flat connections, ids made up where missing.</summary>
internal sealed class WorkflowDefinitionReader
{
    private static readonly HashSet<string> NotChildren = new(StringComparer.OrdinalIgnoreCase)
        { "metadata", "customProperties", "connections", "variables", "variable", "activities", "start" };

    private readonly List<ActivityNode> _nodes = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _dropped = [];

    public WorkflowDefinition Read(string json)
    {
        var document = ParseDocument(json);
        if (document["root"] is not JsonObject root)
            throw new DocumentFaultException("$.root", "缺少 root：流程需要一个根活动，例如 {\"id\":\"flow\",\"type\":\"Elsa.Flowchart\",\"activities\":[]}");
        var node = ReadActivity(root, "$.root", null);
        var parts = new DefinitionParts(ReadVariables(document, "$"), ReadArguments(document, "inputs"), ReadArguments(document, "outputs"), _dropped);
        return new WorkflowDefinition(document, node, _nodes, parts);
    }

    private static JsonObject ParseDocument(string json)
    {
        try
        {
            var parsed = JsonNode.Parse(json, new JsonNodeOptions { PropertyNameCaseInsensitive = true }, new JsonDocumentOptions { MaxDepth = 256 });
            Materialise(parsed);
            return parsed as JsonObject ?? throw new DocumentFaultException("$", "流程文件必须是一个 JSON 对象");
        }
        catch (ArgumentException)
        {
            throw new DocumentFaultException("$", "同一个对象里有重名的属性（不分大小写），请删去重复的一个");
        }
        catch (JsonException e)
        {
            throw new DocumentFaultException("$", $"不是有效的 JSON（第 {e.LineNumber + 1} 行第 {e.BytePositionInLine + 1} 个字节附近），请检查括号、逗号和引号");
        }
    }

    /// <summary>Nodes are read lazily; reading all now finds duplicates here and makes later reads safe from any thread.</summary>
    private static void Materialise(JsonNode? node)
    {
        if (node is JsonObject map) foreach (var (_, value) in map) Materialise(value);
        else if (node is JsonArray list) foreach (var item in list) Materialise(item);
    }

    private ActivityNode ReadActivity(JsonObject json, string path, ActivityNode? parent)
    {
        if (ActivityNode.Text(json, "type") is not { Length: > 0 } type)
            throw new DocumentFaultException(path + ".type", "缺少活动类型 type，例如 Elsa.Sequence");
        var node = new ActivityNode(json, TakeId(json, type, path), path, parent);
        _nodes.Add(node);
        node.Variables = ReadVariables(json, path);
        node.Activities = ReadContained(json, path, node);
        node.Children = [.. node.Activities.Select(a => ("activities", a)), .. ReadEmbedded(json, path, node)];
        if (type != "Elsa.Flowchart") return node;
        node.Connections = ReadConnections(json, path, node);
        node.Graph = new FlowGraph(node);
        return node;
    }

    private string TakeId(JsonObject json, string type, string path)
    {
        if (ActivityNode.Text(json, "id") is { Length: > 0 } id)
            return _ids.Add(id) ? id : throw new DocumentFaultException(path + ".id", $"活动 id“{id}”重复，请改成流程内唯一的 id");
        var prefix = type[(type.LastIndexOf('.') + 1)..];
        var number = 1;
        while (!_ids.Add(prefix + number)) number++;
        return prefix + number;
    }

    private List<ActivityNode> ReadContained(JsonObject json, string path, ActivityNode owner) =>
        json["activities"] is not JsonArray list ? [] : list.Select((item, i) => item is JsonObject activity
            ? ReadActivity(activity, $"{path}.activities[{i}]", owner)
            : throw new DocumentFaultException($"{path}.activities[{i}]", "必须是活动对象")).ToList();

    private List<(string Port, ActivityNode Node)> ReadEmbedded(JsonObject json, string path, ActivityNode owner)
    {
        var children = new List<(string, ActivityNode)>();
        foreach (var (name, value) in json)
        {
            if (NotChildren.Contains(name)) continue;
            var port = JsonNamingPolicy.CamelCase.ConvertName(name);
            if (value is JsonObject one && IsActivity(one)) children.Add((port, ReadActivity(one, $"{path}.{name}", owner)));
            if (value is not JsonArray list) continue;
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is not JsonObject item) continue;
                if (IsActivity(item)) children.Add((port, ReadActivity(item, $"{path}.{name}[{i}]", owner)));
                else if (item["activity"] is JsonObject inner && IsActivity(inner)) children.Add((port, ReadActivity(inner, $"{path}.{name}[{i}].activity", owner)));
            }
        }
        return children;
    }

    /// <summary>An activity has a dotted type; an input has an expression; an expression has type and value but no id.</summary>
    private static bool IsActivity(JsonObject json) =>
        ActivityNode.Text(json, "type") is { } type && type.Contains('.', StringComparison.Ordinal) && !json.ContainsKey("expression");

    private List<Connection> ReadConnections(JsonObject json, string path, ActivityNode flowchart)
    {
        var connections = new List<Connection>();
        var list = json["connections"] switch
        {
            JsonArray array => array,
            JsonObject { } wrapped when wrapped["$values"] is JsonArray array => array,
            _ => [],
        };
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject item && ReadConnection(item, flowchart, $"{path}.connections[{i}]") is { } connection) connections.Add(connection);
            else _dropped.Add($"{path}.connections[{i}]");
        }
        return connections;
    }

    private static Connection? ReadConnection(JsonObject json, ActivityNode flowchart, string path)
    {
        var (source, sourcePort) = ReadEnd(json, "source");
        var (target, targetPort) = ReadEnd(json, "target");
        var from = flowchart.Activities.FirstOrDefault(a => a.Id == source);
        var to = flowchart.Activities.FirstOrDefault(a => a.Id == target);
        return from is null || to is null ? null : new Connection(from, sourcePort, to, targetPort, path);
    }

    private static (string? Activity, string? Port) ReadEnd(JsonObject json, string end) => json[end] is JsonObject e
        ? (ActivityNode.Text(e, "activity"), ActivityNode.Text(e, "port"))
        : (ActivityNode.Text(json, end), ActivityNode.Text(json, end + "Port"));

    private static List<VariableDefinition> ReadVariables(JsonObject json, string path)
    {
        var variables = new List<VariableDefinition>();
        if (json["variables"] is not JsonArray list) return variables;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject item || ActivityNode.Text(item, "name") is not { Length: > 0 } name)
                throw new DocumentFaultException($"{path}.variables[{i}].name", "变量缺少名称 name");
            var type = ActivityNode.Text(item, "typeName") ?? "Object";
            var isArray = item["isArray"] is JsonValue flag && flag.TryGetValue(out bool array) && array;
            variables.Add(new VariableDefinition(ActivityNode.Text(item, "id") ?? name, name, type, isArray, JsonValues.Convert(item["value"], type, isArray)));
        }
        return variables;
    }

    private static List<ArgumentDefinition> ReadArguments(JsonObject document, string property) => document[property] is not JsonArray list ? [] : list
        .OfType<JsonObject>()
        .Where(a => ActivityNode.Text(a, "name") is { Length: > 0 })
        .Select(a => new ArgumentDefinition(ActivityNode.Text(a, "name")!, ActivityNode.Text(a, "type") ?? "Object"))
        .ToList();
}
