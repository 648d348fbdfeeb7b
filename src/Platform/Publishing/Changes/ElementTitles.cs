using System.Text.Json.Nodes;

namespace Platform.Publishing.Changes;

/// <summary>An element in words: what it is and what it is called.</summary>
internal static class ElementTitles
{
    private static readonly string[] Naming = ["label", "title", "name", "displayText"];

    /// <summary>For example 部分“一般检查” · 字段“握力”; the first side that has the element tells.</summary>
    public static string Of(string address, params DocumentElements[] sides)
    {
        var parts = new List<string>();
        for (var at = Next(address, 0); at > 0; at = Next(address, at + 1)) parts.Add(One(address[..(at + 1)], sides));
        if (!address.EndsWith(']')) parts.Add(Property(address, sides));
        return string.Join(" · ", parts.Where(p => p.Length > 0));
    }

    public static string Order(string list, params DocumentElements[] sides) => $"{Of(list, sides)} 的次序".TrimStart(' ', '·');

    private static int Next(string address, int from) => address.IndexOf(']', from);

    private static string One(string address, DocumentElements[] sides)
    {
        var side = Array.Find(sides, s => s.Shapes.ContainsKey(address)) ?? sides[0];
        if (!side.Shapes.TryGetValue(address, out var shape)) return "";
        var id = side.Ids[address];
        var called = side.Nodes.TryGetValue(address, out var node) && node is JsonObject own ? Naming.Select(n => Text(own[n])).OfType<string>().FirstOrDefault() : null;
        return called is null || called == id ? $"{shape.Title} {id}" : $"{shape.Title}“{called}”（{id}）";
    }

    private static string Property(string address, DocumentElements[] sides) =>
        sides.Select(s => s.Ids.GetValueOrDefault(address)).OfType<string>().FirstOrDefault() is { } name ? PropertyWords.Of(name)
        : address.LastIndexOf('.') is > 0 and var dot ? PropertyWords.Of(address[(dot + 1)..]) : "";

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
