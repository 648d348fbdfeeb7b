using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Recipes;

/// <summary>A document as a recipe finds it.</summary>
/// <param name="Layer">The layer it would be published in.</param>
/// <param name="CasesJson">Text of the cases beside it; null when there are none.</param>
public sealed record DocumentSource(DocumentKind Kind, string Name, DocumentLayer Layer, string Json, string? CasesJson)
{
    public string File => Name + Kind.Suffix;
}

/// <summary>Publishing one document by recipe, as a planned change with its difference.</summary>
public static class DocumentChange
{
    public static async Task PlanAsync(RecipePlan plan, Publisher publisher, DocumentSource source, CancellationToken cancel)
    {
        var file = DocumentFile.Read(source.File, source.Json);
        if (file.Layer is { } said && said != source.Layer)
            plan.Findings.Add(new SetFinding(source.File, "$.layer", $"文件写的层是 {Word(said)}，这里只能发布 {Word(source.Layer)} 层的文档", "请改正 layer，或由该层发布"));
        var inForce = plan.Current.Documents.FirstOrDefault(d => d.Kind == source.Kind.Code && d.Name == source.Name && d.Layer == source.Layer);
        if (IsSame(plan, inForce, source, file))
        {
            plan.Unchanged.Add($"{source.Kind.Title} {source.Name}（第 {inForce!.Version} 版）");
            return;
        }
        var candidate = await publisher.DetachedAsync(new NewDraft(source.Kind.Code, source.Name, source.Layer, file, source.CasesJson, "recipe:" + plan.Recipe.Name), cancel);
        plan.Take(candidate, file);
        plan.Changes.Add(new PlannedChange(Describe(source.Kind.Title, inForce, candidate), () => Task.CompletedTask) { IsDocument = true });
    }

    private static bool IsSame(RecipePlan plan, PublishedDocument? inForce, DocumentSource source, DocumentFile file) =>
        inForce is not null && inForce.Hash == Publisher.HashOf(source.File, file.Content) && inForce.CasesJson == source.CasesJson
        && DocumentDates.LastDay(inForce, plan.Zone) == file.To;

    private static string Word(DocumentLayer layer) => layer.ToString().ToLowerInvariant();

    private static string Describe(string title, PublishedDocument? before, PublishedDocument after) => before is null
        ? $"+ {title} {after.Name}（新）"
        : $"~ {title} {after.Name}（第 {before.Version} 版 → 第 {after.Version} 版）\n" + string.Join("\n", JsonDifference.Between(before.Json, after.Json).Select(line => "    " + line))
            + (before.CasesJson == after.CasesJson ? "" : "    用例有变");
}

/// <summary>One step per kind of document: <c>{ "name": "Station.Forms", "Files": [ { "SourcePath": "forms/*.form.json" } ] }</c>. Cases are taken from the <c>.tests.json</c> beside each.</summary>
public sealed class DocumentsStep(DocumentKind kind, Publisher publisher, DocumentLibrary library) : IRecipeStep
{
    public string Name => kind.RecipeStep;

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        var layer = plan.Tenant.IsProvince ? DocumentLayer.Province : DocumentLayer.Station;
        foreach (var source in step.Has("Files") ? step.Parts("Files") : [])
            foreach (var file in plan.Recipe.Files.Matching(source.Text("SourcePath")))
            {
                var name = kind.NameOf(file);
                var cases = kind.HasCases ? plan.Recipe.Files.TextIfThere(file[..^kind.Suffix.Length] + DocumentKind.CasesSuffix) : null;
                await DocumentChange.PlanAsync(plan, publisher, new DocumentSource(kind, name, layer, plan.Recipe.Files.Text(file), cases), cancel);
            }
        foreach (var name in step.Has("Library") ? step.Texts("Library") : [])
        {
            var (folder, json, cases) = library.Read(kind, name);
            await DocumentChange.PlanAsync(plan, publisher, new DocumentSource(kind, kind.NameOf(name + kind.Suffix), folder == "national" ? DocumentLayer.National : layer, json, cases), cancel);
        }
    }
}

/// <summary>The product's own rule packs and workflows beside <c>tenant-config</c>, named in recipes as <c>folder/name</c>, never by path.</summary>
public sealed class DocumentLibrary(string root)
{
    /// <exception cref="DocumentException">No such document in the library.</exception>
    public (string Folder, string Json, string? Cases) Read(DocumentKind kind, string name)
    {
        var folder = kind.Code == DocumentKinds.Workflow ? "workflows" : "rule-packs";
        var file = Path.GetFullPath(Path.Combine(root, folder, name + kind.Suffix));
        if (!file.StartsWith(Path.Combine(root, folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(file))
            throw new DocumentException(name, "$", $"{folder} 中没有 {name}{kind.Suffix}");
        var cases = file[..^kind.Suffix.Length] + DocumentKind.CasesSuffix;
        return (name.Contains('/', StringComparison.Ordinal) ? name.Split('/')[0] : "", File.ReadAllText(file), kind.HasCases && File.Exists(cases) ? File.ReadAllText(cases) : null);
    }
}

/// <summary>What differs between two JSON documents, a line per place.</summary>
public static class JsonDifference
{
    public static IEnumerable<string> Between(string before, string after)
    {
        var old = Flat(JsonNode.Parse(before, documentOptions: Publisher.Lenient), "$").ToDictionary(p => p.Path, p => p.Value, StringComparer.Ordinal);
        var @new = Flat(JsonNode.Parse(after, documentOptions: Publisher.Lenient), "$").ToDictionary(p => p.Path, p => p.Value, StringComparer.Ordinal);
        foreach (var path in old.Keys.Union(@new.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (was, now) = (old.GetValueOrDefault(path), @new.GetValueOrDefault(path));
            if (was != now) yield return $"{path}: {was ?? "（无）"} → {now ?? "（删除）"}";
        }
    }

    private static IEnumerable<(string Path, string Value)> Flat(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(p => Flat(p.Value, $"{path}.{p.Key}")),
        JsonArray a => a.SelectMany((item, i) => Flat(item, $"{path}[{i}]")),
        _ => [(path, node?.ToJsonString(Plain) ?? "null")],
    };

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
