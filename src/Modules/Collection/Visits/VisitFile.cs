using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Flows;
using Platform.Publishing;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>A visit with all that belongs to it, as read at one moment.</summary>
internal sealed record VisitFile(
    Visit Visit, DonorRecord Donor, VisitConfiguration Configuration, WorkflowInstanceRow Instance, WorkflowState State,
    IReadOnlyList<Submission> Submissions, IReadOnlyList<UserTaskRow> Tasks, IReadOnlyList<StoredVerdict> Verdicts)
{
    public Subject Subject => Visit.Subject;

    public DonorHistory History => JsonSerializer.Deserialize<DonorHistory>(Visit.HistoryJson)!;

    /// <summary>Words for a visit left over from an earlier day, in which nothing before the needle may go on; null while it may.</summary>
    public string? LeftOver(DateTimeOffset now) => NeedleGate.LeftOver(Visit, Configuration, Submissions, now);

    public JudgedVisit Judged => new(Donor.IdNumber, History, Visit.DonationType, Visit.Day);

    public DraftPlace Place(string step) => new(Subject, step);

    public UserTaskRow? OpenTask(string step) => Tasks.FirstOrDefault(t => t.Step == step && t.ClosedAt is null);

    public Submission? Latest(string step) => Submissions.Where(s => s.Step == step).MaxBy(s => s.Version);
}

/// <summary>Reads visits and turns stored submissions back into forms.</summary>
internal sealed class VisitFiles(Store store, IDonors donors, Configuration configuration, CompiledPacks compiled, StoredValues values)
{
    /// <summary>As it was between two steps: read again where one was written in the middle of the reading.</summary>
    public async Task<VisitFile?> ReadAsync(Guid id, CancellationToken cancel)
    {
        // One connection for all of it: each opening sets the tenant's schema anew.
        await store.Database.OpenConnectionAsync(cancel);
        try
        {
            while (await ReadAllAsync(id, cancel) is { } file)
            {
                if (await store.Set<WorkflowInstanceRow>().Where(i => i.Id == file.Instance.Id).Select(i => i.Revision)
                    .SingleAsync(cancel) == file.Instance.Revision) return file;
                foreach (var row in file.Tasks.Append<object>(file.Visit).Append(file.Instance)) store.Entry(row).State =
                    EntityState.Detached;
            }
            return null;
        }
        finally
        {
            await store.Database.CloseConnectionAsync();
        }
    }

    private async Task<VisitFile?> ReadAllAsync(Guid id, CancellationToken cancel)
    {
        if (await store.Set<Visit>().SingleOrDefaultAsync(v => v.Id == id, cancel) is not { } visit) return null;
        var instance = await store.Set<WorkflowInstanceRow>().SingleAsync(i => i.Id == visit.InstanceId, cancel);
        return new VisitFile(
            visit, (await donors.FindAsync(visit.DonorId, cancel))!,
            VisitConfiguration.Of(await configuration.PinnedAsync(visit.ConfigurationHash, cancel), compiled, visit.Flow),
            instance, WorkflowState.FromJson(instance.StateJson),
            await store.Set<Submission>().AsNoTracking().Where(s => s.SubjectId == id).OrderBy(s => s.At).ToListAsync(cancel),
            await store.Set<UserTaskRow>().Where(t => t.InstanceId == instance.Id).OrderBy(t => t.OpenedAt).ToListAsync(cancel),
            await store.Set<StoredVerdict>().AsNoTracking().Where(v => v.VisitId == id).OrderBy(v => v.At).ThenBy(v => v.Id)
                .ToListAsync(cancel));
    }

    /// <summary>All that was entered in this visit, the latest version of each step.</summary>
    /// <param name="except">The step that is done again: nothing of what it said before may count beside what it says now.</param>
    /// <param name="now">What it says now, where that is known: a review counts when it was of the same answers.</param>
    public FactBag Facts(VisitFile file, string? except = null, FormSubmission? now = null) =>
        Facts(file.Configuration, file.Submissions.Where(s => s.Step != except), now).Set("donationNumber", file.Visit.DonationNumber)
            .Set("sampleNumber", file.Visit.SampleNumber)
            .Set(CollectionFacts.RegisteredAt, CollectionFacts.MinuteOf(file.Visit.RegisteredAt, file.Configuration.Settings.TimeZone))
                .Set(CollectionFacts.BedsideCheckedAt, CheckedAt(file));

    /// <summary>A correction of the check is no check: it was done when the form was first signed.</summary>
    private static string? CheckedAt(VisitFile file) =>
        file.Submissions.LastOrDefault(s =>
            s.AmendsVersion is null && file.Configuration.Form(s.Form).Field(CollectionFacts.BedsideIdentity) is not null) is { } check
            ? CollectionFacts.MinuteOf(check.At, file.Configuration.Settings.TimeZone) : null;

    public FactBag Facts(VisitConfiguration configuration, IEnumerable<Submission> submissions, FormSubmission? now = null)
    {
        var facts = new FactBag();
        var known = submissions.ToList();
        foreach (var submission in known.GroupBy(s => s.Step).Select(g => g.MaxBy(s => s.Version)!).OrderBy(s => s.At))
        {
            var form = configuration.Form(submission.Form);
            facts.Add(FormSubmission.Restore(form, values.Values(form, submission),
                StoredValues.Review(submission) is { } review && Counts(review, known, now) ? review : null).Facts);
            foreach (var signer in StoredValues.Signers(submission))
                if (form.Signers.FirstOrDefault(s => s.Role == signer.Role)?.Fact is { } fact) facts.Set(fact, "yes");
        }
        return facts;
    }

    /// <summary>What is known when a form is shown or read: what was entered so far, and the submission it reviews.</summary>
    /// <param name="at">When it was filled in; its date is the form's today.</param>
    public FormContext Context(VisitFile file, FormDefinition form, IFacts known, DateTimeOffset at) =>
        file.Configuration.Context(known, file.Configuration.Settings.LocalDate(at), Reviewed(file, form));

    /// <summary>What records of the visit are about.</summary>
    public IRecordSubject About(VisitFile file) => new VisitSubject(this, file);

    /// <summary>The submission as it was made.</summary>
    public FormSubmission Restored(FormDefinition form, Submission submission) => values.Restored(form, submission);

    private ReviewedForm? Reviewed(VisitFile file, FormDefinition form)
    {
        if (form.Review is not { } review || Latest(file.Submissions, review.Form) is not { } submission) return null;
        var reviewed = file.Configuration.Form(submission.Form);
        return new ReviewedForm(reviewed, Restored(reviewed, submission), submission.Version, submission.ContentHash);
    }

    /// <summary>Answers given anew after the review, or just now, have not been reviewed.</summary>
    private static bool Counts(FormReview review, IEnumerable<Submission> submissions, FormSubmission? now) =>
        (now?.FormCode == review.Form ? now.ContentHash : Latest(submissions, review.Form)?.ContentHash) == review.ContentHash;

    private static Submission? Latest(IEnumerable<Submission> submissions, string form) =>
        submissions.Where(s => s.Form == form).MaxBy(s => s.Version);
}
