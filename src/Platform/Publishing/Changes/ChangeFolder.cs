using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Platform.Recipes;
using Platform.Tenancy;

namespace Platform.Publishing.Changes;

/// <summary>A change as a recipe folder: documents as files, a recipe that lists them, and in it what the change says of itself.</summary>
public sealed class ChangeFolder(ChangeBook book, Publisher publisher, TenantContext tenant)
{
    private const string RecipeEnding = ".recipe.json";

    /// <summary>Writes into a folder that is empty or not there.</summary>
    /// <exception cref="PublishingRefusedException">There is something in it.</exception>
    public async Task<int> ExportAsync(Guid id, string folder, CancellationToken cancel = default)
    {
        var opened = await book.FindAsync(id, cancel) ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单，请用 changes list 查看");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new PublishingRefusedException($"文件夹 {folder} 不是空的，没有导出：请换一个");
        var steps = new JsonArray();
        foreach (var group in opened.Body.Documents.Where(d => !d.Ends).GroupBy(d => d.Kind, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var files = new JsonArray();
            foreach (var document in group) files.Add(new JsonObject { ["SourcePath"] = await WriteAsync(folder, document, cancel) });
            steps.Add(new JsonObject { ["name"] = publisher.Kind(group.Key).RecipeStep, ["Files"] = files });
        }
        var recipe = new JsonObject { ["name"] = opened.Change.Number, ["displayName"] = opened.Body.Title, ["description"] = opened.Body.Reason, ["change"] = About(opened.Body), ["steps"] = steps };
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, opened.Change.Number + RecipeEnding), recipe.ToJsonString(ReadableJson.Options), cancel);
        return opened.Body.Documents.Count;
    }

    /// <summary>Reads a folder as a change; nothing outside of it is read.</summary>
    /// <exception cref="DocumentException">Names the file, the place and the remedy.</exception>
    public (NewChange Change, IReadOnlyList<DocumentEdit> Edits) Read(string folder, string entry)
    {
        if (!Directory.Exists(folder)) throw new PublishingRefusedException($"文件夹不存在：{folder}");
        var recipes = Directory.GetFiles(folder, "*" + RecipeEnding);
        if (recipes.Length != 1) throw new PublishingRefusedException($"文件夹中须恰好有一个 *{RecipeEnding}，现有 {recipes.Length} 个");
        Small(recipes[0]);
        var recipe = Recipe.Read(recipes[0]);
        var root = JsonNode.Parse(File.ReadAllText(recipes[0]), documentOptions: Publisher.Lenient)!.AsObject();
        List<DocumentEdit> edits = [.. recipe.Steps.SelectMany(step => Edits(recipe, step)), .. Ends(recipe.File, root)];
        return (new NewChange(TextOf(root, "displayName") ?? recipe.Name, TextOf(root, "description") ?? "", entry, From(recipe.File, root)), edits);
    }

    private IEnumerable<DocumentEdit> Edits(Recipe recipe, RecipeStepElement step)
    {
        var kind = publisher.Kinds.FirstOrDefault(k => k.RecipeStep.Equals(step.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw new DocumentException(recipe.File, step.Path, $"变更单中不能有步骤 {step.Name}，可用：{string.Join("、", publisher.Kinds.Select(k => k.RecipeStep).Order(StringComparer.Ordinal))}");
        foreach (var file in step.Parts("Files").SelectMany(f => recipe.Files.Matching(f.Text("SourcePath"))))
        {
            var name = kind.NameOf(file);
            var cases = kind.HasCases ? recipe.Files.TextIfThere(file[..^kind.Suffix.Length] + DocumentKind.CasesSuffix) : null;
            yield return OwnLayer.Edit(tenant.Current, (kind, name), DocumentFile.Read(name + kind.Suffix, recipe.Files.Text(file)), cases);
        }
    }

    private IEnumerable<DocumentEdit> Ends(string file, JsonObject root)
    {
        if (root["change"]?["ends"] is not JsonArray ends) yield break;
        foreach (var end in ends)
        {
            var (kind, name, layer) = (TextOf(end, "kind"), TextOf(end, "name"), TextOf(end, "layer"));
            if (kind is null || name is null || layer is null || DocumentFile.Layers.GetValueOrDefault(layer) is not { } known) throw new DocumentException(file, "$.change.ends", "每一项须有 kind、name、layer");
            OwnLayer.Of(tenant.Current, name, new DocumentFile("", known, null, null, false));
            yield return new DocumentEdit(publisher.Kind(kind).Code, name, known, null);
        }
    }

    private static JsonObject About(ChangeBody body) => new()
    {
        ["from"] = body.From?.ToString("o", System.Globalization.CultureInfo.InvariantCulture),
        ["ends"] = new JsonArray([.. body.Documents.Where(d => d.Ends).Select(d => new JsonObject { ["kind"] = d.Kind, ["name"] = d.Name, ["layer"] = d.Layer.ToString().ToLowerInvariant() })]),
    };

    private async Task<string> WriteAsync(string folder, ChangedDocument document, CancellationToken cancel)
    {
        var kind = publisher.Kind(document.Kind);
        var relative = $"{document.Kind}/{document.Name}{kind.Suffix}";
        var file = Path.GetFullPath(Path.Combine(folder, relative));
        if (!file.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new PublishingRefusedException($"文档名 {document.Name} 不能作文件名，没有导出");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, await WithColumnsAsync(document, cancel), cancel);
        if (await book.CasesAsync(document, cancel) is { } cases) await File.WriteAllTextAsync(file[..^kind.Suffix.Length] + DocumentKind.CasesSuffix, cases, cancel);
        return relative;
    }

    /// <summary>Layer and dates travel in the file, where it can hold them.</summary>
    private async Task<string> WithColumnsAsync(ChangedDocument document, CancellationToken cancel)
    {
        var text = await book.TextAsync(document.Text!, cancel);
        if (document.Kind != DocumentKinds.RulePack || JsonNode.Parse(text, documentOptions: Publisher.Lenient) is not JsonObject root) return text;
        root["layer"] = document.Layer.ToString().ToLowerInvariant();
        if (document.FirstDay is { } first) root["effectiveFrom"] = first.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (document.LastDay is { } last) root["effectiveTo"] = last.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return root.ToJsonString(ReadableJson.Options);
    }

    private static DateTimeOffset? From(string file, JsonObject root) => TextOf(root["change"], "from") is not { } text ? null
        : DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind, out var at) ? at
        : throw new DocumentException(file, "$.change.from", "须写成 2026-12-01T00:00:00+08:00，或 null");

    private static string? TextOf(JsonNode? node, string name) => node is JsonObject o && o[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static void Small(string file)
    {
        if (new FileInfo(file).Length > RecipeFiles.LongestFile) throw new DocumentException(Path.GetFileName(file), "$", $"文件超过 {RecipeFiles.LongestFile / 1_000_000} MB，没有读取：请删减");
    }
}
