using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Platform.Publishing.Changes;

/// <summary>A document taken apart: each element by its address, and the order of each list. An address has the names of entries in it and no position: <c>$.sections[check].fields[height]</c>.</summary>
public sealed class DocumentElements
{
    private readonly IReadOnlyList<ElementShape> _shapes;
    private readonly IReadOnlySet<string> _whole;

    private DocumentElements(IReadOnlyList<ElementShape> shapes, IReadOnlySet<string> whole) => (_shapes, _whole) = (shapes, whole);

    /// <summary>Element by address; a property of the document itself is one too.</summary>
    public Dictionary<string, JsonNode?> Nodes { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of a list's entries in their order, by the list's address.</summary>
    public Dictionary<string, IReadOnlyList<string>> Orders { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of an object's properties in their order, by its address.</summary>
    internal Dictionary<string, IReadOnlyList<string>> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>What an element is, by its address.</summary>
    internal Dictionary<string, ElementShape> Shapes { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, string> Ids { get; } = new(StringComparer.Ordinal);

    /// <param name="kind">One of <see cref="DocumentKinds"/>, or <see cref="ElementShapes.CasesKind"/>.</param>
    /// <param name="beside">Other readings of the same document: a list whose entries cannot be told apart in one of them is one value in all.</param>
    public static DocumentElements Of(string kind, JsonNode? root, params JsonNode?[] beside)
    {
        var shapes = ElementShapes.Of(kind);
        var elements = new DocumentElements(shapes, shapes.Where(s => beside.Append(root).Any(r => !Told(s, r, s.Path))).Select(s => s.Path).ToHashSet(StringComparer.Ordinal));
        if (root is JsonArray && shapes.FirstOrDefault(s => s.Path.Length == 0) is { } top && !elements._whole.Contains("")) elements.ReadList(top, root, "$");
        else if (root is JsonObject document) elements.ReadObject(document, "$", "", isElement: false);
        else elements.Nodes["$"] = root;
        return elements;
    }

    /// <summary>By which two values are compared.</summary>
    public static string Canonical(JsonNode? node) => Encoding.UTF8.GetString(CanonicalJson.WriteDocument(node?.ToJsonString() ?? "null"));

    private void ReadObject(JsonObject node, string address, string path, bool isElement)
    {
        var own = new JsonObject();
        Names[address] = [.. node.Select(p => p.Key)];
        foreach (var (name, value) in node)
        {
            var (childPath, childAddress) = (path.Length == 0 ? name : $"{path}.{name}", $"{address}.{Escape(name)}");
            if (ShapeAt(childPath) is { } shape) ReadList(shape, value, childAddress);
            else if (!isElement && value is JsonObject inner && _shapes.Any(s => s.Path.StartsWith(childPath + ".", StringComparison.Ordinal))) ReadObject(inner, childAddress, childPath, isElement: false);
            else if (isElement) own[name] = value?.DeepClone();
            else (Nodes[childAddress], Ids[childAddress]) = (value?.DeepClone(), name);
        }
        if (isElement) Nodes[address] = own;
    }

    private void ReadList(ElementShape shape, JsonNode? list, string address)
    {
        var entries = Entries(shape, list) ?? [];
        // The order of a map or a set says nothing.
        Orders[address] = shape.IsMap || shape.IsSet ? [.. entries.Select(e => e.Id).Order(StringComparer.Ordinal)] : [.. entries.Select(e => e.Id)];
        foreach (var (id, node) in entries)
        {
            var child = $"{address}[{Escape(id)}]";
            (Shapes[child], Ids[child]) = (shape, id);
            if (node is JsonObject element && shape is { IsMap: false, IsSet: false }) ReadObject(element, child, shape.Path, isElement: true);
            else Nodes[child] = node?.DeepClone();
        }
    }

    internal ElementShape? ShapeAt(string path) => _shapes.FirstOrDefault(s => s.Path == path && !_whole.Contains(path));

    internal IEnumerable<ElementShape> All => _shapes;

    /// <summary>Null where the entries cannot be told apart.</summary>
    private static IReadOnlyList<(string Id, JsonNode? Node)>? Entries(ElementShape shape, JsonNode? list)
    {
        if (shape.IsMap) return list is JsonObject map ? [.. map.Select(p => (p.Key, p.Value))] : null;
        if (list is not JsonArray items) return null;
        var entries = items.Select(item => (Id: shape.IsSet ? Text(item) : IdOf(shape, item), Node: item)).ToList();
        return entries.TrueForAll(e => e.Id is not null) && entries.DistinctBy(e => e.Id).Count() == entries.Count ? [.. entries.Select(e => (e.Id!, e.Node))] : null;
    }

    /// <summary>Whether every list at the path can be told apart.</summary>
    private static bool Told(ElementShape shape, JsonNode? node, string rest)
    {
        if (node is null) return true;
        if (rest.Length == 0) return Entries(shape, node) is not null;
        var (name, further) = rest.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (rest[..dot], rest[(dot + 1)..]) : (rest, "");
        return node switch
        {
            JsonObject o => !o.TryGetPropertyValue(name, out var child) || Told(shape, child, further),
            JsonArray a => a.All(item => item is not JsonObject o || !o.TryGetPropertyValue(name, out var child) || Told(shape, child, further)),
            _ => true,
        };
    }

    private static string? IdOf(ElementShape shape, JsonNode? item)
    {
        var parts = shape.Id.Select(path => path.Split('.').Aggregate(item, (node, name) => node is JsonObject o ? o[name] : null)).Select(Text).ToList();
        return parts.Exists(p => p is null) ? null : string.Join(" → ", parts);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    internal static string Escape(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace("[", "%5B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal).Replace(".", "%2E", StringComparison.Ordinal);
}
