using System.Text.Json.Nodes;

namespace Harness;

/// <summary>Documents damaged as people who write them damage them: properties left out, doubled, of another kind, renamed, moved; numbers without measure; broken text.</summary>
public static class MutatedJson
{
    private static readonly string[] Odd =
    [
        "null", "true", "0", "-1", "1e28", "1e-28", "79228162514264337593543950335", "\"\"", "\"x\"", "\"OBX-3\"", "\"OBX-0\"", "\"OBX-999.99.99\"", "\" + \"", "\"A + B\"", "[]", "[null]", "[\"\"]", "{}",
        "[[]]", "\"((((((((((a+)+)+)+)+)+)+)+)+)+\"", "\"^(a)(b)$\"", "\"^0*([0-9]+)$\"", "\"*\"", "\"\\u0000\"", "\"GB18030\"", "\"utf-7\"", "\"yyyy\"", "\"{MSH-10}{test}{#}\"", "1.5", "2147483648",
        "\"hl7\"", "\"astm\"", "\"csv\"", "\"xml\"", "\"lines\"", "\"qc\"", "\"HALF\"",
        "\"2026-02-30\"", "\"9999-12-31\"", "\"${configuration('x')}\"", "\"${variables.a}\"", "\"../../etc/passwd\"", "\"<script>\"", "{\"all\":[]}", "{\"not\":{\"not\":{}}}", "{\"any\":[{\"all\":[{\"fact\":\"hb\",\"op\":\">=\",\"value\":\"x\"}]}]}",
        "{\"typeName\":\"String\",\"expression\":{\"type\":\"JavaScript\",\"value\":\"while(true){}\"}}", "{\"from\":\"birthDate\",\"add\":{\"years\":99999}}", "\"Elsa.Flowchart\"", "{\"id\":\"x\",\"type\":\"Elsa.Flowchart\"}",
    ];

    /// <summary>One to four damages; the same generator state gives the same text.</summary>
    public static string Mutate(string original, Random random)
    {
        var json = JsonNode.Parse(original)!;
        for (var n = random.Next(1, 5); n > 0; n--) Damage(json, random);
        // Half a character cannot be written by a writer of JSON, but by hand.
        var text = json.ToJsonString().Replace("\"HALF\"", "\"\\ud800\"", StringComparison.Ordinal);
        return random.Next(5) > 0 ? text : Broken(text, random);
    }

    private static void Damage(JsonNode root, Random random)
    {
        var places = Containers(root).ToList();
        switch (places[random.Next(places.Count)])
        {
            case JsonObject { Count: > 0 } o:
                DamageObject(o, o.ElementAt(random.Next(o.Count)).Key, random);
                break;
            case JsonArray { Count: > 0 } a:
                var at = random.Next(a.Count);
                if (random.Next(3) == 0) a.RemoveAt(at);
                else if (random.Next(2) == 0) a.Add(a[at]?.DeepClone());
                else a[at] = Value(random);
                break;
            case JsonArray a:
                a.Add(Value(random));
                break;
        }
    }

    private static void DamageObject(JsonObject o, string key, Random random)
    {
        switch (random.Next(4))
        {
            case 0: o.Remove(key); break;
            case 1: o[key] = Value(random); break;
            case 2: o[random.Next(2) == 0 ? key + "x" : key.ToUpperInvariant()] = o[key]?.DeepClone(); break;
            default:
                var other = o.ElementAt(random.Next(o.Count)).Key;
                (o[key], o[other]) = (o[other]?.DeepClone(), o[key]?.DeepClone());
                break;
        }
    }

    private static JsonNode? Value(Random random) => JsonNode.Parse(Odd[random.Next(Odd.Length)]);

    private static string Broken(string text, Random random)
    {
        var at = random.Next(text.Length);
        return random.Next(3) switch
        {
            0 => text[..at],
            1 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
            _ => text.Insert(at, text.Substring(at, Math.Min(random.Next(1, 40), text.Length - at))),
        };
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Containers(p.Value)).Prepend(o),
        JsonArray a => a.SelectMany(Containers).Prepend(a),
        _ => [],
    };
}
