using System.Text.Json;
using System.Text;
using Engine.Rules;
using Engine.Workflows;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What follows from a step: verdicts on record, and what the flow has asked for.</summary>
internal sealed class StepEffects(Store store, StepTasks tasks, StepDeferrals deferrals, StepDonor donor)
{
    /// <summary>The verdicts given, and the deferral file as they have it.</summary>
    public async Task JudgedAsync(StepResult step, CancellationToken cancel)
    {
        foreach (var (stage, verdict) in step.Visited.Verdicts) await AddVerdictAsync(step, stage, verdict, cancel);
        // A donor who has given already is deferred for the next time; what a correction says holds at once.
        await deferrals.FollowAsync(step, enters: step.Amendment is not null || step.Visited.DecidesAlone, cancel);
    }

    public async Task ApplyAsync(StepResult step, CancellationToken cancel)
    {
        foreach (var effect in step.Run.Effects) await ApplyAsync(step, effect, cancel);
        await tasks.NoteFaultAsync(step, cancel);
    }

    private async Task AddVerdictAsync(StepResult step, string stage, Verdict verdict, CancellationToken cancel)
    {
        var (json, now) = (verdict.ToJson(), step.At);
        store.Add(new StoredVerdict
        {
            Id = Guid.CreateVersion7(now), VisitId = step.Visit.Id, Stage = stage, DonationType = verdict.DonationType,
            Outcome = verdict.Outcome.ToString(),
            Until = verdict.Until, Json = json, ConfirmedBecause = step.Amendment?.Confirms(verdict) == false ? null : step.Reason,
            At = now,
        });
        if (verdict.DonationType == step.Visit.DonationType)
            store.Add(step.Did("判定",
                new AuditChange("截至" + step.Configuration.StageTitle(stage), null, Said(step.Configuration, verdict), step.Reason)));
        await store.AddLeafAsync(VerdictLeaves.Kind, step.Visit.Subject.ToString(), Encoding.UTF8.GetBytes(json), now, cancel);
    }

    /// <summary>Before the last stage a verdict passes nobody.</summary>
    private static string Said(VisitConfiguration configuration, Verdict verdict) =>
        VerdictView.Of(configuration, verdict) is { Pending: true, Outcome: RuleOutcome.Pass } ? "未见不合格" : OutcomeWords.Of(verdict.Outcome);

    private async Task ApplyAsync(StepResult step, WorkflowEffect effect, CancellationToken cancel)
    {
        switch (effect)
        {
            case BookmarkOpened opened:
                tasks.Open(step, opened.Bookmark);
                break;
            case BookmarkClosed closed:
                await tasks.CloseAsync(step, closed.Bookmark, cancel);
                break;
            case DonationNumberAsked when step.Visit.DonationNumber is null:
                Number(step, "赋予献血编号", step.Visit.DonationNumber = await AllotAsync(step, cancel));
                break;
            case SampleNumberAsked when step.Visit.SampleNumber is null:
                Number(step, "分配样本号", step.Visit.SampleNumber = await AllotSampleAsync(step, cancel));
                break;
            case PrintRequested print:
                step.Visit.PrintsJson = JsonSerializer.Serialize(
                    JsonSerializer.Deserialize<List<string>>(step.Visit.PrintsJson)!.Append(print.Document).Distinct());
                break;
            default:
                if (effect is DonationMade) await donor.RecordAsync(step, cancel);
                if (effect is VisitEnded ended) await EndAsync(step, ended.State, cancel);
                break;
        }
    }

    private void Number(StepResult step, string action, string number)
    {
        store.Add(step.Did(action, new AuditChange(New: number)));
        store.Enqueue(SampleNumbered.Kind, new SampleNumbered(number), step.At);
    }

    /// <summary>5-digit station, 2-digit year, 6-digit serial (DOMAIN §6); the pattern is a setting. A number is never given twice.</summary>
    private async Task<string> AllotAsync(StepResult step, CancellationToken cancel)
    {
        var year = step.Configuration.Settings.LocalDate(step.At).Year;
        var serial = await store.NextNumberAsync($"donation-number-{year}", cancel);
        return DonationNumberPattern.Number(step.Configuration.Settings.Value(DonationNumberPattern.Setting), year, serial);
    }

    /// <summary>yyyyMMdd and the day's running number, three digits or more.</summary>
    private async Task<string> AllotSampleAsync(StepResult step, CancellationToken cancel) =>
        $"{step.Visit.Day:yyyyMMdd}{await store.NextNumberAsync($"sample-number-{step.Visit.Day:yyyyMMdd}", cancel):000}";

    private async Task EndAsync(StepResult step, string state, CancellationToken cancel)
    {
        step.Visit.State = state;
        store.Add(step.Did(VisitStates.Title(state), new AuditChange(Reason: step.Reason)));
        if (state == VisitStates.Deferred) await deferrals.EnterAsync(step, cancel);
        if (state == VisitStates.Withdrawn && step.Visited.Verdicts.Count == 0) await KeepAnswersAsync(step, cancel);
    }

    /// <summary>A donor who leaves, or is sent away, before the answers were judged has given them all the same: what keeps him from giving for longer than today goes to the file.</summary>
    private async Task KeepAnswersAsync(StepResult step, CancellationToken cancel)
    {
        if (step.Configuration.Packs.Stages.Skip(1).FirstOrDefault() is not { } stage) return;
        step.Visited.JudgeAgain(stage);
        if (!StepDeferrals.AnyForTheFile(step.Visited.Deciding!, step.Configuration)) return;
        foreach (var (_, verdict) in step.Visited.Verdicts) await AddVerdictAsync(step, stage, verdict, cancel);
        await deferrals.EnterAsync(step, cancel);
    }
}
