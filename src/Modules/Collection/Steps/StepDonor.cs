using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What the donor's own record takes over from the forms of a visit, in the caller's transaction.</summary>
internal sealed class StepDonor(Store store, StoredValues values, IDonors donors, DonationRecord recorded)
{
    public async Task FollowAsync(StepResult step, FilledRecord record, CancellationToken cancel)
    {
        if (record is { Amends: not null, Form.Code: VisitConfiguration.RegistrationForm }) await FollowRegistrationAsync(step, record,
            cancel);
        if (record.Submission.Value(CollectionFacts.IdentityChecked) == "yes") await TakeOverAsync(step, cancel);
        if (record.Form.Field(CollectionFacts.BloodGroup) is not null) await EnterBloodGroupAsync(step, record, cancel);
    }

    /// <summary>The donation itself, as all that is known of the visit tells of it.</summary>
    public Task RecordAsync(StepResult step, CancellationToken cancel) =>
        recorded.AddAsync(step.Visit, step.Visited.Entered, step.By, cancel);

    /// <summary>What the donor typed at a terminal becomes the donor's record now that staff have seen the document.</summary>
    private async Task TakeOverAsync(StepResult step, CancellationToken cancel)
    {
        var visit = step.Visit.Id;
        var typed = await store.Set<Submission>().AsNoTracking()
            .Where(s => s.SubjectId == visit && s.Step == VisitConfiguration.RegistrationForm).OrderByDescending(s => s.Version)
                .FirstAsync(cancel);
        // What staff have registered or corrected is in the record already.
        if (!typed.PersonId.StartsWith(SelfServiceTerminal.Prefix, StringComparison.Ordinal)) return;
        var form = step.Configuration.Form(typed.Form);
        await donors.AmendAsync(step.Visit.DonorId, VisitStart.Lasting(form, values.Restored(form, typed)), step.By, cancel);
    }

    /// <summary>The first group signed for a donor is the one on file. Done again or corrected it follows; once a later visit has relied on it, it stays.</summary>
    private async Task EnterBloodGroupAsync(StepResult step, FilledRecord tests, CancellationToken cancel)
    {
        var (visit, history) = (step.Visit, step.Visited.History);
        (visit.Abo, visit.RhD) = (tests.Submission.Value(CollectionFacts.BloodGroup), tests.Submission.Value(CollectionFacts.RhD));
        var last = !await LaterAsync(visit, cancel);
        await donors.EnterBloodGroupAsync(visit.DonorId,
            new FoundGroup(visit.Abo, visit.RhD, last && history.BloodGroup is null, last && history.RhD is null), step.By, cancel);
    }

    /// <summary>A corrected registration: the visit follows; so does the donor's record, unless a later visit has told something newer.</summary>
    private async Task FollowRegistrationAsync(StepResult step, FilledRecord record, CancellationToken cancel)
    {
        var visit = step.Visit;
        visit.DonationType = record.Submission.Value(VisitConfiguration.DonationTypeField) ?? visit.DonationType;
        if (await LaterAsync(visit, cancel)) return;
        var first = await store.Set<Submission>().AsNoTracking()
            .Where(s => s.SubjectId == visit.Id && s.Step == VisitConfiguration.RegistrationForm).OrderBy(s => s.Version)
            .FirstAsync(cancel);
        var lasting = VisitStart.Lasting(record.Form, record.Submission);
        // A terminal begins with an empty form: what the donor left out there is not to be forgotten.
        if (first.PersonId.StartsWith(SelfServiceTerminal.Prefix, StringComparison.Ordinal)) await donors.AmendAsync(visit.DonorId, lasting,
            step.By, cancel);
        else await donors.SaveAsync(lasting, step.By, cancel);
    }

    private Task<bool> LaterAsync(Visit visit, CancellationToken cancel) =>
        store.Set<Visit>().AnyAsync(v => v.DonorId == visit.DonorId && v.RegisteredAt > visit.RegisteredAt, cancel);
}
