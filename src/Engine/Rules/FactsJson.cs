using System.Globalization;
using System.Text.Json;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>Reads facts from JSON: numbers, texts and codes, <c>true</c>/<c>false</c> for yes/no, <c>"2026-01-31"</c> for dates,
/// <c>[{"on":"2026-01-31","amount":250}]</c> for dated amounts, null for unknown.</summary>
public static class FactsJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a text; a name that stands twice has no value.</summary>
    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, Strict);
        }
        catch (JsonException e)
        {
            throw new DocumentFaultException("$", $"第 {e.LineNumber + 1} 行不是合法的 JSON，或同一个名称写了两次：{e.Message}");
        }
    }

    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static FactBag Read(JsonElement json, string path = "$")
    {
        var facts = new FactBag();
        Add(facts, json, path);
        return facts;
    }

    /// <summary>Adds facts to a bag; null takes one away.</summary>
    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static void Add(FactBag facts, JsonElement json, string path = "$")
    {
        if (json.ValueKind != JsonValueKind.Object) throw new DocumentFaultException(path, "事实必须写成对象，例如 {\"hb\":110,\"sex\":\"F\"}");
        foreach (var property in json.EnumerateObject()) facts.Set(property.Name, Value(property.Value, $"{path}.{property.Name}"));
    }

    private static object? Value(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String when Date(value) is { } date => date,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => value.EnumerateArray().Select((v, i) => Amount(v, $"{path}[{i}]")).ToList(),
        _ => throw new DocumentFaultException(path, "只能是数字、文字、日期、是否、null 或 [{\"on\":\"2026-01-31\",\"amount\":250}]"),
    };

    private static DatedAmount Amount(JsonElement json, string path) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("on", out var on) && Date(on) is { } date
        && json.TryGetProperty("amount", out var amount) && amount.ValueKind == JsonValueKind.Number && amount.TryGetDecimal(out var number)
            ? new DatedAmount(date, number)
            : throw new DocumentFaultException(path, "须写成 {\"on\":\"2026-01-31\",\"amount\":250}");

    private static DateOnly? Date(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
