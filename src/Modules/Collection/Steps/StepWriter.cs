using System.Text.Json;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Writes a step into the caller's transaction: submission, verdicts, flow, tasks, deferrals, audit, evidence leaves.</summary>
internal sealed class StepWriter(Store store, WriteRecord records, StepDonor donor, StepEffects effects, Drafts drafts, TimeProvider clock)
{
    /// <summary>Kind of the waits for people.</summary>
    public const string UserTask = "UserTask";

    public async Task WriteAsync(StepResult decided, CancellationToken cancel)
    {
        var step = decided with { At = clock.GetUtcNow() };
        if (step.Noted is var (action, change)) store.Add(step.Did(action, change));
        if (step.Record is { } record)
        {
            await records.AddAsync(record, step.Proof, cancel);
            if (record.Submission.Facts.Number(CollectionFacts.TargetUnits) is { } units) step.Visit.TargetUnits = (int)units;
            await donor.FollowAsync(step, record, cancel);
        }
        await effects.JudgedAsync(step, cancel);
        if (step.Left is { } left && !step.Run.Effects.OfType<VisitEnded>().Any())
            store.Add(step.Did(left.Label,
                new AuditChange(null, step.Title(step.Step), string.Join("、", step.Opened.Select(t => t.Title)), step.Reason)));
        if (step.Amendment is { } amendment) await AmendAsync(step, amendment, cancel);
        step.Visit.HistoryJson = JsonSerializer.Serialize(step.Visited.History);
        await effects.ApplyAsync(step, cancel);
        (step.Instance.StateJson, step.Instance.Status) = (step.Run.State.ToJson(), step.Run.State.SubStatus.ToString());
        step.Instance.Revision++;
        var place = new DraftPlace(step.Visit.Subject, step.Step);
        await drafts.DropAsync(place, cancel);
        // A correction of what is there no more is none either.
        await drafts.DropAsync(place.Correction, cancel);
    }

    /// <summary>Old and new value of every field; the donor's history follows.</summary>
    private async Task AmendAsync(StepResult step, StepAmendment amendment, CancellationToken cancel)
    {
        foreach (var change in amendment.Changes.Select(c => c.Masked(step.Record!.Form)))
            store.Add(step.Did("更正", new AuditChange(change.Label, change.Old, change.New, step.Reason)));
        if (step.Visit.CollectedMl is not null) await donor.RecordAsync(step, cancel);
        if (SideForm.Is(step.Record!.Form.Code)) await FollowUps.FollowAsync(store, step, cancel);
    }
}
