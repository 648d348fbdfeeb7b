using System.Text.Json;
using Platform.Publishing;

namespace Platform.Recipes;

/// <summary>A recipe in Orchard Core's shape: a name and steps, each <c>{ "name": step, …payload }</c>.</summary>
public sealed record Recipe(string Name, string Version, IReadOnlyDictionary<string, string> Variables, IReadOnlyList<RecipeStepElement> Steps, RecipeFiles Files)
{
    /// <summary>Name of the file, as errors show it.</summary>
    public required string File { get; init; }

    /// <exception cref="DocumentException">Names the file, the path in it and the remedy.</exception>
    public static Recipe Read(string file)
    {
        var name = Path.GetFileName(file);
        if (!System.IO.File.Exists(file)) throw new DocumentException(name, "$", "配方文件不存在：请检查 tenants.json 或租户文件夹中的文件名");
        try
        {
            var root = JsonDocument.Parse(System.IO.File.ReadAllText(file), Publisher.Lenient).RootElement;
            var variables = root.TryGetProperty("variables", out var v)
                ? v.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal)
                : [];
            var steps = Required(root, "steps", name).EnumerateArray()
                .Select((step, i) => new RecipeStepElement(name, Required(step, "name", $"{name} $.steps[{i}]").GetString()!, $"$.steps[{i}]", step))
                .ToList();
            return new Recipe(Required(root, "name", name).GetString()!, root.TryGetProperty("version", out var version) ? version.GetString()! : "1", variables, steps, new RecipeFiles(Path.GetDirectoryName(Path.GetFullPath(file))!)) { File = name };
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

/// <summary>A step of a recipe, or a part of one. Reading what is not there, or is of another kind, names file, path and remedy.</summary>
public sealed record RecipeStepElement(string File, string Name, string Path, JsonElement Json)
{
    /// <exception cref="DocumentException">Missing, or not a text.</exception>
    public string Text(string property) => TextOf(Required(property), $"{Path}.{property}");

    /// <summary>Null when it is not there.</summary>
    public string? OptionalText(string property) => Has(property) ? Text(property) : null;

    public bool Flag(string property) => Has(property) && Json.GetProperty(property) is var value && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw Wrong($"{Path}.{property}", "须是 true 或 false"));

    /// <summary>A whole number within its range; null when it is not there.</summary>
    public int? OptionalNumber(string property, int least, int most) => !Has(property) ? null
        : Json.GetProperty(property) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw Wrong($"{Path}.{property}", $"须是 {least} 至 {most} 的整数");

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(string property) => [.. Items(property).Select((item, i) => TextOf(item, $"{Path}.{property}[{i}]"))];

    /// <summary>A list of objects.</summary>
    public IReadOnlyList<RecipeStepElement> Parts(string property) => [.. Items(property).Select((item, i) => item.ValueKind == JsonValueKind.Object
        ? this with { Path = $"{Path}.{property}[{i}]", Json = item }
        : throw Wrong($"{Path}.{property}[{i}]", "须是 { … } 形式的一组键值"))];

    /// <summary>The properties of an object.</summary>
    public IReadOnlyList<(string Name, string Text)> TextsOf(string property) => Required(property) is { ValueKind: JsonValueKind.Object } values
        ? [.. values.EnumerateObject().Select(p => (p.Name, TextOf(p.Value, $"{Path}.{property}.{p.Name}")))]
        : throw Wrong($"{Path}.{property}", "须是 { … } 形式的一组文字键值");

    public bool Has(string property) => Json.TryGetProperty(property, out _);

    private IEnumerable<JsonElement> Items(string property) =>
        Required(property) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : throw Wrong($"{Path}.{property}", $"{property} 须是列表 [ … ]");

    private JsonElement Required(string property) => Json.TryGetProperty(property, out var value) ? value : throw Wrong(Path, $"缺少 {property}");

    private string TextOf(JsonElement value, string path) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(path, "须是文字，写在引号内");

    private DocumentException Wrong(string path, string remedy) => new(File, path, remedy);
}

/// <summary>The files a recipe may read: those of its own folder.</summary>
public sealed class RecipeFiles(string folder)
{
    /// <summary>Bytes of one file.</summary>
    public const long LongestFile = 4_000_000;

    /// <exception cref="DocumentException">Outside the folder, or not there.</exception>
    public string Text(string relative)
    {
        var full = Path.GetFullPath(Path.Combine(folder, relative));
        if (!full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new DocumentException(relative, "$", "配方只能读取自己文件夹中的文件");
        if (!File.Exists(full)) throw new DocumentException(relative, "$", "文件不存在：请检查 SourcePath");
        if (IsLink(full)) throw new DocumentException(relative, "$", "是指向别处的链接，没有读取：请换成文件本身");
        if (new FileInfo(full).Length > LongestFile) throw new DocumentException(relative, "$", $"超过 {LongestFile / 1_000_000} MB，没有读取：请删减");
        return File.ReadAllText(full);
    }

    /// <summary>Whether the file, or a folder on the way to it, leads elsewhere.</summary>
    private bool IsLink(string full)
    {
        for (var at = full; at.Length > folder.Length; at = Path.GetDirectoryName(at)!)
            if (new FileInfo(at).LinkTarget is not null) return true;
        return false;
    }

    /// <summary>As <see cref="Text"/>; null when there is no such file.</summary>
    public string? TextIfThere(string relative) => File.Exists(Path.GetFullPath(Path.Combine(folder, relative))) ? Text(relative) : null;

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
