using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;

namespace Modules.Collection;

/// <summary>
/// The way to the needle, proven of a flow before it comes into force: on every way to collection lie consent, the rule checks, the donation number,
/// identity and a second person, and every way from the needle comes to an end of the visit. What cannot be proven is refused with the
/// way that leaves the step out. <see cref="NeedleGate"/> stands behind it at run time.
/// </summary>
public static class NeedleWay
{
    /// <param name="form">A form in force with the flow by its code; null when there is none.</param>
    /// <param name="packs">The rules in force with it.</param>
    /// <param name="activities">The activity types there are; this module's and the platform's when not given.</param>
    public static IReadOnlyList<WorkflowFinding> Check(WorkflowDefinition flow, Func<string, FormDefinition?> form, PackSet packs, ActivityRegistry? activities = null)
    {
        var terms = new NeedleTerms(flow, form, packs);
        var ways = FlowWays.Of(flow, activities ?? Platform.Value);
        var unknown = terms.WithoutForm.Select(t => new WorkflowFinding(t.Node.Path + ".form", t.Form is null
            ? $"任务“{t.Node.DisplayText}”的表单要到运行时才知道，无法证明到穿刺的路" : $"任务“{t.Node.DisplayText}”的表单 {t.Form} 不存在，无法证明到穿刺的路", "写明一份生效的表单")).ToList();
        if (unknown.Count > 0) return unknown;
        if (!flow.Activities.Any(a => terms.IsCheck(a) || terms.IsCollection(a))) return [];
        return [.. Opaque(ways), .. new NeedleProof(flow, terms, ways).Findings()];
    }

    private static readonly Lazy<ActivityRegistry> Platform = new(() => ActivityRegistry.WithPlatform(CollectionActivities.All));

    private static IEnumerable<WorkflowFinding> Opaque(FlowWays ways) => ways.Opaque
        .Where(container => Below(container).Any(a => a.Type.StartsWith("Station.", StringComparison.Ordinal) || a.Type.StartsWith("Collection.", StringComparison.Ordinal)))
        .Select(container => new WorkflowFinding(container.Path, $"“{container.DisplayText}”（{container.Type}）里的步骤无法证明先后", "把其中的任务和判定移到流程图上") { Way = [container.DisplayText] });

    private static IEnumerable<ActivityNode> Below(ActivityNode node) => node.Children.SelectMany(c => Below(c.Node).Prepend(c.Node));
}
