using System.Security.Claims;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;

namespace Modules.Collection;

/// <summary>更正: the pages on which a submitted form is corrected.</summary>
internal sealed class AmendForm(VisitFiles files, Acts acts, CorrectForm correct, Drafts drafts, TimeProvider clock, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/steps/{step}/amend", (Guid id, string step, bool? fresh, HttpContext http, AmendForm use) =>
            use.ShowAsync(id, step, fresh == true, http))
            .RequirePermission(CollectionPermissions.Work);
        endpoints.MapPost("/visits/{id:guid}/steps/{step}/amend", (Guid id, string step, HttpContext http, AmendForm use) =>
            use.HandleAsync(id, step, http))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    public static string PathOf(VisitFile file, string step) => $"/visits/{file.Visit.Id}/steps/{step}/amend";

    /// <summary>Where a form of the visit is corrected; null when this person may not.</summary>
    public static string? PathFor(VisitFile file, string step, ClaimsPrincipal user) =>
        PermissionOf(file, step) is { } permission && user.Has(permission) && user.Has(CollectionPermissions.Work)
            && file.OpenTask(step) is null ? PathOf(file, step) : null;

    /// <param name="fresh">As it is saved, whatever draft there is.</param>
    private async Task<IResult> ShowAsync(Guid id, string step, bool fresh, HttpContext http)
    {
        var (file, latest, refusal) = await FindAsync(id, step, http.User, http.RequestAborted);
        if (refusal is not null) return pages.Refuse(refusal);
        var form = file!.Configuration.Form(latest!.Form);
        var draft = fresh ? null : await drafts.FindAsync(file.Place(step).Correction, http.User.Actor(), http.RequestAborted);
        return pages.Show(Model(file, latest, draft?.Values ?? VisitViews.Texts(files.Restored(form, latest)), []) with
        {
            Notice = draft?.Notice, Kind = draft?.Values.GetValueOrDefault(AmendPost.KindField) ?? "",
            Text = draft?.Values.GetValueOrDefault(AmendPost.TextField) ?? "",
        });
    }

    private async Task<IResult> HandleAsync(Guid id, string step, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var post = await AmendPost.ReadAsync(http.Request, cancel);
        if (post.Step.OperationId == Guid.Empty) return pages.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开更正页面"));
        var (file, latest, refusal) = await FindAsync(id, step, http.User, cancel);
        if (refusal is not null) return pages.Refuse(refusal);
        var attempt = new AmendAttempt(file!, latest!, post, http.User);
        var decision = await acts.RunAsync(correct, attempt, cancel);
        if (decision is Decision.Wrong { Unsigned: true })
            await drafts.KeepAsync(attempt.Place, attempt.By,
                Drafts.Of(attempt.Form, post.Step.Fields, AmendPost.KindField, AmendPost.TextField), cancel);
        if (decision.AtWriting && await files.ReadAsync(id, cancel) is { } now) attempt = attempt
            with { File = now, Latest = now.Latest(step)! };
        return Answer(attempt, decision);
    }

    private async Task<(VisitFile? File, Submission? Latest, Refusal? Refusal)> FindAsync(Guid id, string step, ClaimsPrincipal user,
        CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return (null, null, StepPage.NoVisit);
        if (PermissionOf(file, step) is not { } permission) return (null, null, StepPage.NoStep);
        if (!user.Has(permission)) return (null, null, StepPage.NoRight("更正" + TitleOf(file, step)));
        if (file.Latest(step) is not { } latest) return (null, null, new Refusal(RefusalKind.NotFound, "此步骤还没有提交过，没有可更正的内容", "请在步骤页面填写"));
        return file.OpenTask(step) is null ? (file, latest, null)
            : (null, null, new Refusal(RefusalKind.Conflict, "此步骤已退回重做，不另作更正", "请在步骤页面改正后重新提交"));
    }

    private static string? PermissionOf(VisitFile file, string step) =>
        step == VisitConfiguration.RegistrationForm ? CollectionPermissions.Register
            : StepPage.TaskOf(file, step)?.Permission ?? SideForm.PermissionOf(file, step);

    private static string TitleOf(VisitFile file, string step) =>
        step == VisitConfiguration.RegistrationForm ? "登记"
            : StepPage.TaskOf(file, step)?.Title ?? file.Configuration.Form(file.Latest(step)!.Form).Title;

    private IResult Answer(AmendAttempt attempt, Decision decision) => decision switch
    {
        Decision.Done done => pages.LeadTo(done.Next),
        CorrectForm.Editing => pages.Show(Posted(attempt, [])),
        Decision.ToConfirm<Amended> confirm => Confirm(attempt, confirm.Shown, confirm.Errors, decision.Kept),
        Decision.Wrong { Unsigned: true } unsigned =>
            Confirm(attempt, correct.WorkOut(attempt, correct.Read(attempt).Submission!, []), unsigned.Errors, decision.Kept),
        Decision.Wrong wrong => pages.Show(Posted(attempt, wrong.Errors), StatusCodes.Status422UnprocessableEntity),
        _ => pages.Show(Posted(attempt, []) with { Kind = "", Text = "", Conflict = Conflict(attempt) }, StatusCodes.Status409Conflict),
    };

    private AmendModel Posted(AmendAttempt attempt, IReadOnlyList<FieldError> errors) =>
        Model(attempt.File, attempt.Latest, attempt.Post.Step.Fields, errors) with { Kind = attempt.Post.Kind, Text = attempt.Post.Text };

    private IResult Confirm(AmendAttempt attempt, Amended amended, IReadOnlyList<FieldError> errors, KeptSignatures kept)
    {
        var (configuration, form) = (attempt.File.Configuration, CorrectForm.Signed(attempt.Form, amended.Facts));
        return pages.Show(Model(attempt.File, attempt.Latest, VisitViews.Texts(amended.Submission), errors) with
        {
            Form = form, Kind = attempt.Post.Kind, Text = attempt.Post.Text, Changes = MaskedFields.Shown(form, amended.Changes),
            Confirmed = amended.Token, Worse = amended.IsWorse, Kept = kept, Posted = attempt.Post.Step.Fields,
            Before = amended.Before is { } before ? VerdictView.Of(configuration, before) : null,
            After = amended.Visited.Deciding is { } after ? VerdictView.Of(configuration, after) : null,
        }, errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private StepConflict Conflict(AmendAttempt attempt)
    {
        var (form, latest) = (attempt.Form, attempt.Latest);
        var mine = correct.Read(attempt).Submission;
        return new StepConflict(latest.PersonName, latest.At,
            mine is null ? [] : [.. FieldChange.Between(form, files.Restored(form, latest), mine).Select(c => c.Masked(form))]);
    }

    private AmendModel Model(VisitFile file, Submission latest, IReadOnlyDictionary<string, string> values,
        IReadOnlyList<FieldError> errors)
    {
        var (form, step) = (file.Configuration.Form(latest.Form), latest.Step);
        var onRecord = files.Restored(form, latest);
        return new AmendModel(
            file.Visit.Id, step, TitleOf(file, step), latest.Version, Guid.CreateVersion7(clock.GetUtcNow()), VisitViews.Banner(file),
            form, files.Context(file, form, files.Facts(file, step), AmendAttempt.MadeAtOf(file, step)),
            MaskedFields.Hide(form, values, onRecord), errors) { Masked = MaskedFields.Shown(form, onRecord) };
    }
}
