using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Keeps the deferral file as the verdicts of a visit have it. What the visit entered and its verdicts do not say any more is lifted; an undated one of an earlier visit ends when its rule is judged anew; anything else is never touched.</summary>
internal sealed class StepDeferrals(Store store, IDonors donors)
{
    /// <summary>Of the verdicts this step has given.</summary>
    /// <param name="enters">Whether what defers the donor goes to the file now; where the flow still has to decide, only what stands there already is put right.</param>
    public async Task FollowAsync(StepResult step, bool enters, CancellationToken cancel)
    {
        if (step.Visited.Verdicts.Count > 0) await FollowAsync(step, await LastVerdictsAsync(step, cancel), enters, cancel);
    }

    /// <summary>Of the stage judged last: in this run, or before the flow waited.</summary>
    public async Task EnterAsync(StepResult step, CancellationToken cancel) =>
        await FollowAsync(step, await LastVerdictsAsync(step, cancel), true, cancel);

    private async Task FollowAsync(StepResult step, IReadOnlyList<Verdict> verdicts, bool enters, CancellationToken cancel)
    {
        var deciding = verdicts.Single(v => v.DonationType == step.Visit.DonationType);
        var wanted = deciding.Rules.Where(rule => IsForTheFile(rule, step.Configuration)).Select(failed => new NewDeferral(
            step.Visit.DonorId, step.Visit.Id, failed.RuleId, TypeOf(step, verdicts, failed), step.Visit.Day, failed.Until, failed.Text
                ?? failed.Title)
            { Undated = IsUndated(failed) }).ToList();
        var standing = await donors.DeferralsOfVisitAsync(step.Visit.DonorId, step.Visit.Id, cancel);
        // The new before the old: between the two the province knows both, never none.
        foreach (var deferral in wanted.Where(w => !standing.Any(s => Same(s, w)) && (enters || standing.Any(s => s.RuleId == w.RuleId))))
            await donors.DeferAsync(deferral, cancel);
        foreach (var deferral in standing.Where(s => !wanted.Any(w => Same(s, w)) && IsOver(s, wanted, verdicts, deciding)))
            await LiftAsync(step, deferral, wanted.FirstOrDefault(w => w.RuleId == deferral.RuleId), cancel);
    }

    private static bool Same(VisitDeferral standing, NewDeferral wanted) => 
        (standing.RuleId, standing.DonationType, standing.Until, standing.Undated) == (wanted.RuleId, wanted.DonationType, wanted.Until,
            wanted.Undated);

    /// <summary>Its rule was judged anew and does not say so any more. What is not judged, not known or a fault keeps the donor deferred.</summary>
    private static bool IsOver(VisitDeferral standing, List<NewDeferral> wanted, IReadOnlyList<Verdict> verdicts, Verdict deciding)
    {
        if (wanted.Any(w => w.RuleId == standing.RuleId
            && (w.DonationType is null || w.DonationType == standing.DonationType || standing.DonationType is null))) return true;
        var verdict = standing.DonationType is { } type ? verdicts.FirstOrDefault(v => v.DonationType == type) : deciding;
        var rules = verdict?.Rules.Where(r => r.RuleId == standing.RuleId).ToList() ?? [];
        return rules.Count > 0 && rules.All(r => r.Result is RuleResult.Satisfied or RuleResult.Excepted or RuleResult.NotApplicable);
    }

    private async Task LiftAsync(StepResult step, VisitDeferral deferral, NewDeferral? instead, CancellationToken cancel)
    {
        var because = step.Reason ?? "重新判定，不再暂缓";
        await donors.LiftAsync(deferral.Id, step.By.Name,
            instead is null ? because : $"{because}；改为{Words(instead.Until, instead.Undated)}", cancel);
        var now = instead is null ? null : Words(instead.Until, instead.Undated);
        store.Add(step.Did("解除暂缓", new AuditChange(deferral.RuleId, Words(deferral.Until, deferral.Undated), now, because)));
    }

    private static string Words(DateOnly? until, bool undated) => until is { } day ? $"暂缓至 {day:yyyy-MM-dd}" : undated ? "暂缓，日期待定" : "永久屏蔽";

    /// <summary>Pregnancy or lactation now: the rule defers, and no date can be told.</summary>
    private static bool IsUndated(RuleVerdict rule) => rule is { Outcome: RuleOutcome.DeferUntil, Until: null };

    public static bool AnyForTheFile(Verdict verdict, VisitConfiguration configuration) =>
        verdict.Rules.Any(rule => IsForTheFile(rule, configuration));

    /// <summary>The first stage is judged from the records, anew each time; the file holds what the records cannot tell.</summary>
    private static bool IsForTheFile(RuleVerdict rule, VisitConfiguration configuration) =>
        rule.Result == RuleResult.Failed && rule.Stage != configuration.Packs.Stages[0]
        && rule.Outcome is RuleOutcome.DeferPermanently or RuleOutcome.DeferUntil;

    /// <summary>A rule that fails for every type defers for all of them.</summary>
    private static string? TypeOf(StepResult step, IReadOnlyList<Verdict> verdicts, RuleVerdict failed) =>
        verdicts.All(v => v.Rules.Any(r => r.RuleId == failed.RuleId && r.Result == RuleResult.Failed)) ? null : step.Visit.DonationType;

    /// <summary>One for each donation type.</summary>
    private async Task<IReadOnlyList<Verdict>> LastVerdictsAsync(StepResult step, CancellationToken cancel)
    {
        if (step.Visited.Verdicts is { Count: > 0 } now) return [.. now.Where(v => v.Stage == now[^1].Stage).Select(v => v.Verdict)];
        var stored = await store.Set<StoredVerdict>().AsNoTracking().Where(v => v.VisitId == step.Visit.Id).OrderBy(v => v.At)
            .ThenBy(v => v.Id).ToListAsync(cancel);
        return [.. stored.Where(v => !step.Configuration.Packs.Alone.Contains(v.Stage)).GroupBy(v => v.DonationType)
            .Select(g => Verdict.FromJson(g.Last().Json))];
    }
}
