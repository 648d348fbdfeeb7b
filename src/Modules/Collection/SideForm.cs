using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>A form of a visit that no flow waits for: a reaction, a call to the donor afterwards. It may be filled in any number of times.</summary>
/// <param name="PostTo">Path below the tenant; its draft is kept under it.</param>
internal sealed record SideFormUse(string Form, string Title, string Path, string PostTo);

/// <summary>What a page does with the one draft there is, as its address says. Its own it keeps; one that was left alone, or somebody else's, stays as it is while it is typed.</summary>
/// <param name="LeftAlone">It may be of another reaction.</param>
/// <param name="TakenOver">When somebody else saved what the page began with.</param>
internal readonly record struct DraftChoice(bool LeftAlone, DateTimeOffset? TakenOver)
{
    public bool Keeps => !LeftAlone && TakenOver is null;

    public static DraftChoice Of(HttpRequest request) =>
        new(request.Query.ContainsKey("fresh"), long.TryParse(request.Query["draft"], out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(at, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) : null);

    public string Address(string path) => LeftAlone ? path + "?fresh=true" : TakenOver is { } at ? $"{path}?draft={at.ToUnixTimeMilliseconds()}" : path;
}

/// <summary>Shows and writes forms beside the flow, signed as any step is.</summary>
internal sealed class SideForm(Store store, VisitFiles files, ShownVerdicts shown, StepSigners signers, SignaturesInHand inHand, SignRecord signing, SubmissionWriter submissions, StepOperation operations, SaveDraft drafts, TimeProvider clock, IPages pages)
{
    /// <summary>Behind the address of a form: where what is typed goes to be kept.</summary>
    public const string Draft = "/draft";

    private static readonly Platform.Pages.Refusal OthersDraft = new(RefusalKind.Conflict, "另有他人的草稿，没有覆盖", "请刷新页面查看");

    /// <summary>Whether a form is filled in beside the flow.</summary>
    public static bool Is(string form) => form is ReportReaction.Form or FollowUps.Form;

    /// <summary>Who may fill it in may correct it; null for a step of the flow.</summary>
    public static string? PermissionOf(VisitFile file, string step) => file.Latest(step) is { } filled && Is(filled.Form) ? CollectionPermissions.Reaction : null;

    public async Task<IResult> ShowAsync(SideFormUse use, VisitFile file, HttpContext http)
    {
        var choice = DraftChoice.Of(http.Request);
        var (draft, notice, others) = choice.LeftAlone ? (null, null, null) : await drafts.FindAsync(file.Visit, use.PostTo, http.User, http.RequestAborted);
        return pages.Show(Model(use, file, http, draft ?? new Dictionary<string, string>(), [], choice with { TakenOver = others }) with
        {
            Notice = notice, WithoutDraft = draft is null ? null : new DraftChoice(LeftAlone: true, null).Address(use.PostTo),
        });
    }

    /// <summary>Keeps what has been typed so far.</summary>
    public async Task<IResult> KeepAsync(SideFormUse use, VisitFile file, HttpContext http)
    {
        var post = await StepPost.ReadAsync(http.Request, http.RequestAborted);
        return await drafts.KeepOwnAsync(file.Visit, use.PostTo, file.Configuration.Form(use.Form), post.Fields, http.User, http.RequestAborted)
            ? await drafts.SavedAsync(null, http.RequestAborted) : RefusalResults.Problem(OthersDraft);
    }

    /// <param name="also">What else belongs to the same transaction.</param>
    public async Task<IResult> SubmitAsync(SideFormUse use, VisitFile file, HttpContext http, Func<FormSubmission, Submission, Task> also, CancellationToken cancel)
    {
        var post = await StepPost.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty || post.Action != StepPost.Done) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开该页面"));
        var form = file.Configuration.Form(use.Form);
        var content = post.Content(use.PostTo, form);
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { } done) return Again(done, use, file, http, post);
        var known = files.Facts(file);
        var reading = FormReading.Read(form, post.Fields, files.Context(file, form, known, clock.GetUtcNow()));
        if (reading.Submission is not { } submission) return Refuse(use, file, http, post, reading.Errors);
        var act = inHand.ActOf(content, form, post.Fields, http.User);
        var posted = inHand.Take(act, form, post.Fields, http.User);
        var (signed, unsigned) = await signers.ProveAsync(
            new SigningAct(form, submission, known.Add(submission.Facts), file.Visit.DonorId, file.Configuration.SignsElectronically), posted, http.User, cancel);
        post = post with { Kept = inHand.Keep(act, form, posted, signed, http.User) };
        if (unsigned.Count > 0) return Refuse(use, file, http, post, unsigned);
        var step = NextStep(use, file);
        var proof = await signing.SignAsync(new RecordToSign(file, step, form, submission, signed, [], []), cancel);
        if (proof.Fault is { } fault)
        {
            // There is room for one draft, and the one that was left alone or taken over stays.
            if (DraftChoice.Of(http.Request).Keeps) await drafts.KeepOwnAsync(file.Visit, use.PostTo, form, post.Fields, http.User, cancel);
            return Refuse(use, file, http, post, [fault]);
        }
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            var written = await submissions.AddAsync(file.Visit, file.Configuration, step, form, submission, signed, proof, http.User.Id(), http.User.FullNameOf(), cancel);
            if (written.Version > 1) throw new DbUpdateConcurrencyException("Another filling-in has taken the step that was signed.");
            await also(submission, written);
            if (DraftChoice.Of(http.Request) is { LeftAlone: false } choice) await drafts.DropAsync(file.Visit, use.PostTo, http.User, choice.TakenOver, cancel);
            operations.Add(post.OperationId, http.User.Id(), content, use.Path);
            await transaction.CommitAsync(cancel);
            inHand.Drop(post.Kept);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { } faster) return Again(faster, use, file, http, post);
            return Refuse(use, (await files.ReadAsync(file.Visit.Id, cancel))!, http, post, [new FieldError("", use.Title, "本次献血刚有其他人提交了内容，这份登记还没有保存，请核对后再次提交")], StatusCodes.Status409Conflict);
        }
        return Results.LocalRedirect(http.Request.PathBase + use.Path);
    }

    /// <summary>Every filling-in is a record of its own, so each has a step of its own; its versions are its corrections. It is signed, so it must not change afterwards.</summary>
    private static string NextStep(SideFormUse use, VisitFile file) =>
        $"{use.Form}-{file.Submissions.Where(s => s.Form == use.Form).Select(s => s.Step).Distinct().Count() + 1}";

    /// <summary>A double click has its answer; what was changed after it had been submitted is not lost silently.</summary>
    private IResult Again(DoneOperation done, SideFormUse use, VisitFile file, HttpContext http, StepPost post) =>
        done.Same ? Results.LocalRedirect(http.Request.PathBase + done.Next)
        : Refuse(use, file, http, post, [new FieldError("", use.Title, "刚才已经提交过，之后的改动没有保存。要改正已提交的内容，请在本次献血的页面点“更正”；确实是另一次，请核对后再次提交")], StatusCodes.Status409Conflict);

    private IResult Refuse(SideFormUse use, VisitFile file, HttpContext http, StepPost post, IReadOnlyList<FieldError> errors, int status = StatusCodes.Status422UnprocessableEntity) =>
        pages.Show(Model(use, file, http, post.Fields, errors, DraftChoice.Of(http.Request)) with { Kept = post.Kept }, status);

    private StepModel Model(SideFormUse use, VisitFile file, HttpContext http, IReadOnlyDictionary<string, string> values, IReadOnlyList<FieldError> errors, DraftChoice choice)
    {
        var form = file.Configuration.Form(use.Form);
        return new StepModel(
            use.Title, choice.Address(use.PostTo), choice.Keeps ? use.PostTo + Draft : null, Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file), VisitViews.Rail(file, null, http.User),
            form, files.Context(file, form, files.Facts(file), clock.GetUtcNow()), values, new Dictionary<string, string>(), errors, shown.Of(file), null)
        {
            Signers = [.. form.Signers.Where(s => s.Signs)],
            Links = [new VisitLink($"/visits/{file.Visit.Id}", "返回本次献血")],
        };
    }
}
