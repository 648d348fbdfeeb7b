using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Platform.Publishing;

/// <summary>A document as a file brings it. Layer and dates in the file are transport: they go into the document's row, out of its content and its hash; the schema it names is for editors only.</summary>
/// <param name="Content">What is stored and hashed.</param>
/// <param name="Layer">As the file says; null when it says none.</param>
/// <param name="From">First day in force by the file; null when it says none.</param>
/// <param name="To">Last day in force by the file, inclusive.</param>
/// <param name="IsDraftOnly">The file says that it is never in force: its first day is null.</param>
public sealed record DocumentFile(string Content, DocumentLayer? Layer, DateOnly? From, DateOnly? To, bool IsDraftOnly)
{
    private const string LayerName = "layer";
    private const string FromName = "effectiveFrom";
    private const string ToName = "effectiveTo";
    private static readonly string[] NoContent = [JsonSchemas.Property, LayerName, FromName, ToName];
    private static readonly JsonDocumentOptions Strict = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, MaxDepth = 256 };

    /// <exception cref="DocumentException">No JSON, or a layer or date that is none; names the file.</exception>
    public static DocumentFile Read(string file, string text)
    {
        if (Parse(file, text) is not JsonObject root || !NoContent.Any(root.ContainsKey)) return new DocumentFile(text, null, null, null, false);
        var read = new DocumentFile("", LayerOf(file, root), Date(file, root, FromName), Date(file, root, ToName), root.ContainsKey(FromName) && root[FromName] is null);
        foreach (var name in NoContent) root.Remove(name);
        return read with { Content = root.ToJsonString(ReadableJson.Options) };
    }

    /// <summary>A text at the top of a document; null when there is none.</summary>
    internal static string? Says(string json, string property) =>
        Parse("", json) is JsonObject root && root[property] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static JsonNode? Parse(string file, string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException e)
        {
            throw new DocumentException(file, "$", $"第 {e.LineNumber + 1} 行不是合法的 JSON，或同一个名称写了两次：请检查逗号、括号和引号");
        }
    }

    private static DocumentLayer? LayerOf(string file, JsonObject root)
    {
        if (!root.TryGetPropertyValue(LayerName, out var layer)) return null;
        return layer is JsonValue value && value.TryGetValue(out string? text) && Layers.GetValueOrDefault(text) is { } known ? known
            : throw new DocumentException(file, "$." + LayerName, "层只能是 " + string.Join("、", Layers.Keys));
    }

    /// <summary>Layers by the word used in files and on the command line.</summary>
    public static IReadOnlyDictionary<string, DocumentLayer?> Layers { get; } =
        Enum.GetValues<DocumentLayer>().ToDictionary(l => l.ToString().ToLowerInvariant(), l => (DocumentLayer?)l, StringComparer.Ordinal);

    private static DateOnly? Date(string file, JsonObject root, string name)
    {
        if (root[name] is not { } date) return null;
        return date is JsonValue value && value.TryGetValue(out string? text) && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw new DocumentException(file, "$." + name, "日期须写成 2026-01-31，或 null");
    }
}
