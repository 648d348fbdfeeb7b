using System.Text.Json.Nodes;

namespace Platform.Publishing.Changes;

/// <summary>Puts a document together from its elements.</summary>
internal sealed class BuildDocument
{
    private readonly IReadOnlyDictionary<string, JsonNode?> _nodes;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _orders;
    private readonly IReadOnlyList<DocumentElements> _sides;

    private BuildDocument(IReadOnlyDictionary<string, JsonNode?> nodes, IReadOnlyDictionary<string, IReadOnlyList<string>> orders, IReadOnlyList<DocumentElements> sides) =>
        (_nodes, _orders, _sides) = (nodes, orders, sides);

    /// <param name="sides">Where the order of properties is taken from, the first that has the object.</param>
    public static JsonNode? Of(IReadOnlyDictionary<string, JsonNode?> nodes, IReadOnlyDictionary<string, IReadOnlyList<string>> orders, IReadOnlyList<DocumentElements> sides)
    {
        var build = new BuildDocument(nodes, orders, sides);
        return nodes.TryGetValue("$", out var whole) ? whole?.DeepClone() : orders.ContainsKey("$") ? build.List("$", "") : build.Object("$", "", own: null);
    }

    /// <param name="own">What an element has itself; null for the document and the objects that only hold lists.</param>
    private JsonObject Object(string address, string path, JsonObject? own)
    {
        var parts = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        if (own is not null) foreach (var (name, value) in own) parts[name] = value?.DeepClone();
        foreach (var name in Names(address).Where(n => !parts.ContainsKey(n)))
        {
            var (childAddress, childPath) = ($"{address}.{DocumentElements.Escape(name)}", path.Length == 0 ? name : $"{path}.{name}");
            if (_orders.ContainsKey(childAddress)) parts[name] = List(childAddress, childPath);
            else if (_nodes.TryGetValue(childAddress, out var value)) parts[name] = value?.DeepClone();
            else if (_sides.Any(s => s.Names.ContainsKey(childAddress))) parts[name] = Object(childAddress, childPath, own: null);
        }
        var result = new JsonObject();
        foreach (var name in Names(address).Where(parts.ContainsKey)) result[name] = parts[name];
        return result;
    }

    private IEnumerable<string> Names(string address) => _sides.SelectMany(s => s.Names.GetValueOrDefault(address, [])).Distinct(StringComparer.Ordinal);

    private JsonNode List(string address, string path)
    {
        var shape = _sides.Select(s => s.ShapeAt(path)).OfType<ElementShape>().First();
        var entries = _orders[address].Select(id => (Id: id, Address: $"{address}[{DocumentElements.Escape(id)}]")).Where(e => _nodes.ContainsKey(e.Address))
            .Select(e => (e.Id, Node: shape is { IsMap: false, IsSet: false } && _nodes[e.Address] is JsonObject own ? Object(e.Address, path, own) : _nodes[e.Address]?.DeepClone())).ToList();
        if (!shape.IsMap) return new JsonArray([.. entries.Select(e => e.Node)]);
        var map = new JsonObject();
        foreach (var (id, node) in entries) map[id] = node;
        return map;
    }
}
