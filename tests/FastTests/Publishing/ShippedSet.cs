using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using FastTests.Rules;
using Modules.Collection;
using Platform;
using Platform.People;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Tenancy;
using Web.Host;

namespace FastTests.Publishing;

/// <summary>The shipped documents as one demo station has them in force, to be changed for a test.</summary>
internal sealed class ShippedSet
{
    public static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyList<IModule> Modules = Composition.Modules;
    private readonly List<PublishedDocument> _documents = [];

    private ShippedSet()
    {
        foreach (var name in ShippedPacks.Names(".form.json")) Add(DocumentKinds.Form, name[..^".form.json".Length], DocumentLayer.Province, ShippedPacks.Text(name));
        foreach (var name in ShippedPacks.Names(".layout.json")) Add(DocumentKinds.Layout, name[..^".layout.json".Length], DocumentLayer.Province, ShippedPacks.Text(name));
        Add(DocumentKinds.TestItems, "zhejiang", DocumentLayer.Province, ShippedPacks.Text("zhejiang.test-items.json"));
        AddPack("rule-packs/national/gb18467-2011", DocumentLayer.National);
        AddPack("rule-packs/zhejiang/zhejiang", DocumentLayer.Province);
        AddPack("tenant-config/hangzhou/rule-packs/hangzhou", DocumentLayer.Station);
        Add(DocumentKinds.Workflow, "apheresis-platelets", DocumentLayer.Province, ShippedPacks.Text("workflows/apheresis-platelets.workflow.json"), ShippedPacks.Text("workflows/apheresis-platelets.tests.json"));
        Add(DocumentKinds.Settings, "station", DocumentLayer.Station, """
            {"SiteName":"甲站","TimeZoneId":"Asia/Shanghai","Features":["signing.electronic"],"OptionalTests":["mpv"],
             "Values":{"stationPhone":"1","department":"2","stationAddress":"3","donationNumberPattern":"99101{yy}{serial}"}}
            """);
    }

    public static ShippedSet New() => new();

    public IReadOnlyList<PublishedDocument> Documents => _documents;

    /// <summary>The document changed by editing its JSON.</summary>
    public ShippedSet Edit(string kind, string name, Action<JsonNode> change) => Text(kind, name, text =>
    {
        var json = JsonNode.Parse(text)!;
        change(json);
        return json.ToJsonString();
    });

    /// <summary>The document changed as text.</summary>
    public ShippedSet Text(string kind, string name, Func<string, string> change)
    {
        var old = _documents.Last(d => d.Kind == kind && d.Name == name);
        _documents.Remove(old);
        Add(kind, name, old.Layer, change(old.Json), old.CasesJson);
        return this;
    }

    public ShippedSet Without(string kind, string name)
    {
        _documents.RemoveAll(d => d.Kind == kind && d.Name == name);
        return this;
    }

    public PublishedDocument Add(string kind, string name, DocumentLayer layer, string json, string? cases = null)
    {
        var file = DocumentFile.Read(name, json);
        var document = new PublishedDocument
        {
            Id = Guid.NewGuid(), Kind = kind, Name = name, Layer = layer, Version = 1, Hash = Guid.NewGuid().ToString("N"), Json = file.Content, CasesJson = cases, State = DocumentState.Approved,
            EffectiveFrom = file.From is { } from ? DocumentDates.Begin(from, TimeZoneInfo.Utc) : Now.AddYears(-1), EffectiveTo = DocumentDates.End(file.To, TimeZoneInfo.Utc), Author = "a", Approver = "b", CreatedAt = Now,
        };
        _documents.Add(document);
        return document;
    }

    public IReadOnlyList<SetFinding> Findings(params PublishedDocument[] changed) => Check().Findings(new InForce(InForceAt.Select(_documents, Now), new ParsedDocuments()), changed);

    public static SetCheck Check()
    {
        IReadOnlyList<Permission> permissions = [.. Modules.SelectMany(m => m.Permissions), .. PublishingPermissions.All];
        IReadOnlyList<FactDefinition> facts = [.. Modules.SelectMany(m => m.Facts)];
        IReadOnlyList<Feature> features = [.. Modules.SelectMany(m => m.Features)];
        return new SetCheck(Composition.Catalog.Kinds,
        [
            new PackSetRule(facts), new FormSetRule(permissions, facts), new FlowSetRule(permissions, features), new SettingsSetRule(Modules.SelectMany(m => m.Settings), features),
            new CasesSetRule(Composition.Catalog.Packs, TimeProvider.System), new CollectionSetRule(), new NeedleWays(Composition.Catalog.Packs, Composition.Catalog.Activities), new global::Modules.Archive.ArchiveSetRule(),
        ]);
    }

    private void AddPack(string path, DocumentLayer layer) => Add(DocumentKinds.RulePack, Path.GetFileName(path), layer, ShippedPacks.Text(path + ".rules.json"), ShippedPacks.Text(path + ".tests.json"));
}
