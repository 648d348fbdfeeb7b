using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Platform.Audit;

namespace Modules.Collection;

/// <summary>What stands between a worked-out step and writing it.</summary>
internal static class StepDecision
{
    /// <summary>Facts without which the flow cannot go on; empty when it can. Where the flow goes on without them, only what no form has asked for yet may stay open.</summary>
    /// <param name="asked">Forms of this visit so far, this step's among them.</param>
    public static IReadOnlyList<FieldError> Missing(VisitRun visited, WorkflowRun run, FormDefinition form,
        IReadOnlyList<FormDefinition> asked)
    {
        if (run.Effects.OfType<VisitEnded>().Any() || visited.Deciding is not { Outcome: RuleOutcome.Missing } verdict) return [];
        // A fault of another kind is not for the one who submits to put right.
        var goesOn = run.State.Bookmarks.Count > 0 || run.Incidents.Any(i => i.ActivityType != "Station.RuleCheck");
        return [.. verdict.Rules.Where(r => r.Outcome == RuleOutcome.Missing).SelectMany(r => r.MissingFacts)
            .Distinct(StringComparer.Ordinal)
            .Where(code => !goesOn || asked.Any(f => f.Field(code) is not null || f.Review?.Fact == code))
            .Select(code => new FieldError(code, form.Field(code)?.Label ?? Label(verdict, code),
                form.Field(code) is null && visited.History.Gap is { } gap ? $"{gap}，不能判定，请稍后重新提交" : "缺少，不能判定，请补充"))
            .DistinctBy(e => e.Label)];
    }

    /// <summary>A lower target that would pass, where the chosen one does not.</summary>
    public static FieldError? TooMuch(VisitRun visited, FormDefinition form)
    {
        if (visited.Deciding is not { TargetMayBeLowered: true } verdict
            || form.Field(CollectionFacts.TargetUnits) is not { Options: { } options } field) return null;
        var lower = options.Select(o => decimal.Parse(o.Code)).Where(units => units < visited.TargetUnits).OrderDescending()
            .FirstOrDefault(units =>
                visited.Judge(verdict.Stages[^1], verdict.DonationType, units).Outcome is RuleOutcome.Pass or RuleOutcome.Prompt);
        var why = string.Join("；", verdict.Rules.Where(r => r.LowersTarget && r.Text is not null).Select(r => r.Text));
        return lower == 0 ? null : new FieldError(field.Code, field.Label, $"最多 {lower} 治疗量：{why}");
    }

    /// <summary>What makes a step impossible as it was filled in, where the rules ask how the work was done: out-of-date material is replaced, a slip of the pen corrected.</summary>
    public static IReadOnlyList<FieldError> Blocked(VisitRun visited, FormDefinition form) => !visited.DecidesAlone ? [] :
        [.. visited.Deciding!.Rules.Where(r => r.Outcome == RuleOutcome.Block).Select(r => Field(r, form) is { } field
            ? new FieldError(field.Code, field.Label, r.Text ?? r.Title) : new FieldError("", r.Title, r.Text ?? r.Title))];

    /// <summary>What has to be confirmed, or null. A confirmation holds for exactly the verdict that was shown.</summary>
    /// <param name="disputed">Measured values the devices do not agree on, in words: whoever decided says why.</param>
    public static StepConfirmation? Confirmation(VisitRun visited, WorkflowRun run, VisitConfiguration configuration,
        IReadOnlyList<string>? disputed = null)
    {
        disputed ??= [];
        if (visited.Deciding is not { } verdict)
            return disputed.Count == 0 ? null
            : new StepConfirmation(Token(string.Join('\n', disputed)), "确认后继续", true, []) { Disputed = disputed };
        var defers = run.Effects.OfType<VisitEnded>().Any(e => e.State == Contracts.VisitStates.Deferred);
        var prompts = verdict.Outcome == RuleOutcome.Prompt
            || (visited.DecidesAlone && verdict.Rules.Any(r => r.Outcome > RuleOutcome.Missing || r.Outcome == RuleOutcome.Prompt));
        if (!defers && !prompts && disputed.Count == 0) return null;
        var last = visited.Verdicts.Where(v => v.Stage == visited.Verdicts[^1].Stage)
            .Where(v => v.Verdict.DonationType == verdict.DonationType || configuration.Offers(v.Verdict.DonationType))
                .Select(v => VerdictView.Of(configuration, v.Verdict));
        return new StepConfirmation(Token(Shown(verdict) + string.Join('\n', disputed)), defers ? "确认暂缓并结束本次献血" : "确认后继续",
            !defers || disputed.Count > 0, [.. last]) { Disputed = disputed, CheckAgain = defers && MixUps(verdict).Count > 0 };
    }

    /// <summary>What failed and may come of a mix-up of persons, samples or files.</summary>
    public static IReadOnlyList<RuleVerdict> MixUps(Verdict verdict) => [.. verdict.Rules.Where(r => r.CheckAgain == true)];

    private static string Shown(Verdict verdict) =>
        verdict.Outcome + "|" + verdict.Until + "|" + string.Join(",",
            verdict.Rules.Where(r => r.Outcome != RuleOutcome.Pass).Select(r => r.RuleId));

    private static string Token(string shown) => AuditTables.Sha256(shown)[..16];

    private static FormField? Field(RuleVerdict rule, FormDefinition form) =>
        rule.FactsUsed.Keys.Select(form.Field).FirstOrDefault(f => f is not null);

    private static string Label(Verdict verdict, string code) =>
        verdict.Rules.FirstOrDefault(r => r.MissingFacts.Contains(code))?.Title ?? code;
}
