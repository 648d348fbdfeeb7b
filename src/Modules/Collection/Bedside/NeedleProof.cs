using Engine.Workflows;

namespace Modules.Collection;

/// <summary>Holds the ways of one flow against what the needle needs.</summary>
internal sealed class NeedleProof(WorkflowDefinition flow, NeedleTerms terms, FlowWays ways)
{
    private readonly IReadOnlyList<ActivityNode> _checks = [.. flow.Activities.Where(terms.IsCheck)];
    private readonly IReadOnlyList<ActivityNode> _collections = [.. flow.Activities.Where(terms.IsCollection)];

    public IEnumerable<WorkflowFinding> Findings() =>
    [
        .. Deciding(),
        .. Needs("知情同意", terms.GivesConsent, "让它经过一张由献血者签署知情同意、且必须签名的表单，并从提交的出口离开", AtTheNeedle),
        .. Needs("赋予献血编号", NeedleTerms.AllotsNumber, "让它经过 Collection.AllotDonationNumber", AtTheNeedle),
        .. Needs("床旁身份核对", terms.ConfirmsIdentity, $"让它经过采前核对：表单里有必填、总是显示的 {CollectionFacts.BedsideIdentity}", terms.IsCollection),
        .. Needs("第二人核对", terms.HasSecondPerson, "让它经过采前核对：表单由两人各自用 PIN 签名，第二人 secondPerson 为 true，都没有 when", terms.IsCollection),
        .. terms.Alone(afterNeedle: false).SelectMany(BeforeCollection),
        .. _checks.SelectMany(AfterCheck).Concat(_collections.SelectMany(AfterNeedle)).DistinctBy(f => (f.Path, f.Message)),
    ];

    private bool AtTheNeedle(ActivityNode node) => terms.IsCheck(node) || terms.IsCollection(node);

    /// <summary>The stage that decides, and judges all before it: passed on every way, and again after whatever it judges.</summary>
    private IEnumerable<WorkflowFinding> Deciding()
    {
        if (terms.Packs.DecidingStage is not { } stage) return [new WorkflowFinding("$", "规则没有决定能否采集的阶段，无法证明到穿刺的路", "发布含该阶段的规则包")];
        bool Passes(ActivityNode node, string port) => NeedleTerms.Passes(node, port, stage);
        var remedy = $"让它经过阶段为 {stage} 的规则判定，并从 Pass 出口离开";
        var judged = terms.Tasks.Where(t => !AtTheNeedle(t) && terms.IsJudged(t, terms.Packs.StagesUpTo(stage))).ToList();
        var stale = judged.Select(t => (Node: t, Way: ways.Avoiding(t, p => terms.Submits(t, p), Passes, terms.IsCheck)))
            .Concat(OtherChecks(stage).Select(c => (Node: c, Way: ways.Avoiding(c, _ => true, Passes, terms.IsCheck))))
            .Where(s => s.Way is not null)
            .Select(s => Finding(s.Node, $"“{s.Node.DisplayText}”之后有一条路不再判定 {stage} 就到", s.Way!, remedy));
        var beside = judged.SelectMany(t => _checks.Select(c => (Task: t, Check: c, Way: ways.Together(t, c)))).Where(b => b.Way is not null)
            .Select(b => Finding(b.Check, $"“{b.Task.DisplayText}”可能还没有完成，另一条路已到", b.Way!, $"先汇合，再判定 {stage}，然后才到“{b.Check.DisplayText}”"));
        var missing = Needs($"{stage} 的判定", Passes, remedy, AtTheNeedle).ToList();
        return missing.Count > 0 ? missing : stale.Concat(beside);
    }

    private IEnumerable<ActivityNode> OtherChecks(string deciding) =>
        flow.Activities.Where(a => a.Type == "Station.RuleCheck" && a.LiteralText("stage") is var stage && stage != deciding && (stage is null || !terms.Packs.Alone.Contains(stage)));

    /// <summary>How the donor was made ready is judged after it was written, before the needle.</summary>
    private IEnumerable<WorkflowFinding> BeforeCollection(string stage)
    {
        bool Passes(ActivityNode node, string port) => NeedleTerms.Passes(node, port, stage);
        var remedy = $"让它经过阶段为 {stage} 的规则判定，并从 Pass 出口离开";
        var missing = Needs($"{stage} 的判定", Passes, remedy, terms.IsCollection).ToList();
        if (missing.Count > 0) return missing;
        return terms.Tasks.Where(t => !terms.IsCollection(t) && terms.IsJudged(t, [stage]))
            .Select(t => (Node: t, Way: ways.Avoiding(t, p => terms.Submits(t, p), Passes, terms.IsCollection))).Where(s => s.Way is not null)
            .Select(s => Finding(s.Node, $"“{s.Node.DisplayText}”之后有一条路不再判定 {stage} 就到", s.Way!, remedy));
    }

    /// <summary>Whoever is sent back before the needle to a step of staff is where he was before: only what follows the check itself is the way from the needle.</summary>
    private IEnumerable<WorkflowFinding> AfterCheck(ActivityNode check)
    {
        var before = terms.Packs.DecidingStage is { } stage ? terms.Tasks.Where(t => !AtTheNeedle(t) && terms.IsJudged(t, terms.Packs.StagesUpTo(stage))).ToHashSet() : [];
        return Ends(check, p => terms.Submits(check, p), node => NeedleTerms.EndsVisit(node) || before.Contains(node));
    }

    private IEnumerable<WorkflowFinding> AfterNeedle(ActivityNode collection)
    {
        var unjudged = terms.Alone(afterNeedle: true)
            .Select(stage => (Stage: stage, Way: ways.Avoiding(collection, p => terms.Submits(collection, p), (node, _) => NeedleTerms.IsRuleCheck(node, stage), NeedleTerms.EndsVisit)))
            .Where(s => s.Way is not null)
            .Select(s => Finding(s.Way![^1], $"采集以后有一条路没有判定 {s.Stage} 就到", s.Way, $"让它先经过阶段为 {s.Stage} 的规则判定"));
        return Ends(collection, _ => true, NeedleTerms.EndsVisit).Concat(unjudged);
    }

    private IEnumerable<WorkflowFinding> Ends(ActivityNode from, Func<string, bool> by, Predicate<ActivityNode> ends)
    {
        var lost = ways.Lost(from, by, ends).Select(l => Finding(l.Way.Count > 0 ? l.Way[^1] : from, l.Why switch
        {
            LostWay.FlowEnds => "采前核对以后有一条路没有结束本次献血，流程就完了：",
            LostWay.Stops => "采前核对以后有一条路会停住，献血者无法继续：",
            _ => "采前核对以后有一条路绕圈，走不到结束：",
        }, l.Way.Count > 0 ? l.Way : [from], "把每个出口都连到后面的步骤，最后经过 Collection.CompleteVisit 等结束本次献血的活动"));
        var waits = ways.From(from, by, ends).Where(p => NeedleTerms.MayWaitForEver(p.Node))
            .Select(p => Finding(p.Node, "采前核对以后要等待可能永远不来的事件：", p.Way, "删去它，或加上到时也能继续的出口"));
        return lost.Concat(waits);
    }

    private IEnumerable<WorkflowFinding> Needs(string what, Func<ActivityNode, string, bool> passes, string remedy, Predicate<ActivityNode> target) =>
        ways.Avoiding(passes, target) is { } way ? [Finding(way[^1], $"有一条路没有经过{what}就到", way, remedy)] : [];

    private static WorkflowFinding Finding(ActivityNode node, string words, IReadOnlyList<ActivityNode> way, string remedy)
    {
        IReadOnlyList<string> names = [.. way.Select(n => n.DisplayText)];
        return new WorkflowFinding(node.Path, words + (words.EndsWith('：') ? "" : $"“{names[^1]}”：") + string.Join(" → ", names), remedy) { Way = names };
    }
}
