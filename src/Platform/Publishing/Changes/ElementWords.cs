using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.Publishing.Changes;

/// <summary>What a document and its elements are called, to be searched by word.</summary>
public static partial class ElementWords
{
    public static IEnumerable<string> In(string kind, string json)
    {
        var elements = DocumentElements.Of(kind, Read(json));
        return elements.Nodes.Keys.Where(a => a.EndsWith(']')).Select(a => ElementTitles.Of(a, elements));
    }

    /// <summary>Without the places a layout fills in with what is printed. Null where the document has no title of its own.</summary>
    public static string? Title(string json) =>
        Read(json) is JsonObject root && (root["title"] ?? root["name"]) is JsonValue value && value.TryGetValue(out string? text) ? Places().Replace(text, "").Trim() : null;

    [GeneratedRegex(@"\{+[^}]*\}+")]
    private static partial Regex Places();

    private static JsonNode? Read(string json) => JsonNode.Parse(json, documentOptions: Publisher.Lenient);
}
