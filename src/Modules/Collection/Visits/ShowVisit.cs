using System.Security.Claims;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>本次献血: every form, verdict and audit entry of a visit, and the path its flow has taken.</summary>
internal sealed class ShowVisit(Store store, VisitFiles files, ShownVerdicts shown, ProveVisit proof, TimeProvider clock, IPages pages) : IVisits
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/{id:guid}", (Guid id, string? already, string? registered, HttpContext http, ShowVisit use, CancellationToken cancel) => use.HandleAsync(id, already is not null, registered is not null, http, cancel))
            .RequirePermission(CollectionPermissions.ViewVisit);

    public async Task<IReadOnlyList<VisitSummary>> OfDonorAsync(Guid donorId, CancellationToken cancel = default) =>
        [.. (await store.Set<Visit>().AsNoTracking().Where(v => v.DonorId == donorId).OrderByDescending(v => v.RegisteredAt).Take(PagedQueries.DefaultSize).ToListAsync(cancel)).Select(Summary)];

    private async Task<IResult> HandleAsync(Guid id, bool already, bool registered, HttpContext http, CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        var (subject, donor) = (file.Subject.ToString(), "donor:" + file.Visit.DonorId);
        var audit = await store.Set<AuditEntry>().AsNoTracking()
            .Where(e => e.Subject == subject || e.Subject == donor).OrderByDescending(e => e.Id).Take(200).ToListAsync(cancel);
        return pages.Show(new VisitPageModel(
            Summary(file.Visit), file.Visit.DonorId, VisitViews.Banner(file), VisitViews.Rail(file, null, http.User),
            [.. file.Submissions.Select(s => Submitted(file, s, http.User))], [.. file.Verdicts.Select(v => Given(file, v))],
            WorkflowDiagram.Svg(file.Configuration.Workflow, file.State), [.. audit.Select(e => Worded(file, e))], VisitViews.Documents(file, http.User), file.Configuration.Settings.TimeZone)
        {
            Proof = file.Configuration.SignsElectronically ? await proof.OfAsync(file, cancel) : null,
            Records = http.User.Has(FullViews.Permission) ? await RecordsAsync(id, cancel) : [],
            Registered = registered && file.Visit.State == VisitStates.Open,
            Links = ReportReaction.Links(file, http.User),
            Fault = file.OpenTask(UserTaskRow.Exception)?.Note,
            LastVerdicts = shown.Of(file),
            Notice = file.LeftOver(clock.GetUtcNow()) ?? (already ? "该献血者的本次献血还在进行中，已为您打开；没有另建登记，刚才填写的资料没有保存。" : null),
        });
    }

    private async Task<IReadOnlyList<(string, int, int, string)>> RecordsAsync(Guid id, CancellationToken cancel) =>
        [.. (await store.Set<RecordDocument>().AsNoTracking().Where(d => d.SubjectId == id).OrderBy(d => d.At).Select(d => new { d.Title, d.Name, d.Version, d.Signatures }).ToListAsync(cancel))
            .Select(d => (d.Title, d.Version, d.Signatures, ShowRecordDocument.Path(id, d.Name, d.Version)))];

    /// <summary>The entry as people read it: fields and options by their labels, rules by their titles, and no digests.</summary>
    private static AuditEntry Worded(VisitFile file, AuditEntry entry)
    {
        var field = entry.Field is { } code ? Forms(file).Select(f => f.Field(code)).FirstOrDefault(f => f is not null) : null;
        return new AuditEntry
        {
            At = entry.At, PersonId = entry.PersonId, PersonName = entry.PersonName, Action = entry.Action, Subject = entry.Subject, Reason = entry.Reason,
            Field = field?.Label ?? file.Configuration.RuleTitle(entry.Field) ?? entry.Field, Old = Words(field, entry.Old), New = Words(field, entry.New),
        };
    }

    /// <summary>Of this visit, those that were filled in; the registration first, where a donor's fields come from.</summary>
    private static IEnumerable<FormDefinition> Forms(VisitFile file) =>
        file.Submissions.Select(s => s.Form).Prepend(VisitConfiguration.RegistrationForm).Distinct(StringComparer.Ordinal).Select(file.Configuration.Form);

    private static string? Words(FormField? field, string? value) =>
        value is { Length: 64 } && value.All(char.IsAsciiHexDigitLower) ? null : field is null or { Protected: true } || string.IsNullOrEmpty(value) ? value : field.Display(value);

    private SubmittedForm Submitted(VisitFile file, Submission submission, ClaimsPrincipal user)
    {
        var form = file.Configuration.Form(submission.Form);
        return new SubmittedForm(
            form.Title, submission.Version, submission.PersonName, submission.At, submission.ContentHash,
            [.. files.Restored(form, submission).Values.Select(v => (form.Field(v.Code)?.Label ?? v.Code, Shown(form, v)))],
            [.. StoredValues.Signers(submission).Select(s => new GivenSignature(
                s.Label, s.PersonName, SigningMethods.Title(s.Method, file.Configuration.SignsElectronically), s.At, s.Identity, s.Picture is null ? null : ShowHandwriting.Path(submission, s.Role)))])
        {
            Review = StoredValues.Review(submission) is { } review ? Reviewed(file, form, review) : null,
            Amends = submission.AmendsVersion, Reason = submission.Reason, Changes = Changes(file, submission, form),
            AmendPath = file.Latest(submission.Step) == submission ? AmendForm.PathFor(file, submission.Step, user) : null,
        };
    }

    /// <summary>What a later version says otherwise than the one before it.</summary>
    private IReadOnlyList<FieldChange> Changes(VisitFile file, Submission submission, FormDefinition form) =>
        file.Submissions.FirstOrDefault(s => s.Step == submission.Step && s.Version == submission.Version - 1) is not { } before ? []
        : [.. FieldChange.Between(form, files.Restored(form, before), files.Restored(form, submission)).Select(c => c.Masked(form))];

    private static ShownReview Reviewed(VisitFile file, FormDefinition form, FormReview review) => new(
        $"{file.Configuration.Form(review.Form).Title} 第 {review.Version} 版", review.ContentHash,
        [.. review.Answers.Select(a => a with { Decision = form.Review?.Decisions.FirstOrDefault(d => d.Code == a.Decision)?.Label ?? a.Decision })]);

    private static string Shown(FormDefinition form, SubmittedValue value) =>
        form.Field(value.Code) is not { } field ? value.Value
        : field.Protected ? Mask.Of(field, value.Value) : field.Display(value.Value);

    private static GivenVerdict Given(VisitFile file, StoredVerdict stored) => new(
        stored.Stage, stored.At, VerdictView.Of(file.Configuration, Verdict.FromJson(stored.Json)), stored.ConfirmedBecause);

    private static VisitSummary Summary(Visit visit) => new(visit.Id, visit.Day, visit.DonationType, visit.State, visit.DonationNumber);
}
