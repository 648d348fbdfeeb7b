using System.Text.Json.Nodes;

namespace Platform.Publishing.Changes;

/// <summary>What a document and its elements are called, to be searched by word.</summary>
public static class ElementWords
{
    public static IEnumerable<string> In(string kind, string json)
    {
        var elements = DocumentElements.Of(kind, Read(json));
        return elements.Nodes.Keys.Where(a => a.EndsWith(']')).Select(a => ElementTitles.Of(a, elements));
    }

    /// <summary>Null where the document has no title of its own.</summary>
    public static string? Title(string json) => Read(json) is JsonObject root ? (root["title"] ?? root["name"]) is JsonValue value && value.TryGetValue(out string? text) ? text : null : null;

    private static JsonNode? Read(string json) => JsonNode.Parse(json, documentOptions: Publisher.Lenient);
}
