using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Engine.Workflows;

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
        if (json.Length > FlowLimits.Document) throw new DocumentFaultException("$", $"流程文件超过 {FlowLimits.Document} 字，请拆分");
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
            var parsed = JsonNode.Parse(json, new JsonNodeOptions { PropertyNameCaseInsensitive = true }, new JsonDocumentOptions { MaxDepth = FlowLimits.DocumentDepth });
            Materialise(parsed);
            return parsed as JsonObject ?? throw new DocumentFaultException("$", "流程文件必须是一个 JSON 对象");
        }
        catch (ArgumentException)
        {
            throw new DocumentFaultException("$", "同一个对象里有重名的属性（不分大小写），请删去重复的一个");
        }
        catch (JsonException e)
        {
            throw new DocumentFaultException("$", $"不是有效的 JSON（第 {e.LineNumber + 1} 行第 {e.BytePositionInLine + 1} 个字节附近），请检查括号、逗号和引号；嵌套不能超过 {FlowLimits.DocumentDepth} 层");
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
        if (_nodes.Count > FlowLimits.Activities) throw new DocumentFaultException(path, $"流程超过 {FlowLimits.Activities} 个活动，请拆分");
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

    private List<ActivityNode> ReadContained(JsonObject json, string path, ActivityNode owner)
    {
        var (list, at) = ReadList(json, "activities", path, IsContainer(owner.Type));
        return list.Select((item, i) => item is JsonObject activity ? ReadActivity(activity, $"{at}[{i}]", owner) : throw new DocumentFaultException($"{at}[{i}]", "必须是活动对象")).ToList();
    }

    private static bool IsContainer(string type) => type is "Elsa.Flowchart" or "Elsa.Sequence" or "Elsa.Parallel";

    /// <summary>A list with the path of its items; without one it is empty.</summary>
    /// <param name="must">Something else there is a fault; otherwise it is none of our business.</param>
    private static (IReadOnlyList<JsonNode?> List, string Path) ReadList(JsonObject json, string property, string path, bool must)
    {
        var value = json[property];
        if (JsonValues.ListOf(value) is { } list) return ([.. list], value is JsonArray ? $"{path}.{property}" : $"{path}.{property}.$values");
        return value is null || !must ? ([], "") : throw new DocumentFaultException($"{path}.{property}", $"{property} 必须是列表，写成 [ … ]");
    }

    private List<(string Port, ActivityNode Node)> ReadEmbedded(JsonObject json, string path, ActivityNode owner)
    {
        var children = new List<(string, ActivityNode)>();
        foreach (var (name, value) in json)
        {
            if (NotChildren.Contains(name)) continue;
            var port = JsonNamingPolicy.CamelCase.ConvertName(name);
            if (value is JsonObject one && IsActivity(one)) children.Add((port, ReadActivity(one, $"{path}.{name}", owner)));
            var (list, at) = ReadList(json, name, path, must: false);
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is not JsonObject item) continue;
                if (IsActivity(item)) children.Add((port, ReadActivity(item, $"{at}[{i}]", owner)));
                else if (item["activity"] is JsonObject inner && IsActivity(inner)) children.Add((port, ReadActivity(inner, $"{at}[{i}].activity", owner)));
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
        // A single arrow may stand without its list.
        var (list, at) = json["connections"] is JsonObject one && one.ContainsKey("source") ? ([one], path + ".connections") : ReadList(json, "connections", path, must: true);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject item && ReadConnection(item, flowchart, $"{at}[{i}]") is { } connection) connections.Add(connection);
            else _dropped.Add($"{at}[{i}]");
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
        var (list, at) = ReadList(json, "variables", path, path == "$" || IsContainer(ActivityNode.Text(json, "type") ?? ""));
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject item || ActivityNode.Text(item, "name") is not { Length: > 0 } name)
                throw new DocumentFaultException($"{at}[{i}].name", "变量缺少名称 name");
            var type = ActivityNode.Text(item, "typeName") ?? "Object";
            var isArray = item["isArray"] is JsonValue flag && flag.TryGetValue(out bool array) && array;
            variables.Add(new VariableDefinition(ActivityNode.Text(item, "id") ?? name, name, type, isArray, ReadDefault(item["value"], type, isArray, $"{at}[{i}].value")));
        }
        return variables;
    }

    private static JsonNode? ReadDefault(JsonNode? value, string type, bool isArray, string path)
    {
        try { return JsonValues.Convert(JsonValues.Fit(value), type, isArray); }
        catch (ExpressionException e) { throw new DocumentFaultException(path, $"变量的初始值不能用：{e.Message}"); }
    }

    private static List<ArgumentDefinition> ReadArguments(JsonObject document, string property)
    {
        var (list, at) = ReadList(document, property, "$", must: true);
        return list.Select((item, i) => item is JsonObject argument && ActivityNode.Text(argument, "name") is { Length: > 0 } name
            ? new ArgumentDefinition(name, ActivityNode.Text(argument, "type") ?? "Object")
            : throw new DocumentFaultException($"{at}[{i}].name", "缺少名称 name")).ToList();
    }
}
