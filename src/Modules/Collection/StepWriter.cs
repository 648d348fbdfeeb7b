using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Everything a step leaves behind.</summary>
/// <param name="Submission">Null for an action without a form, such as ending the visit.</param>
internal sealed record StepResult(
    Visit Visit, WorkflowInstanceRow Instance, WorkflowRun Run, VisitRun Visited, VisitConfiguration Configuration,
    string Step, FormDefinition? Form, FormSubmission? Submission, IReadOnlyList<StepSigner> Signers,
    string PersonId, string PersonName, string? Reason)
{
    /// <summary>The action the step was left by without submitting its form; null when the form was submitted.</summary>
    public UserTaskAction? Left { get; init; }

    /// <summary>The electronic signatures, and what is printed with them.</summary>
    public SignedRecord Proof { get; init; } = SignedRecord.None;

    /// <summary>What is corrected; null for a form submitted in its step.</summary>
    public StepAmendment? Amendment { get; init; }
}

/// <summary>A correction of a submitted form.</summary>
/// <param name="Version">The version corrected.</param>
/// <param name="Before">The verdict so far on the planned donation type; null when none was given.</param>
/// <param name="Confirmed">Whether somebody has confirmed what that verdict asked to confirm.</param>
internal sealed record StepAmendment(int Version, IReadOnlyList<FieldChange> Changes, Verdict? Before, bool Confirmed)
{
    /// <summary>A reason to correct a form is none to go on: only what was confirmed before stays confirmed.</summary>
    public bool Confirms(Verdict after) => after.Outcome != RuleOutcome.Prompt || (Confirmed && Failed(after).IsSubsetOf(Failed(Before!)));

    private static HashSet<string> Failed(Verdict verdict) => [.. verdict.Rules.Where(r => r.Result == RuleResult.Failed).Select(r => r.RuleId)];
}

/// <summary>Writes a step into the caller's transaction: submission, verdicts, flow, tasks, deferrals, audit, evidence leaves.</summary>
internal sealed class StepWriter(Store store, VisitFiles files, SubmissionWriter submissions, IDonors donors, StepDeferrals deferrals, DonationRecord recorded, StepTasks tasks, TimeProvider clock)
{
    public async Task WriteAsync(StepResult step, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (step.Submission is not null)
            await submissions.AddAsync(step.Visit, step.Configuration, step.Step, step.Form!, step.Submission, step.Signers, step.Proof, step.PersonId, step.PersonName, cancel, step.Amendment?.Version, step.Reason);
        if (step.Submission?.Value(CollectionFacts.IdentityChecked) == "yes") await TakeOverAsync(step, cancel);
        if (step.Form?.Field(CollectionFacts.BloodGroup) is not null) await EnterBloodGroupAsync(step, step.Submission!, cancel);
        foreach (var (stage, verdict) in step.Visited.Verdicts) await AddVerdictAsync(step, stage, verdict, now, cancel);
        // A donor who has given already is deferred for the next time; what a correction says holds at once.
        await deferrals.FollowAsync(step, enters: step.Amendment is not null || step.Visited.DecidesAlone, cancel);
        if (step.Left is { } left && !step.Run.Effects.OfType<VisitEnded>().Any())
            Audit(step, now, left.Label, Title(step, step.Step), string.Join("、", Opened(step).Select(t => t.Title)), step.Reason);
        if (step.Amendment is { } amendment) await AmendAsync(step, amendment, now, cancel);
        step.Visit.HistoryJson = JsonSerializer.Serialize(step.Visited.History);
        foreach (var effect in step.Run.Effects) await ApplyAsync(step, effect, now, cancel);
        await tasks.NoteFaultAsync(step, now, cancel);
        step.Instance.StateJson = step.Run.State.ToJson();
        step.Instance.Status = step.Run.State.SubStatus.ToString();
        step.Instance.Revision++;
        // A correction of what is there no more is none either.
        var (subject, correction) = (Subject(step.Visit), SaveDraft.Correction(step.Step));
        await store.Set<Draft>().Where(d => d.Subject == subject && (d.Step == step.Step || d.Step == correction)).ExecuteDeleteAsync(cancel);
    }

    private static IEnumerable<UserTaskStep> Opened(StepResult step) => step.Run.Effects.OfType<BookmarkOpened>()
        .Select(o => step.Configuration.Workflow.UserTasks.FirstOrDefault(t => t.ActivityId == o.Bookmark.ActivityId)).OfType<UserTaskStep>();

    internal static string? Title(StepResult step, string code) => step.Configuration.Workflow.UserTasks.FirstOrDefault(t => t.StepCode == code)?.Title;

    /// <summary>Kind of the waits for people.</summary>
    public const string UserTask = "UserTask";

    public static string Subject(Visit visit) => "visit:" + visit.Id;

    /// <summary>What the donor typed at a terminal becomes the donor's record now that staff have seen the document.</summary>
    private async Task TakeOverAsync(StepResult step, CancellationToken cancel)
    {
        var typed = await store.Set<Submission>().AsNoTracking()
            .Where(s => s.VisitId == step.Visit.Id && s.Step == VisitConfiguration.RegistrationForm).OrderByDescending(s => s.Version).FirstAsync(cancel);
        // What staff have registered or corrected is in the record already.
        if (!typed.PersonId.StartsWith(SelfServiceTerminal.Prefix, StringComparison.Ordinal)) return;
        var form = step.Configuration.Form(typed.Form);
        await donors.AmendAsync(step.Visit.DonorId, VisitStart.Lasting(form, FormSubmission.Restore(form, files.Values(form, typed))), step.PersonId, step.PersonName, cancel);
    }

    /// <summary>The first group signed for a donor is the one on file. Done again or corrected it follows; once a later visit has relied on it, it stays.</summary>
    private async Task EnterBloodGroupAsync(StepResult step, FormSubmission tests, CancellationToken cancel)
    {
        var (visit, history) = (step.Visit, step.Visited.History);
        (visit.Abo, visit.RhD) = (tests.Value(CollectionFacts.BloodGroup), tests.Value(CollectionFacts.RhD));
        var last = !await store.Set<Visit>().AnyAsync(v => v.DonorId == visit.DonorId && v.RegisteredAt > visit.RegisteredAt, cancel);
        await donors.EnterBloodGroupAsync(visit.DonorId, new FoundGroup(visit.Abo, visit.RhD, last && history.BloodGroup is null, last && history.RhD is null), step.PersonId, step.PersonName, cancel);
    }

    private async Task AddVerdictAsync(StepResult step, string stage, Verdict verdict, DateTimeOffset now, CancellationToken cancel)
    {
        var json = verdict.ToJson();
        store.Add(new StoredVerdict
        {
            Id = Guid.CreateVersion7(now), VisitId = step.Visit.Id, Stage = stage, DonationType = verdict.DonationType, Outcome = verdict.Outcome.ToString(),
            Until = verdict.Until, Json = json, ConfirmedBecause = step.Amendment?.Confirms(verdict) == false ? null : step.Reason, At = now,
        });
        if (verdict.DonationType == step.Visit.DonationType) Audit(step, now, "判定", null, Said(step.Configuration, verdict), step.Reason, "截至" + step.Configuration.StageTitle(stage));
        await store.AddLeafAsync("verdict", Subject(step.Visit), System.Text.Encoding.UTF8.GetBytes(json), now, cancel);
    }

    /// <summary>Before the last stage a verdict passes nobody.</summary>
    private static string Said(VisitConfiguration configuration, Verdict verdict) => VerdictView.Of(configuration, verdict) is { Pending: true, Outcome: RuleOutcome.Pass } ? "未见不合格" : OutcomeWords.Of(verdict.Outcome);

    private async Task ApplyAsync(StepResult step, WorkflowEffect effect, DateTimeOffset now, CancellationToken cancel)
    {
        switch (effect)
        {
            case BookmarkOpened opened:
                tasks.Open(step, opened.Bookmark, now);
                break;
            case BookmarkClosed closed:
                await tasks.CloseAsync(step, closed.Bookmark, now, cancel);
                break;
            case DonationNumberAsked when step.Visit.DonationNumber is null:
                step.Visit.DonationNumber = await AllotAsync(step, now, cancel);
                Audit(step, now, "赋予献血编号", null, step.Visit.DonationNumber);
                store.Enqueue(SampleNumbered.Kind, new SampleNumbered(step.Visit.DonationNumber), now);
                break;
            case SampleNumberAsked when step.Visit.SampleNumber is null:
                step.Visit.SampleNumber = await AllotSampleAsync(step, cancel);
                Audit(step, now, "分配样本号", null, step.Visit.SampleNumber);
                store.Enqueue(SampleNumbered.Kind, new SampleNumbered(step.Visit.SampleNumber), now);
                break;
            case PrintRequested print:
                step.Visit.PrintsJson = JsonSerializer.Serialize(JsonSerializer.Deserialize<List<string>>(step.Visit.PrintsJson)!.Append(print.Document).Distinct());
                break;
            case DonationMade:
                await recorded.AddAsync(step.Visit, step.Visited.Entered, step.PersonId, step.PersonName, cancel);
                break;
            case VisitEnded ended:
                await EndAsync(step, ended.State, now, cancel);
                break;
        }
    }

    /// <summary>5-digit station, 2-digit year, 6-digit serial (DOMAIN §6); the pattern is a setting. A number is never given twice.</summary>
    private async Task<string> AllotAsync(StepResult step, DateTimeOffset now, CancellationToken cancel)
    {
        var year = step.Configuration.Settings.LocalDate(now).Year;
        var serial = await store.NextNumberAsync($"donation-number-{year}", cancel);
        return DonationNumber(step.Configuration.Settings.Value("donationNumberPattern"), year, serial);
    }

    /// <param name="pattern">With the places {yy} and {serial}.</param>
    internal static string DonationNumber(string pattern, int year, long serial) =>
        pattern.Replace("{yy}", $"{year % 100:00}", StringComparison.Ordinal).Replace("{serial}", $"{serial:000000}", StringComparison.Ordinal);

    /// <summary>yyyyMMdd and the day's running number, three digits or more.</summary>
    private async Task<string> AllotSampleAsync(StepResult step, CancellationToken cancel) =>
        $"{step.Visit.Day:yyyyMMdd}{await store.NextNumberAsync($"sample-number-{step.Visit.Day:yyyyMMdd}", cancel):000}";

    private async Task EndAsync(StepResult step, string state, DateTimeOffset now, CancellationToken cancel)
    {
        step.Visit.State = state;
        Audit(step, now, VisitStates.Title(state), null, null, step.Reason);
        if (state == VisitStates.Deferred) await deferrals.EnterAsync(step, cancel);
        if (state == VisitStates.Withdrawn && step.Visited.Verdicts.Count == 0) await KeepAnswersAsync(step, now, cancel);
    }

    /// <summary>A donor who leaves, or is sent away, before the answers were judged has given them all the same: what keeps him from giving for longer than today goes to the file.</summary>
    private async Task KeepAnswersAsync(StepResult step, DateTimeOffset now, CancellationToken cancel)
    {
        if (step.Configuration.Packs.Stages.Skip(1).FirstOrDefault() is not { } stage) return;
        step.Visited.JudgeAgain(stage);
        if (!StepDeferrals.AnyForTheFile(step.Visited.Deciding!, step.Configuration)) return;
        foreach (var (_, verdict) in step.Visited.Verdicts) await AddVerdictAsync(step, stage, verdict, now, cancel);
        await deferrals.EnterAsync(step, cancel);
    }

    /// <summary>Old and new value of every field; the donor's history follows.</summary>
    private async Task AmendAsync(StepResult step, StepAmendment amendment, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var change in amendment.Changes.Select(c => c.Masked(step.Form!)))
            Audit(step, now, "更正", change.Old, change.New, step.Reason, change.Label);
        if (step.Visit.CollectedMl is not null) await recorded.AddAsync(step.Visit, step.Visited.Entered, step.PersonId, step.PersonName, cancel);
    }

    private void Audit(StepResult step, DateTimeOffset now, string action, string? old, string? value, string? reason = null, string? field = null) => store.Add(new AuditEntry
    {
        Field = field,
        At = now, PersonId = step.PersonId, PersonName = step.PersonName, Action = action, Subject = Subject(step.Visit), Old = old, New = value, Reason = reason,
    });
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
