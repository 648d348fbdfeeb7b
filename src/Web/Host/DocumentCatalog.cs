using Adapters.Devices.Listening;
using Engine.Canonical;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Platform;
using Platform.Publishing;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>The kinds of configuration documents, and how each is read among the others before it may come into force.</summary>
internal sealed class DocumentCatalog(IReadOnlyList<IModule> modules)
{
    private readonly IReadOnlyList<Printable> _printables = [.. modules.SelectMany(m => m.Printables)];

    /// <summary>Compiled packs of the process: what a check has compiled, a visit need not.</summary>
    public CompiledPacks Packs { get; } = new(modules.SelectMany(m => m.Facts));

    /// <summary>Every activity a flow may use.</summary>
    public ActivityRegistry Activities { get; } = ActivityRegistry.WithPlatform(modules.SelectMany(m => m.Activities));

    public IReadOnlyList<DocumentKind> Kinds =>
    [
        new(DocumentKinds.TestItems, "检测项目", ".test-items.json", "Station.TestItems", StationFacts.ReadTestItems) { Rights = PublishingPermissions.Forms },
        new(DocumentKinds.Form, "表单", ".form.json", "Station.Forms", (document, set) => FormDefinition.Parse(document.Json, StationFacts.TestItemsOf(set))) { NamedBy = "code", Rights = PublishingPermissions.Forms },
        new(DocumentKinds.FormOverlay, "表单修改", ComposedForms.OverlaySuffix, "Station.FormOverlays", ReadOverlay) { NamedBy = "form", Rights = PublishingPermissions.Forms },
        new(DocumentKinds.RulePack, "规则包", ".rules.json", "Station.RulePacks", ReadPack) { NamedBy = "id", HasCases = true, Rights = PublishingPermissions.Rules },
        new(DocumentKinds.Workflow, "流程", ".workflow.json", "Station.Workflows", ReadFlow) { NamedBy = "definitionId", HasCases = true, Rights = PublishingPermissions.Flows },
        new(DocumentKinds.Layout, "版式", ".layout.json", "Station.Layouts", ReadLayout) { NamedBy = "document", Rights = PublishingPermissions.Forms },
        new(DocumentKinds.DeviceProfile, "设备配置", ".profile.json", "Station.DeviceProfiles",
            (document, set) => PublishedProfiles.Check(document, StationFacts.TestItemsOf(set).All.Select(i => i.Code).ToHashSet(StringComparer.Ordinal))) { NamedWithFolder = true, Rights = PublishingPermissions.Devices },
        new(DocumentKinds.Settings, "设置", ".settings.json", "Station.Settings", (document, _) => StationSettings.Parse(document.Json)) { Rights = PublishingPermissions.Settings },
    ];

    /// <summary>Its structure; what it is compared with comes from the whole set. The zone only says in whose days its dates are.</summary>
    private static void ReadPack(PublishedDocument document, InForce set) =>
        PackDocuments.Read(document, set.Find(DocumentKinds.Settings, StationSettings.Document) is { } settings ? StationSettings.TryParse(settings.Json)?.TimeZone ?? TimeZoneInfo.Utc : TimeZoneInfo.Utc);

    /// <summary>Taken into the form it changes, which must be readable then.</summary>
    private static void ReadOverlay(PublishedDocument document, InForce set)
    {
        if (document.Layer != DocumentLayer.Station) throw new DocumentFaultException("$", "只有血站写表单修改；省级请直接修改表单");
        var form = set.Find(DocumentKinds.Form, document.Name) ?? throw new DocumentFaultException("$.form", $"没有表单 {document.Name}");
        if (form.Layer == DocumentLayer.Station) throw new DocumentFaultException("$.form", "本站有同名的整张表单，请删去其中一个");
        FormDefinition.Parse(form.Json, StationFacts.TestItemsOf(set));
    }

    private void ReadFlow(PublishedDocument document, InForce set)
    {
        var findings = new WorkflowValidator(Activities).Check(WorkflowDefinition.Parse(document.Json));
        if (findings.Count > 0) throw new SetException([.. findings.Select(f => new SetFinding(document.Name + ".workflow.json", f.Path, f.Message, f.Remedy))]);
    }

    private void ReadLayout(PublishedDocument document, InForce set)
    {
        var printable = _printables.FirstOrDefault(p => p.Covers(document.Name)) ?? throw new DocumentFaultException("$",
            $"没有单据 {document.Name}，可用：{string.Join("、", _printables.Where(p => !p.IsFamily).Select(p => p.Name))}，以及{string.Join("、", _printables.Where(p => p.IsFamily).Select(p => $" {p.Name} 开头的{p.Title}"))}");
        LayoutDefinition.Parse(document.Json, printable.FieldsOf(document.Name, set));
    }
}
