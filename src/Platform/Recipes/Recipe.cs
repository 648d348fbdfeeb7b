using System.Text.Json;
using Platform.Publishing;

namespace Platform.Recipes;

/// <summary>A recipe in Orchard Core's shape: a name and steps, each <c>{ "name": step, …payload }</c>.</summary>
public sealed record Recipe(string Name, string Version, IReadOnlyDictionary<string, string> Variables, IReadOnlyList<RecipeStepElement> Steps, RecipeFiles Files)
{
    /// <exception cref="DocumentException">Names the file, the path in it and the remedy.</exception>
    public static Recipe Read(string file)
    {
        var name = Path.GetFileName(file);
        if (!File.Exists(file)) throw new DocumentException(name, "$", "配方文件不存在：请检查 tenants.json 或租户文件夹中的文件名");
        try
        {
            var root = JsonDocument.Parse(File.ReadAllText(file), Publisher.Lenient).RootElement;
            var variables = root.TryGetProperty("variables", out var v)
                ? v.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal)
                : [];
            var steps = Required(root, "steps", name).EnumerateArray()
                .Select((step, i) => new RecipeStepElement(Required(step, "name", $"{name} $.steps[{i}]").GetString()!, $"$.steps[{i}]", step))
                .ToList();
            return new Recipe(Required(root, "name", name).GetString()!, root.TryGetProperty("version", out var version) ? version.GetString()! : "1", variables, steps, new RecipeFiles(Path.GetDirectoryName(Path.GetFullPath(file))!));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DocumentException(name, "$", $"不是合法的 JSON 配方：{e.Message}");
        }
    }

    private static JsonElement Required(JsonElement json, string property, string where) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(property, out var value)
            ? value
            : throw new DocumentException(where, "$", $"缺少 {property}");
}

public sealed record RecipeStepElement(string Name, string Path, JsonElement Json);

/// <summary>The files a recipe may read: those of its own folder.</summary>
public sealed class RecipeFiles(string folder)
{
    /// <exception cref="DocumentException">Outside the folder, or not there.</exception>
    public string Text(string relative)
    {
        var full = Path.GetFullPath(Path.Combine(folder, relative));
        if (!full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new DocumentException(relative, "$", "配方只能读取自己文件夹中的文件");
        if (!File.Exists(full)) throw new DocumentException(relative, "$", "文件不存在：请检查 SourcePath");
        return File.ReadAllText(full);
    }

    /// <summary>Files matching a pattern with <c>*</c> in the last segment, sorted.</summary>
    public IReadOnlyList<string> Matching(string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal)) return [pattern];
        var directory = Path.GetFullPath(Path.Combine(folder, Path.GetDirectoryName(pattern) ?? ""));
        if (!directory.StartsWith(folder, StringComparison.Ordinal)) throw new DocumentException(pattern, "$", "配方只能读取自己文件夹中的文件");
        if (!Directory.Exists(directory)) throw new DocumentException(pattern, "$", "文件夹不存在：请检查 SourcePath");
        return [.. Directory.GetFiles(directory, Path.GetFileName(pattern)).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];
    }
}
