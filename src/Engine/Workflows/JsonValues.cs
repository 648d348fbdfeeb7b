using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>Workflow values are JSON values; this is how one kind becomes another, as Elsa 3.6 does it.</summary>
public static class JsonValues
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = FlowLimits.DocumentDepth };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = FlowLimits.DocumentDepth, AllowDuplicateProperties = false };

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

    /// <summary>The number a value stands for, which may be infinite; null when it stands for none.</summary>
    public static double? ToNumber(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number => ToDouble(value),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String when double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => null,
    };

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
    /// <exception cref="ExpressionException">A number outside the type; Elsa keeps something else instead.</exception>
    internal static JsonNode? Convert(JsonNode? value, string typeName, bool isArray)
    {
        var nullable = typeName.EndsWith('?');
        if (value is null) return isArray || nullable ? null : Default(typeName);
        if (isArray) return new JsonArray(ToList(value).Select(i => i?.DeepClone()).ToArray());
        return typeName.TrimEnd('?') switch
        {
            "Int16" => Whole(value, short.MinValue, short.MaxValue),
            "Int32" or "System.Int32" => Whole(value, int.MinValue, int.MaxValue),
            "Int64" or "Long" or "System.Int64" => Whole(value, long.MinValue, long.MaxValue),
            "Single" => Real(value, float.MaxValue),
            "Double" => Real(value, double.MaxValue),
            "Decimal" => Real(value, (double)decimal.MaxValue),
            "Boolean" or "System.Boolean" => JsonValue.Create(ToBoolean(value)),
            "String" or "System.String" => JsonValue.Create(ToText(value)),
            "JSON" or "JsonObject" or "JsonNode" or "JsonElement" or "JsonArray" or "ObjectDictionary" or "ObjectMap" or "StringDictionary" or "StringMap"
                => Fit(FromJsonText(value)),
            _ => Fit(value.DeepClone()),
        };
    }

    /// <summary>A whole double is kept as an integer, so that 3 stays "3" in text and in JSON.</summary>
    public static JsonNode NumberNode(double number) =>
        Math.Abs(number) < 1L << 53 && Math.Floor(number) == number ? JsonValue.Create((long)number) : JsonValue.Create(number);

    public static JsonNode? ParseOrNull(string? json)
    {
        if (string.IsNullOrWhiteSpace(json)) return null;
        try { return JsonNode.Parse(json, null, Strict); }
        catch (JsonException) { return null; }
    }

    public static string Write(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    /// <summary>The value itself.</summary>
    /// <exception cref="ExpressionException">It is larger, deeper or of larger numbers than a flow may hold.</exception>
    internal static JsonNode? Fit(JsonNode? value) => new ValueSize().Refuse(value) is { } why ? throw new ExpressionException(why) : value;

    private static JsonNode? FromJsonText(JsonNode value) =>
        value is JsonValue text && text.TryGetValue(out string? json) && json.TrimStart() is ['{' or '[', ..] ? ParseOrNull(json) : value.DeepClone();

    private static JsonNode? Default(string typeName) => typeName switch
    {
        "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" => JsonValue.Create(0),
        "Boolean" => JsonValue.Create(false),
        _ => null,
    };

    private static JsonNode Whole(JsonNode value, long least, long most)
    {
        if (long.TryParse(ToText(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exact) && exact >= least && exact <= most) return JsonValue.Create(exact);
        var number = Math.Round(ToNumber(value) ?? 0, MidpointRounding.ToEven);
        // 2^63 is the first double that is no long; NaN is in no range.
        return number >= least && number <= most && number < 9.2233720368547758e18 ? JsonValue.Create((long)number) : throw Outside(value);
    }

    private static JsonNode Real(JsonNode value, double most)
    {
        var number = ToNumber(value) ?? 0;
        return Math.Abs(number) <= most ? NumberNode(number) : throw Outside(value);
    }

    private static ExpressionException Outside(JsonNode value) => new($"数字 {Shown(ToText(value))} 超出范围");

    /// <summary>As much of a text as fits into a sentence.</summary>
    internal static string Shown(string? text)
    {
        const int longest = 40;
        return text is null ? "" : text.Length <= longest ? text : text[..longest] + "…";
    }

    internal static double ToDouble(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
}
