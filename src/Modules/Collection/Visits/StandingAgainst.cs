using Engine.Rules;

namespace Modules.Collection;

/// <summary>What is known to stand against a donation before its stage is judged: a fact that defers is one whenever the rules ask for it.</summary>
internal static class StandingAgainst
{
    /// <summary>A rule that has failed and that nobody's confirmation puts right. What is not known yet stands against nothing.</summary>
    public static bool Stands(RuleVerdict rule) =>
        rule.Result == RuleResult.Failed && rule.Outcome is RuleOutcome.DeferVisit or RuleOutcome.DeferUntil or RuleOutcome.DeferPermanently or RuleOutcome.Block;

    /// <summary>Of a verdict over all stages, only what stands; null when nothing does.</summary>
    /// <param name="verdict">Judged by the facts so far, most of them unknown perhaps.</param>
    public static Verdict? Of(Verdict verdict)
    {
        var rules = verdict.Rules.Where(Stands).ToList();
        if (rules.Count == 0) return null;
        var outcome = rules.Max(r => r.Outcome);
        var dates = rules.Where(r => r.Outcome == RuleOutcome.DeferUntil).Select(r => r.Until).ToList();
        return verdict with { Rules = rules, Outcome = outcome, Until = outcome == RuleOutcome.DeferUntil && !dates.Contains(null) ? dates.Max() : null };
    }
}
