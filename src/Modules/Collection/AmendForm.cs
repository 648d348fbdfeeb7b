using System.Security.Claims;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>更正: corrects a submitted form. Its difference is shown before its signers sign again; both versions stay, and the visit is judged anew.</summary>
internal sealed class AmendForm(
    Store store, VisitFiles files, StepSigners signers, SignaturesInHand inHand, SignRecord signing, StepWriter writer, StepOperation operations, SaveDraft drafts, IDonors donors, OutboxSignal outbox, TenantContext tenant, TimeProvider clock, IPages pages)
{
    /// <summary>Back from the difference to the fields.</summary>
    private const string Edit = "Edit";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/steps/{step}/amend", (Guid id, string step, bool? fresh, HttpContext http, AmendForm use, CancellationToken cancel) => use.ShowAsync(id, step, fresh == true, http, cancel))
            .RequirePermission(CollectionPermissions.Work);
        endpoints.MapPost("/visits/{id:guid}/steps/{step}/amend", (Guid id, string step, HttpContext http, AmendForm use, CancellationToken cancel) => use.HandleAsync(id, step, http, cancel))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    /// <summary>Where a form of the visit is corrected; null when this person may not.</summary>
    public static string? PathFor(VisitFile file, string step, ClaimsPrincipal user) =>
        PermissionOf(file, step) is { } permission && user.Has(permission) && user.Has(CollectionPermissions.Work) && file.OpenTask(step) is null ? $"/visits/{file.Visit.Id}/steps/{step}/amend" : null;

    /// <param name="fresh">As it is saved, whatever draft there is.</param>
    private async Task<IResult> ShowAsync(Guid id, string step, bool fresh, HttpContext http, CancellationToken cancel)
    {
        var (file, latest, refusal) = await FindAsync(id, step, http, cancel);
        if (refusal is not null) return pages.Refuse(refusal);
        var form = file!.Configuration.Form(latest!.Form);
        var (draft, notice, _) = fresh ? (null, null, null) : await drafts.FindAsync(file.Visit, SaveDraft.Correction(step), http.User, cancel);
        return pages.Show(Model(file, latest, form, draft ?? VisitViews.Texts(files.Restored(form, latest)), []) with
        {
            Notice = notice, Kind = draft?.GetValueOrDefault(AmendPost.KindField) ?? "", Text = draft?.GetValueOrDefault(AmendPost.TextField) ?? "",
        });
    }

    private async Task<IResult> HandleAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        var post = await AmendPost.ReadAsync(http.Request, cancel);
        if (post.Step.OperationId == Guid.Empty) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开更正页面"));
        var (file, latest, refusal) = await FindAsync(id, step, http, cancel);
        if (refusal is not null) return pages.Refuse(refusal);
        var form = file!.Configuration.Form(latest!.Form);
        var content = post.Step.Content($"/visits/{id}/steps/{step}/amend", form);
        if (await operations.DoneBeforeAsync(post.Step.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);

        var known = files.Facts(file, step);
        var before = files.Restored(form, latest);
        var reading = FormReading.Read(form, MaskedFields.Fill(form, post.Step.Fields, before), files.Context(file, form, known, MadeAt(file, step)));
        if (post.Version != latest.Version) return Conflict(file, latest, form, post, reading.Submission, before);
        if (post.Step.Action == Edit) return pages.Show(Model(file, latest, form, post.Step.Fields, []) with { Kind = post.Kind, Text = post.Text });
        if (Errors(form, reading, before, post) is { Count: > 0 } errors) return Wrong(file, latest, form, post, errors);
        var amended = Amended(file, latest, form, reading.Submission!, before, []);
        if (StepDecision.Blocked(amended.Visited, form) is { Count: > 0 } impossible) return Wrong(file, latest, form, post, impossible);
        form = Signed(form, amended.Facts);
        if (post.Step.Confirmed != amended.Token) return Confirm(file, latest, form, post, amended, [], StatusCodes.Status200OK);
        var act = inHand.ActOf(content, form, post.Step.Fields, http.User);
        var posted = inHand.Take(act, form, post.Step.Fields, http.User);
        var (signed, unsigned) = await signers.ProveAsync(
            new SigningAct(form, amended.Submission, amended.Facts, file.Visit.DonorId, file.Configuration.SignsElectronically) { Corrects = true }, posted, http.User, cancel);
        post = post with { Step = post.Step with { Kept = inHand.Keep(act, form, posted, signed, http.User) } };
        if (unsigned.Count > 0) return Confirm(file, latest, form, post, amended, unsigned, StatusCodes.Status422UnprocessableEntity);
        var final = Amended(file, latest, form, amended.Submission, before, signed);
        var proof = await signing.SignAsync(new RecordToSign(file, latest.Step, form, final.Submission, signed, final.Visited.Verdicts, []), cancel);
        if (proof.Fault is { } fault)
        {
            await drafts.KeepAsync(file.Visit, SaveDraft.Correction(step), form, post.Step.Fields, http.User, cancel, AmendPost.KindField, AmendPost.TextField);
            return Confirm(file, latest, form, post, amended, [fault], StatusCodes.Status422UnprocessableEntity);
        }
        return await CommitAsync(file, latest, form, post, final, signed, proof, content, http, cancel);
    }

    private async Task<(VisitFile? File, Submission? Latest, Platform.Pages.Refusal? Refusal)> FindAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return (null, null, StepPage.NoVisit);
        if (PermissionOf(file, step) is not { } permission) return (null, null, StepPage.NoStep);
        if (!http.User.Has(permission)) return (null, null, StepPage.NoRight("更正" + TitleOf(file, step)));
        if (file.Latest(step) is not { } latest) return (null, null, new Platform.Pages.Refusal(RefusalKind.NotFound, "此步骤还没有提交过，没有可更正的内容", "请在步骤页面填写"));
        return file.OpenTask(step) is null ? (file, latest, null)
            : (null, null, new Platform.Pages.Refusal(RefusalKind.Conflict, "此步骤已退回重做，不另作更正", "请在步骤页面改正后重新提交"));
    }

    /// <summary>A correction is signed, whatever the form: where nobody else signs it, by whoever corrects it.</summary>
    private static FormDefinition Signed(FormDefinition form, FactBag facts) => form.SignersFor(facts).Any(s => s.Signs) ? form : form with { Signers = [.. form.Signers, Corrector] };

    private static FormSigner Corrector { get; } = new("corrector", "更正人", "Corrected by", Permission: null, Pin: true, Handwriting: false, SecondPerson: false, When: null, Fact: null);

    private static string? PermissionOf(VisitFile file, string step) =>
        step == VisitConfiguration.RegistrationForm ? CollectionPermissions.Register : StepPage.TaskOf(file, step)?.Permission ?? SideForm.PermissionOf(file, step);

    private static string TitleOf(VisitFile file, string step) =>
        step == VisitConfiguration.RegistrationForm ? "登记" : StepPage.TaskOf(file, step)?.Title ?? file.Configuration.Form(file.Latest(step)!.Form).Title;

    /// <summary>A correction is of what was true when the form was filled in: "08:30" is of that day.</summary>
    private static DateTimeOffset MadeAt(VisitFile file, string step) => file.Submissions.Where(s => s.Step == step && s.AmendsVersion is null).Max(s => s.At);

    /// <summary>What stands in the way of a correction; empty when nothing does.</summary>
    internal static IReadOnlyList<FieldError> Errors(FormDefinition form, FormReading reading, FormSubmission before, AmendPost post)
    {
        var another = form.Fields.Where(f => f.Type == FieldType.IdNumber && reading.Facts.Text(f.Code) is { } now && now != before.Value(f.Code))
            .Select(f => new FieldError(f.Code, f.Label, "不能更正：换了证件号码就是另一个人。确实登记错了的，请终止本次献血后重新登记")).ToList();
        // What disagrees with a number that cannot be entered here is nothing to put right.
        List<FieldError> errors = [.. another, .. reading.Errors.Where(e => another.Count == 0 || form.Field(e.Code)?.FromIdNumber is null)];
        if (!AmendModel.Kinds.Contains(post.Kind)) errors.Add(new FieldError("_kind", "更正原因", "必填，请选择"));
        if (post.Kind == AmendModel.Kinds[^1] && post.Text.Length == 0) errors.Add(new FieldError("_text", "说明", "选“其他”时必填，请写明"));
        if (post.TextFault is { } fault) errors.Add(new FieldError("_text", "说明", fault));
        if (errors.Count == 0 && FieldChange.Between(form, before, reading.Submission!).Count == 0)
            errors.Add(new FieldError("_none", "没有改动", "内容与已保存的相同，不需要更正"));
        return errors;
    }

    /// <summary>The correction as it would be written: judged as far as the visit has been judged, with the history of that time.</summary>
    private Amended Amended(VisitFile file, Submission latest, FormDefinition form, FormSubmission now, FormSubmission before, IReadOnlyList<StepSigner> signed)
    {
        var facts = files.Facts(file, latest.Step, now);
        facts.Add(now.Facts).Set(CollectionFacts.WrittenAt, CollectionFacts.MinuteOf(MadeAt(file, latest.Step), file.Configuration.Settings.TimeZone));
        var signers = signed.Count > 0 ? signed : VisitFiles.Signers(latest);
        foreach (var signer in form.Signers.Where(s => s.Fact is not null && signers.Any(p => p.Role == s.Role))) facts.Set(signer.Fact!, "yes");
        var type = form.Code == VisitConfiguration.RegistrationForm ? now.Value(VisitConfiguration.DonationTypeField) ?? file.Visit.DonationType : file.Visit.DonationType;
        var visited = new VisitRun(file.Configuration, donors, file.Donor.IdNumber, file.History, type, file.Visit.Day, facts);
        var last = LastVerdict(file, form);
        if (last is not null) visited.JudgeAgain(last.Stage);
        return new Amended(now, FieldChange.Between(form, before, now), facts, visited, type, last is null ? null : Verdict.FromJson(last.Json));
    }

    /// <summary>What a correction of this form may change: whether the donor might give, or, from the needle on, how it was done.</summary>
    private static StoredVerdict? LastVerdict(VisitFile file, FormDefinition form)
    {
        if (SideForm.Is(form.Code)) return null;
        var verdicts = file.Verdicts.Where(v => v.DonationType == file.Visit.DonationType && file.Configuration.Packs.Alone.Contains(v.Stage) == NeedleGate.Guards(form));
        return NeedleGate.Guards(form)
            ? verdicts.LastOrDefault(v => Verdict.FromJson(v.Json).Rules.Any(r => r.FactsUsed.Keys.Concat(r.MissingFacts).Any(f => form.Field(f) is not null))) : verdicts.LastOrDefault();
    }

    private async Task<IResult> CommitAsync(
        VisitFile file, Submission latest, FormDefinition form, AmendPost post, Amended amended, IReadOnlyList<StepSigner> signed, SignedRecord proof, string content, HttpContext http, CancellationToken cancel)
    {
        var next = $"/visits/{file.Visit.Id}";
        var (person, name) = (http.User.Id(), http.User.FullNameOf());
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            if (form.Code == VisitConfiguration.RegistrationForm) await FollowRegistrationAsync(file, form, amended, person, name, cancel);
            await writer.WriteAsync(new StepResult(
                file.Visit, file.Instance, WorkflowRun.Nothing(file.State), amended.Visited, file.Configuration, latest.Step, form, amended.Submission, signed, person, name, post.Reason)
            {
                Proof = proof, Amendment = new StepAmendment(latest.Version, amended.Changes, amended.Before, LastVerdict(file, form)?.ConfirmedBecause is not null),
            }, cancel);
            if (SideForm.Is(form.Code)) await FollowUps.FollowAsync(store, file.Visit, latest.Step, amended.Submission, name, clock.GetUtcNow(), cancel);
            operations.Add(post.Step.OperationId, person, content, next);
            await transaction.CommitAsync(cancel);
            inHand.Drop(post.Step.Kept);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            if (await operations.DoneBeforeAsync(post.Step.OperationId, person, content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
            var read = (await files.ReadAsync(file.Visit.Id, cancel))!;
            var theirs = read.Latest(latest.Step)!;
            return Conflict(read, theirs, form, post, amended.Submission, files.Restored(form, theirs));
        }
        outbox.Raise(tenant.Current);
        return Results.LocalRedirect(http.Request.PathBase + next);
    }

    /// <summary>The visit follows; so does the donor's record, unless a later visit has told something newer.</summary>
    private async Task FollowRegistrationAsync(VisitFile file, FormDefinition form, Amended amended, string person, string name, CancellationToken cancel)
    {
        var visit = file.Visit;
        visit.DonationType = amended.DonationType;
        if (await store.Set<Visit>().AnyAsync(v => v.DonorId == visit.DonorId && v.RegisteredAt > visit.RegisteredAt, cancel)) return;
        var lasting = VisitStart.Lasting(form, amended.Submission);
        // A terminal begins with an empty form: what the donor left out there is not to be forgotten.
        if (file.Submissions.First(s => s.Step == VisitConfiguration.RegistrationForm).PersonId.StartsWith(SelfServiceTerminal.Prefix, StringComparison.Ordinal))
            await donors.AmendAsync(visit.DonorId, lasting, person, name, cancel);
        else await donors.SaveAsync(lasting, person, name, cancel);
    }

    private IResult Wrong(VisitFile file, Submission latest, FormDefinition form, AmendPost post, IReadOnlyList<FieldError> errors) =>
        pages.Show(Model(file, latest, form, post.Step.Fields, errors) with { Kind = post.Kind, Text = post.Text }, StatusCodes.Status422UnprocessableEntity);

    private IResult Confirm(VisitFile file, Submission latest, FormDefinition form, AmendPost post, Amended amended, IReadOnlyList<FieldError> errors, int status) =>
        pages.Show(Model(file, latest, form, VisitViews.Texts(amended.Submission), errors) with
        {
            Kind = post.Kind, Text = post.Text, Changes = MaskedFields.Shown(form, amended.Changes), Confirmed = amended.Token, Worse = amended.IsWorse, Kept = post.Step.Kept, Posted = post.Step.Fields,
            Before = amended.Before is { } before ? VerdictView.Of(file.Configuration, before) : null,
            After = amended.Visited.Deciding is { } after ? VerdictView.Of(file.Configuration, after) : null,
        }, status);

    private IResult Conflict(VisitFile file, Submission latest, FormDefinition form, AmendPost post, FormSubmission? mine, FormSubmission theirs) =>
        pages.Show(Model(file, latest, form, post.Step.Fields, []) with
        {
            Conflict = new StepConflict(latest.PersonName, latest.At, mine is null ? [] : [.. FieldChange.Between(form, theirs, mine).Select(c => c.Masked(form))]),
        }, StatusCodes.Status409Conflict);

    private AmendModel Model(VisitFile file, Submission latest, FormDefinition form, IReadOnlyDictionary<string, string> values, IReadOnlyList<FieldError> errors)
    {
        var onRecord = files.Restored(form, latest);
        return new AmendModel(
            file.Visit.Id, latest.Step, TitleOf(file, latest.Step), latest.Version, Guid.CreateVersion7(clock.GetUtcNow()), VisitViews.Banner(file),
            form, files.Context(file, form, files.Facts(file, latest.Step), MadeAt(file, latest.Step)), MaskedFields.Hide(form, values, onRecord), errors) { Masked = MaskedFields.Shown(form, onRecord) };
    }
}
