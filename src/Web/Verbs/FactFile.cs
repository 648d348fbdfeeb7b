using System.Text.Json;

namespace Web.Verbs;

/// <summary>A file of facts: one object, or one object a line (JSON lines).</summary>
internal static class FactFile
{
    /// <summary>Facts with what may be said for them alone.</summary>
    public sealed record FactSet(JsonElement Facts, string? Date, string? Type, string? Stage);

    /// <param name="path">A file, or <c>-</c> for the standard input.</param>
    /// <exception cref="VerbException">It is not there.</exception>
    public static (string Name, string Text) Read(string path)
    {
        if (path == "-") return ("标准输入", Console.In.ReadToEnd());
        return File.Exists(path) ? (Path.GetFileName(path), File.ReadAllText(path)) : throw new VerbException($"事实文件不存在：{path}");
    }

    /// <summary>The lines, when each holds an object of its own; null for a single set.</summary>
    public static IReadOnlyList<(int Number, string Text)>? Lines(string text)
    {
        var lines = text.Split('\n').Select((line, i) => (Number: i + 1, Text: line.Trim())).Where(l => l.Text.Length > 0).ToList();
        return lines.Count > 1 && lines.All(l => l.Text is ['{', .., '}']) ? lines : null;
    }

    /// <summary>Bare facts, or <c>{ "facts": {…}, "date": "2026-01-31", "type": "…", "stage": "…" }</c>.</summary>
    public static FactSet SetOf(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("facts", out var facts) || facts.ValueKind != JsonValueKind.Object) return new FactSet(json, null, null, null);
        if (json.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => n is not ("facts" or "date" or "type" or "stage")) is { } other)
            throw new VerbException($"facts 旁边只能有 date、type、stage，不能有 {other}");
        return new FactSet(facts, Text(json, "date"), Text(json, "type"), Text(json, "stage"));
    }

    private static string? Text(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw new VerbException($"{name} 须是文字");
}
