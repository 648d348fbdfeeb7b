using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

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
        "1e400", "-1e400", "123456789012345678901234567890123456789012345678901234567890", "[{}]", "[[1,[2,[3]]]]", "\"NOT\"", "\"NOT\"", "\"DEEP\"", "\"DEEP\"", "\"LONG\"", "\"LONG\"", "\"MANY\"",
    ];

    /// <summary>What no writer of JSON writes, or what it would take long to parse for each damage: by the mark that stands for it.</summary>
    private static readonly (string Mark, string Text)[] ByHand =
    [
        ("\"HALF\"", "\"\\ud800\""),
        ("\"NOT\"", Nested("{\"not\":", "{\"fact\":\"hb\",\"op\":\"known\"}", "}", 40)),
        ("\"DEEP\"", Nested("[", "1", "]", 5_000)),
        ("\"LONG\"", '"' + new string('长', 200_000) + '"'),
        ("\"MANY\"", "[" + string.Join(',', Enumerable.Repeat("{\"id\":\"a\"}", 5_000)) + "]"),
    ];

    /// <summary>One to four damages; the same generator state gives the same text.</summary>
    public static string Mutate(string original, Random random)
    {
        var json = JsonNode.Parse(original)!;
        for (var n = random.Next(1, 5); n > 0; n--) Damage(json, random);
        var text = ByHand.Aggregate(json.ToJsonString(), (t, hand) => t.Replace(hand.Mark, hand.Text, StringComparison.Ordinal));
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
        switch (random.Next(5))
        {
            case 0: o.Remove(key); break;
            case 1: o[key] = Value(random); break;
            case 2:
                var value = o[key]?.DeepClone();
                o.Remove(key);
                o[key + "x"] = value;
                break;
            case 3: o[random.Next(2) == 0 ? key + "x" : key.ToUpperInvariant()] = o[key]?.DeepClone(); break;
            default:
                var other = o.ElementAt(random.Next(o.Count)).Key;
                (o[key], o[other]) = (o[other]?.DeepClone(), o[key]?.DeepClone());
                break;
        }
    }

    private static JsonNode? Value(Random random) => JsonNode.Parse(Odd[random.Next(Odd.Length)]);

    /// <summary>As a text: cut, a piece lost or doubled, a comma missing, a property twice, a byte flipped.</summary>
    private static string Broken(string text, Random random)
    {
        var at = random.Next(text.Length);
        return random.Next(6) switch
        {
            0 => text[..at],
            1 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
            2 => text.Insert(at, text.Substring(at, Math.Min(random.Next(1, 40), text.Length - at))),
            3 => text.IndexOf(',', at) is >= 0 and var comma ? text.Remove(comma, 1) : text[..at],
            4 => text.IndexOf('{', at) is >= 0 and var open ? Doubled(text, open + 1) : text[..at],
            _ => Flipped(text, random),
        };
    }

    /// <summary>The first property of an object once more, when it is a text.</summary>
    private static string Doubled(string text, int at) => Regex.Match(text[at..], "^\"[^\"]*\":\"[^\"]*\"") is { Success: true } first ? text.Insert(at, first.Value + ",") : text.Insert(at, "\"id\":1,\"id\":2,");

    private static string Flipped(string text, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return Encoding.UTF8.GetString(bytes);
    }

    private static string Nested(string open, string inner, string close, int depth) => string.Concat(Enumerable.Repeat(open, depth)) + inner + string.Concat(Enumerable.Repeat(close, depth));

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Containers(p.Value)).Prepend(o),
        JsonArray a => a.SelectMany(Containers).Prepend(a),
        _ => [],
    };
}
