using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Platform.Publishing.Changes;

/// <summary>One thing that is different, for a person to read.</summary>
/// <param name="Document">File name of the document.</param>
/// <param name="Address">Element, as <see cref="DocumentElements"/> writes it.</param>
/// <param name="What">Element and property in words.</param>
/// <param name="Before">Null where it was not there.</param>
/// <param name="After">Null where it is taken out.</param>
public sealed record DifferenceLine(string Document, string Address, string What, string? Before, string? After)
{
    public override string ToString() => (Before, After) switch
    {
        (null, { } after) => $"{What}：增加 {after}",
        ({ } before, null) => $"{What}：删除（原 {before}）",
        _ => $"{What}：{Before} → {After}",
    };
}

/// <summary>What differs between two versions of a document, in sentences.</summary>
public static class DocumentDifference
{
    private const int LongestValue = 400;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="kind">One of <see cref="DocumentKinds"/>, or <see cref="ElementShapes.CasesKind"/>.</param>
    /// <param name="before">Null for a new document.</param>
    /// <param name="after">Null where it ends.</param>
    /// <param name="called">Title of a setting or feature by its code; null where there is none.</param>
    public static IReadOnlyList<DifferenceLine> Between(string kind, string file, string? before, string? after, Func<string, string?>? called = null)
    {
        if (before is null || after is null) return [new DifferenceLine(file, "$", "整份文档", before is null ? null : "原有内容", after is null ? null : "全部内容")];
        var (was, now) = (Read(before), Read(after));
        var (old, @new) = (DocumentElements.Of(kind, was, now), DocumentElements.Of(kind, now, was));
        var lines = old.Nodes.Keys.Union(@new.Nodes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).SelectMany(address => Element(file, address, old, @new));
        var moved = @new.Orders.Where(o => MergeOrder.Moved(old.Orders.GetValueOrDefault(o.Key, []), o.Value))
            .Select(o => new DifferenceLine(file, o.Key + "#", ElementTitles.Order(o.Key, @new, old), string.Join("、", old.Orders[o.Key]), string.Join("、", o.Value)));
        return [.. lines.Concat(moved).Select(l => called is null ? l : Named(l, old, @new, called))];
    }

    private static IEnumerable<DifferenceLine> Element(string file, string address, DocumentElements old, DocumentElements @new)
    {
        var (there, here) = (old.Nodes.TryGetValue(address, out var before), @new.Nodes.TryGetValue(address, out var after));
        if (there && here && DocumentElements.Canonical(before) == DocumentElements.Canonical(after)) yield break;
        var title = ElementTitles.Of(address, @new, old);
        if (there && here && before is JsonObject was && after is JsonObject now)
        {
            foreach (var name in was.Select(p => p.Key).Union(now.Select(p => p.Key), StringComparer.Ordinal))
                if (!Same(was[name], now[name])) yield return new DifferenceLine(file, address, $"{title} · {PropertyWords.Of(name)}", Shown(was, name), Shown(now, name));
        }
        else yield return new DifferenceLine(file, address, title, there ? Text(before) : null, here ? Text(after) : null);
    }

    /// <summary>A setting is called what its module calls it.</summary>
    private static DifferenceLine Named(DifferenceLine line, DocumentElements old, DocumentElements @new, Func<string, string?> called) =>
        (@new.Ids.GetValueOrDefault(line.Address) ?? old.Ids.GetValueOrDefault(line.Address)) is { } id && called(id) is { } title ? line with { What = line.Address.StartsWith("$.Features", StringComparison.Ordinal) ? "功能开关 " + title : title } : line;

    private static bool Same(JsonNode? a, JsonNode? b) => DocumentElements.Canonical(a) == DocumentElements.Canonical(b);

    private static string? Shown(JsonObject of, string name) => of.TryGetPropertyValue(name, out var value) ? Text(value) : null;

    private static string Text(JsonNode? node)
    {
        var text = node switch
        {
            null => "（空）",
            JsonValue value when value.TryGetValue(out bool flag) => flag ? "是" : "否",
            JsonValue value when value.TryGetValue(out string? written) => written!.Length == 0 ? "（空）" : written,
            _ => node.ToJsonString(Plain),
        };
        return text.Length > LongestValue ? text[..LongestValue] + "…" : text;
    }

    private static JsonNode? Read(string json) => JsonNode.Parse(json, documentOptions: Publisher.Lenient);
}
