using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Workflows;

/// <summary>Workflow values are JSON values; this is how one kind becomes another, as Elsa 3.6 does it.</summary>
public static class JsonValues
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Text of a value as <c>WriteLine</c> prints it; objects and lists as JSON.</summary>
    public static string? ToText(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        _ => value.ToJsonString(Plain),
    };

    public static bool ToBoolean(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => bool.TryParse(value.GetValue<string>(), out var parsed) && parsed,
        JsonValueKind.Number => ToDouble(value) != 0,
        _ => false,
    };

    public static int ToInt32(JsonNode? value) => Clamp(value?.GetValueKind() switch
    {
        JsonValueKind.Number => ToDouble(value),
        JsonValueKind.True => 1,
        JsonValueKind.String when int.TryParse(value.GetValue<string>(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => 0,
    });

    /// <summary>A list as definitions write it: plain, or wrapped in <c>$values</c> as exports that keep references do. Null for anything else.</summary>
    public static JsonArray? ListOf(JsonNode? value) => value as JsonArray ?? (value as JsonObject)?["$values"] as JsonArray;

    /// <summary>The items of a list; a JSON text is read, any other single value is a list of one.</summary>
    public static IReadOnlyList<JsonNode?> ToList(JsonNode? value) => value switch
    {
        null => [],
        not null when ListOf(value) is { } list => [.. list],
        JsonValue text when text.TryGetValue(out string? json) && json.TrimStart().StartsWith('[') && ParseOrNull(json) is JsonArray list => [.. list],
        _ => [value],
    };

    /// <summary>Converts to a variable's type. A text that is no number becomes 0, as in Elsa.</summary>
    public static JsonNode? Convert(JsonNode? value, string typeName, bool isArray)
    {
        var nullable = typeName.EndsWith('?');
        if (value is null) return isArray || nullable ? null : Default(typeName);
        if (isArray) return new JsonArray(ToList(value).Select(i => i?.DeepClone()).ToArray());
        return typeName.TrimEnd('?') switch
        {
            "Int16" or "Int32" or "System.Int32" => JsonValue.Create(ToInt32(value)),
            "Int64" or "Long" or "System.Int64" => JsonValue.Create((long)Math.Round(Number(value), MidpointRounding.ToEven)),
            "Single" or "Double" or "Decimal" => NumberNode(Number(value)),
            "Boolean" or "System.Boolean" => JsonValue.Create(ToBoolean(value)),
            "String" or "System.String" => JsonValue.Create(ToText(value)),
            "JSON" or "JsonObject" or "JsonNode" or "JsonElement" or "JsonArray" or "ObjectDictionary" or "ObjectMap" or "StringDictionary" or "StringMap"
                => FromJsonText(value),
            _ => value.DeepClone(),
        };
    }

    /// <summary>A whole double is kept as an integer, so that 3 stays "3" in text and in JSON.</summary>
    public static JsonNode NumberNode(double number) =>
        Math.Abs(number) < 1L << 53 && Math.Floor(number) == number ? JsonValue.Create((long)number) : JsonValue.Create(number);

    public static JsonNode? ParseOrNull(string? json)
    {
        if (string.IsNullOrWhiteSpace(json)) return null;
        try { return JsonNode.Parse(json); }
        catch (JsonException) { return null; }
    }

    public static string Write(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    private static JsonNode? FromJsonText(JsonNode value) =>
        value is JsonValue text && text.TryGetValue(out string? json) && json.TrimStart() is ['{' or '[', ..] ? ParseOrNull(json) : value.DeepClone();

    private static JsonNode? Default(string typeName) => typeName switch
    {
        "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" => JsonValue.Create(0),
        "Boolean" => JsonValue.Create(false),
        _ => null,
    };

    private static double Number(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => ToDouble(value),
        JsonValueKind.True => 1,
        JsonValueKind.String when double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => 0,
    };

    private static double ToDouble(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static int Clamp(double number) => (int)Math.Clamp(Math.Round(number, MidpointRounding.ToEven), int.MinValue, int.MaxValue);
}
