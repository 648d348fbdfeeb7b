using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Rules;

/// <summary>One byte sequence per meaning: no white space, properties in ordinal order, numbers without trailing zeros.</summary>
internal static class CanonicalJson
{
    public static byte[] Write(JsonElement root, string? except = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer, root, except);
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement json, string? except)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in json.EnumerateObject().Where(p => p.Name != except).OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, null);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray()) Write(writer, item, null);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when json.TryGetDecimal(out var number):
                writer.WriteNumberValue(number / 1.0000000000000000000000000000m);
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }
}
