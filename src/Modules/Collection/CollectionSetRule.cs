using Engine.Forms;
using Engine.Workflows;
using Platform.Publishing;

namespace Modules.Collection;

/// <summary>What this module itself asks of a station's documents: the flows it starts, the fields it reads, the forms and papers it fills in beside the flow, the items it waits for.</summary>
internal sealed class CollectionSetRule : ISetRule
{
    private static readonly (string Code, FieldType Type)[] Registration =
        [("idNumber", FieldType.IdNumber), ("name", FieldType.Text), ("sex", FieldType.Choice), ("birthDate", FieldType.Date), (VisitConfiguration.DonationTypeField, FieldType.Choice)];

    public IEnumerable<SetFinding> Check(CandidateSet candidate) =>
    [
        .. FlowChoices.Findings(candidate.Set, [.. StationFacts.FormsOf(candidate.Set).Where(f => f.Code == VisitConfiguration.RegistrationForm).SelectMany(f => f.Facts).Select(f => f.Code)]),
        .. Needed(candidate, DocumentKinds.Form, ".form.json", VisitConfiguration.RegistrationForm, ReportReaction.Form, FollowUps.Form),
        .. Needed(candidate, DocumentKinds.Layout, ".layout.json", [.. PrintedDocuments.All.Select(d => d.Document)]),
        .. StationFacts.FormsOf(candidate.Set).Where(f => f.Code == VisitConfiguration.RegistrationForm).SelectMany(Fields),
        .. candidate.Set.All(DocumentKinds.Workflow).SelectMany(d => Items(candidate, d)),
    ];

    private static IEnumerable<SetFinding> Needed(CandidateSet candidate, string kind, string suffix, params IEnumerable<string> names) =>
        names.Where(n => candidate.Set.Find(kind, n) is null).Select(n => new SetFinding(n + suffix, "$", "没有生效的这份文档，血站不能工作", "请发布它，或不要停用它"));

    private static IEnumerable<SetFinding> Fields(FormDefinition form) => Registration.Where(needed => form.Field(needed.Code)?.Type != needed.Type)
        .Select(needed => new SetFinding(form.Code + ".form.json", "$.sections", $"登记必须有字段 {needed.Code}（{needed.Type}）", "请恢复这个字段"));

    /// <summary>A wait for a result no device can send never ends.</summary>
    private static IEnumerable<SetFinding> Items(CandidateSet candidate, PublishedDocument document)
    {
        var known = StationFacts.TestItemsOf(candidate.Set);
        return candidate.Set.Parsed(document, WorkflowDefinition.Parse).Activities.Where(a => a.Type == CollectionActivities.AwaitReadingType)
            .SelectMany(a => JsonValues.ToList(a.Literal("items")).Select(JsonValues.ToText).Where(code => code is null || known.Find(code) is null)
                .Select(code => new SetFinding(candidate.FileOf(document), a.Path + ".items", $"“{a.DisplayText}”等待的检测项目 {code} 不存在", "更正拼写，可用：" + string.Join("、", known.All.Select(i => i.Code)))));
    }
}
