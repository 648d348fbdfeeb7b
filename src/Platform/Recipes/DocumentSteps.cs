using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Recipes;

/// <summary>Publishing one document by recipe, as a planned change with its difference.</summary>
public static class DocumentChange
{
    public static async Task PlanAsync(RecipePlan plan, Publisher publisher, string kind, string name, DocumentLayer layer, string json, CancellationToken cancel)
    {
        var inForce = plan.Current.Documents.FirstOrDefault(d => d.Kind == kind && d.Name == name && d.Layer == layer);
        if (inForce?.Hash == Publisher.HashOf(json))
        {
            plan.Unchanged.Add($"{publisher.Kind(kind).Title} {name}（第 {inForce.Version} 版）");
            return;
        }
        var candidate = await publisher.DetachedDraftAsync(kind, name, layer, json, "recipe:" + plan.Recipe.Name, cancel);
        plan.Documents.RemoveAll(d => d.Kind == kind && d.Name == name && d.Layer == layer);
        plan.Documents.Add(candidate);
        plan.Changes.Add(new PlannedChange(Describe(publisher.Kind(kind).Title, inForce, candidate), () => publisher.PublishPlannedAsync(candidate, plan.Documents)));
    }

    private static string Describe(string title, PublishedDocument? before, PublishedDocument after) => before is null
        ? $"+ {title} {after.Name}（新）"
        : $"~ {title} {after.Name}（第 {before.Version} 版 → 第 {after.Version} 版）\n" + string.Join("\n", JsonDifference.Between(before.Json, after.Json).Select(line => "    " + line));
}

/// <summary>One step per kind of document: <c>{ "name": "Station.Forms", "Files": [ { "SourcePath": "forms/*.form.json" } ] }</c>.</summary>
public sealed class DocumentsStep(DocumentKind kind, Publisher publisher, DocumentLibrary library) : IRecipeStep
{
    public string Name => kind.RecipeStep;

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        var layer = plan.Tenant.IsProvince ? DocumentLayer.Province : DocumentLayer.Station;
        foreach (var source in step.Has("Files") ? step.Parts("Files") : [])
            foreach (var file in plan.Recipe.Files.Matching(source.Text("SourcePath")))
                await DocumentChange.PlanAsync(plan, publisher, kind.Code, kind.NameOf(file), layer, plan.Recipe.Files.Text(file), cancel);
        foreach (var name in step.Has("Library") ? step.Texts("Library") : [])
        {
            var (folder, json) = library.Read(kind, name);
            await DocumentChange.PlanAsync(plan, publisher, kind.Code, kind.NameOf(name + kind.Suffix),
                folder == "national" ? DocumentLayer.National : layer, json, cancel);
        }
    }
}

/// <summary>The product's own rule packs and workflows beside <c>tenant-config</c>, named in recipes as <c>folder/name</c>, never by path.</summary>
public sealed class DocumentLibrary(string root)
{
    /// <exception cref="DocumentException">No such document in the library.</exception>
    public (string Folder, string Json) Read(DocumentKind kind, string name)
    {
        var folder = kind.Code == DocumentKinds.Workflow ? "workflows" : "rule-packs";
        var file = Path.GetFullPath(Path.Combine(root, folder, name + kind.Suffix));
        if (!file.StartsWith(Path.Combine(root, folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(file))
            throw new DocumentException(name, "$", $"{folder} 中没有 {name}{kind.Suffix}");
        return (name.Contains('/', StringComparison.Ordinal) ? name.Split('/')[0] : "", File.ReadAllText(file));
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
