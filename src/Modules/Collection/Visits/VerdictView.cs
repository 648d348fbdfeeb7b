using Engine.Rules;

namespace Modules.Collection;

/// <summary>A verdict as the panel shows it. It passes only when all of it has been judged; what stands against the donation is said as soon as it is known.</summary>
/// <param name="Words">合格, 不合格, 尚未判定 … the word that goes with the colour.</param>
/// <param name="Sentence">The reasons in one sentence.</param>
public sealed record VerdictView(string DonationType, RuleOutcome Outcome, string Words, string Sentence, DateOnly? Until, IReadOnlyList<RuleVerdict> Reasons)
{
    private const string NotYet = "尚未判定";

    /// <summary>Stages that are still to be judged, by their labels; empty for a verdict that is whole.</summary>
    public IReadOnlyList<string> ToJudge { get; init; } = [];

    /// <summary>Nothing stands against the donation so far, and that is all that can be said.</summary>
    public bool Pending => ToJudge.Count > 0 && Outcome < RuleOutcome.Missing;

    /// <summary>As it was given, whole or for the stages so far.</summary>
    /// <param name="open">A step that was judged is being done again: its verdict is not the last word.</param>
    internal static VerdictView Of(VisitConfiguration set, Verdict verdict, bool open = false)
    {
        var reasons = verdict.Rules.Where(r => r.Outcome != RuleOutcome.Pass || r.Result is RuleResult.Excepted or RuleResult.NotConfigured)
            .OrderBy(r => r.Outcome == RuleOutcome.Pass).ToList();   // What decides stands before what was let pass.
        var view = new VerdictView(set.DonationTypeTitle(verdict.DonationType), verdict.Outcome, OutcomeWords.Of(verdict.Outcome), string.Join("；", reasons.Where(r => r.Outcome != RuleOutcome.Pass).Select(r => r.Text)), verdict.Until, reasons)
        {
            ToJudge = Remaining(set, verdict, open),
        };
        return view.Pending ? view with { Words = NotYet } : view;
    }

    /// <summary>A donation nothing has been judged of.</summary>
    internal static VerdictView Unjudged(VisitConfiguration set, string donationType) =>
        new(set.DonationTypeTitle(donationType), RuleOutcome.Pass, NotYet, "", null, []) { ToJudge = [.. Deciding(set).Select(set.StageTitle)] };

    /// <summary>How the work was done is judged by itself and asks for nothing more.</summary>
    private static IReadOnlyList<string> Remaining(VisitConfiguration set, Verdict verdict, bool open)
    {
        if (verdict.Stages.All(set.Packs.Alone.Contains)) return [];
        var left = Deciding(set).Except(verdict.Stages).ToList();
        return left.Count == 0 && open ? [set.StageTitle(verdict.Stages[^1])] : [.. left.Select(set.StageTitle)];
    }

    private static IEnumerable<string> Deciding(VisitConfiguration set) => set.Packs.Stages.Where(s => !set.Packs.Alone.Contains(s) && set.Asks(s));
}

public static class OutcomeWords
{
    public static string Of(RuleOutcome outcome) => outcome switch
    {
        RuleOutcome.Pass => "合格",
        RuleOutcome.Prompt => "需确认",
        RuleOutcome.Missing => "资料不全",
        RuleOutcome.DeferVisit => "不合格",
        RuleOutcome.DeferUntil => "不合格",
        RuleOutcome.DeferPermanently => "不宜献血",
        _ => "不得采集",
    };
}
