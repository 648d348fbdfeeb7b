using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Canonical;

/// <summary>JSON in the one form that is hashed and signed: RFC 8785 (JCS), members sorted by UTF-16 code units, minimal escapes, no white space.</summary>
public static class CanonicalJson
{
    private const long MaxInteger = 9_007_199_254_740_991;

    /// <summary>Canonical bytes of content to be signed. Numbers are whole and at most 2^53−1 in size; quantities belong in strings.</summary>
    /// <exception cref="ArgumentException">A fractional or too large number, or an unpaired surrogate.</exception>
    public static byte[] Write(JsonNode? node) => Encoding.UTF8.GetBytes(Render(node, fractions: false));

    /// <summary>Canonical bytes of a configuration document, where numbers may have decimals (written as ECMAScript does).</summary>
    /// <exception cref="ArgumentException">A number a double cannot hold exactly enough, or an unpaired surrogate.</exception>
    /// <exception cref="JsonException">Not JSON, or a property appears twice.</exception>
    public static byte[] WriteDocument(string json) =>
        Encoding.UTF8.GetBytes(Render(JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }), fractions: true));

    /// <summary>SHA-256 of a configuration document's canonical bytes, lower-case hexadecimal.</summary>
    public static string DocumentHash(string json) => Digest.Of(WriteDocument(json));

    private static string Render(JsonNode? node, bool fractions)
    {
        var output = new StringBuilder();
        Append(output, node, fractions);
        return output.ToString();
    }

    private static void Append(StringBuilder output, JsonNode? node, bool fractions)
    {
        switch (node)
        {
            case null: output.Append("null"); break;
            case JsonObject members: AppendMembers(output, members, fractions); break;
            case JsonArray items: AppendItems(output, items, fractions); break;
            default: AppendScalar(output, node.AsValue(), fractions); break;
        }
    }

    private static void AppendMembers(StringBuilder output, JsonObject members, bool fractions)
    {
        output.Append('{');
        var first = true;
        foreach (var (name, value) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (!first) output.Append(',');
            first = false;
            AppendText(output, name);
            output.Append(':');
            Append(output, value, fractions);
        }
        output.Append('}');
    }

    private static void AppendItems(StringBuilder output, JsonArray items, bool fractions)
    {
        output.Append('[');
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) output.Append(',');
            Append(output, items[i], fractions);
        }
        output.Append(']');
    }

    private static void AppendScalar(StringBuilder output, JsonValue value, bool fractions)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True: output.Append("true"); break;
            case JsonValueKind.False: output.Append("false"); break;
            case JsonValueKind.String: AppendText(output, value.GetValue<string>()); break;
            default: output.Append(Number(value.ToJsonString(), fractions)); break;
        }
    }

    private static string Number(string text, bool fractions)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && whole is >= -MaxInteger and <= MaxInteger)
            return whole.ToString(CultureInfo.InvariantCulture);
        if (!fractions) throw new ArgumentException($"Canonical JSON holds whole numbers up to 2^53−1 only; write {text} as a string.");
        var written = EcmaScriptNumber.Format(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        // Two different documents must not share a hash because their numbers differ only beyond a double's precision.
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && (!decimal.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var kept) || kept != exact)
                ? throw new ArgumentException($"The number {text} has more digits than a document may hold.")
                : written;
    }

    private static void AppendText(StringBuilder output, string text)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c) && !IsPaired(text, i)) throw new ArgumentException("Canonical JSON cannot hold an unpaired surrogate.");
            output.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }
        output.Append('"');
    }

    private static bool IsPaired(string text, int index) => char.IsHighSurrogate(text[index])
        ? index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
        : index > 0 && char.IsHighSurrogate(text[index - 1]);
}
