using Engine.Rules;
using Engine.Workflows;
using Engine.Workflows.Activities;
using Platform.People;
using Platform.Publishing;
using Platform.Recipes;

namespace Platform.Publishing;

/// <summary>What flows name is there: forms, permissions, stages of the rules, features, layouts.</summary>
public sealed class FlowSetRule(IEnumerable<Permission> permissions, IEnumerable<Feature> features) : ISetRule
{
    private readonly IReadOnlyList<string> _permissions = [.. permissions.Select(p => p.Code)];
    private readonly IReadOnlyList<string> _features = [.. features.Select(f => f.Code)];

    public IEnumerable<SetFinding> Check(CandidateSet candidate) =>
        candidate.Set.All(DocumentKinds.Workflow).SelectMany(document => Flow(candidate, candidate.FileOf(document), candidate.Set.Parsed(document, WorkflowDefinition.Parse)));

    private IEnumerable<SetFinding> Flow(CandidateSet candidate, string file, WorkflowDefinition flow)
    {
        var known = new Known(
            Names(candidate, DocumentKinds.Form), Names(candidate, DocumentKinds.Layout), [.. PackDocuments.Of(candidate.Set).SelectMany(p => p.Stages).Select(s => s.Code).Distinct()]);
        return flow.Activities.SelectMany(node => Node(node, known)).Select(f => f with { Document = file });
    }

    private IEnumerable<SetFinding> Node(ActivityNode node, Known known) => node.Type switch
    {
        Station.UserTaskType =>
        [
            .. Named(node, "form", ActivityNode.Text(node.Literal("form") as System.Text.Json.Nodes.JsonObject, "key"), known.Forms, "表单"),
            .. Named(node, "permission", node.LiteralText("permission"), _permissions, "权限"),
            .. Optional(node, "escalateTo", _permissions, "权限"),
            .. JsonValues.ToList(node.Literal("documents")).Select(JsonValues.ToText).SelectMany(d => Named(node, "documents", d, known.Layouts, "版式")),
            .. Fixed(node, "stepCode"),
        ],
        "Station.RuleCheck" => Named(node, "stage", node.LiteralText("stage"), known.Stages, "判定步骤"),
        "Station.Feature" => Named(node, "feature", node.LiteralText("feature"), _features, "功能开关"),
        "Station.Print" => Named(node, "document", node.LiteralText("document"), known.Layouts, "版式"),
        _ => [],
    };

    private static IEnumerable<SetFinding> Optional(ActivityNode node, string property, IReadOnlyList<string> known, string what) =>
        node.Json[property] is null || node.LiteralText(property) is null or "" ? [] : Named(node, property, node.LiteralText(property), known, what);

    /// <summary>What is worked out only while the flow runs cannot be looked at before, and worklist and rail could not show it.</summary>
    private static IEnumerable<SetFinding> Fixed(ActivityNode node, string property) =>
        node.LiteralText(property) is { Length: > 0 } ? [] : [new SetFinding("", $"{node.Path}.{property}", $"“{node.DisplayText}”的 {property} 不是固定的文字", "请直接写明，不用表达式")];

    private static IEnumerable<SetFinding> Named(ActivityNode node, string property, string? name, IReadOnlyList<string> known, string what)
    {
        if (name is null or "") return Fixed(node, property);
        return known.Contains(name) ? [] : [new SetFinding("", $"{node.Path}.{property}", $"“{node.DisplayText}”用到的{what} {name} 不存在", $"更正拼写，可用：{string.Join("、", known.Order(StringComparer.Ordinal))}")];
    }

    private static List<string> Names(CandidateSet candidate, string kind) => [.. candidate.Set.All(kind).Select(d => d.Name).Distinct(StringComparer.Ordinal)];

    private sealed record Known(IReadOnlyList<string> Forms, IReadOnlyList<string> Layouts, IReadOnlyList<string> Stages);
}
