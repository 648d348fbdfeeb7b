using Adapters.Devices.Listening;
using Modules.Collection;
using Platform.Documents;
using Platform.Forms;
using Platform.Publishing;
using Platform.Rules;
using Platform.Tenancy;
using Platform.Workflows;

namespace Web.Host;

/// <summary>The kinds of configuration documents, and how each is read among the others before it may come into force.</summary>
internal static class DocumentCatalog
{
    /// <summary>Compiled packs of the process: what a check has compiled, a visit need not.</summary>
    public static CompiledPacks Packs { get; } = new();

    private static readonly Lazy<ActivityRegistry> Activities = new(() => ActivityRegistry.WithPlatform(CollectionModule.Activities));

    public static IReadOnlyList<DocumentKind> All { get; } =
    [
        new(DocumentKinds.TestItems, "检测项目", ".test-items.json", "Station.TestItems", Named(document => TestItems.Parse(document.Json))),
        new(DocumentKinds.Form, "表单", ".form.json", "Station.Forms", Named(CheckForm)),
        new(DocumentKinds.RulePack, "规则包", ".rules.json", "Station.RulePacks", Named(CheckPack)),
        new(DocumentKinds.Workflow, "流程", ".workflow.json", "Station.Workflows", Named(CheckWorkflow)),
        new(DocumentKinds.Layout, "版式", ".layout.json", "Station.Layouts", Named(CheckLayout)),
        new(DocumentKinds.DeviceProfile, "设备配置", ".profile.json", "Station.DeviceProfiles",
            Named((document, set) => PublishedProfiles.Check(document, StationFacts.TestItemsOf(set).All.Select(i => i.Code).ToHashSet(StringComparer.Ordinal)))) { NamedWithFolder = true },
        new(DocumentKinds.Settings, "设置", ".settings.json", "", Named(document => StationSettings.Parse(document.Json))),
    ];

    private static void CheckPack(PublishedDocument document, InForce set)
    {
        RulePackJson.Read(document.Json, StationFacts.Of(set, Composition.Modules.SelectMany(m => m.Facts)));
        Packs.Of(set);
        NeedleWays.Prove(set, Packs);
    }

    private static void CheckForm(PublishedDocument document, InForce set)
    {
        FormDefinition.Parse(document.Json, StationFacts.TestItemsOf(set));
        NeedleWays.Prove(set, Packs);
    }

    private static void CheckWorkflow(PublishedDocument document, InForce set)
    {
        var findings = new WorkflowValidator(Activities.Value).Check(WorkflowDefinition.Parse(document.Json));
        if (findings.Count > 0) throw new DocumentFaultException(findings[0].Path, $"{findings[0].Message}；{findings[0].Remedy}");
        NeedleWays.Prove(set, Packs);
    }

    private static void CheckLayout(PublishedDocument document, InForce set)
    {
        var fields = PrintedDocuments.Find(document.Name, set)
            ?? throw new DocumentFaultException("$", $"没有单据 {document.Name}，可用：{string.Join("、", PrintedDocuments.All.Select(f => f.Document))}，以及 {PrintedDocuments.RecordPrefix} 开头的档案表单");
        LayoutDefinition.Parse(document.Json, fields);
    }

    private static Action<PublishedDocument, InForce> Named(Action<PublishedDocument> check) => Named((document, _) => check(document));

    /// <summary>Whatever a reader finds wrong is told with the document's name, so that the person knows which file to open.</summary>
    private static Action<PublishedDocument, InForce> Named(Action<PublishedDocument, InForce> check) => (document, set) =>
    {
        var name = $"{document.Name}{All.First(k => k.Code == document.Kind).Suffix}";
        try
        {
            check(document, set);
        }
        catch (RulePackException e)
        {
            throw new DocumentException(name, e.Errors[0].Path, string.Join("；", e.Errors.Select(error => error.Remedy)));
        }
        catch (DocumentFaultException e)
        {
            throw new DocumentException(name, e.Path, e.Remedy);
        }
    };
}
