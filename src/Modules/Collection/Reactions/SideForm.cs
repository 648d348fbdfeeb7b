using System.Security.Claims;
using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;

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

    public static DraftChoice Of(HttpRequest request) => new(
        request.Query.ContainsKey("fresh"),
        long.TryParse(request.Query["draft"], out var at)
            ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(at, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) : null);

    public string Address(string path) =>
        LeftAlone ? path + "?fresh=true" : TakenOver is { } at ? $"{path}?draft={at.ToUnixTimeMilliseconds()}" : path;
}

/// <summary>A side form before one person.</summary>
internal sealed record SideView(SideFormUse Use, VisitFile File, ClaimsPrincipal User, DraftChoice Choice)
{
    public FormDefinition Form => File.Configuration.Form(Use.Form);

    public DraftPlace Place => File.Place(Use.PostTo);

    public static SideView Of(SideFormUse use, VisitFile file, HttpContext http) => new(use, file, http.User, DraftChoice.Of(http.Request));
}

/// <param name="Also">What else belongs to the same transaction.</param>
internal sealed record SideAttempt(SideView View, Post Post, Func<FormSubmission, Submission, Task> Also)
    : Attempt(Post.OperationId, View.User.Actor(), Post.Content(View.Use.PostTo, View.Form))
{
    public PostedSignatures Signatures => new(By, View.Form.Signers, Post.Fields, Content);
}

/// <summary>Shows and writes forms beside the flow, signed as any step is.</summary>
internal sealed class SideForm(VisitFiles files, Acts acts, FillSideForm fill, DrawSideForm draw, Drafts drafts, SaveDraft saved)
{
    /// <summary>Behind the address of a form: where what is typed goes to be kept.</summary>
    public const string Draft = "/draft";

    private static readonly Refusal OthersDraft = new(RefusalKind.Conflict, "另有他人的草稿，没有覆盖", "请刷新页面查看");

    /// <summary>Whether a form is filled in beside the flow.</summary>
    public static bool Is(string form) => form is ReportReaction.Form or FollowUps.Form;

    /// <summary>Who may fill it in may correct it; null for a step of the flow.</summary>
    public static string? PermissionOf(VisitFile file, string step) =>
        file.Latest(step) is { } filled && Is(filled.Form) ? CollectionPermissions.Reaction : null;

    public async Task<IResult> ShowAsync(SideView view, CancellationToken cancel)
    {
        var draft = view.Choice.LeftAlone ? null : await drafts.FindAsync(view.Place, view.User.Actor(), cancel);
        return draw.Show(view with { Choice = view.Choice with { TakenOver = draft?.OthersSavedAt } }, draft);
    }

    /// <summary>Keeps what has been typed so far.</summary>
    public async Task<IResult> KeepAsync(SideView view, HttpRequest request)
    {
        var post = await Post.ReadAsync(request, request.HttpContext.RequestAborted);
        return await KeepAsync(view, post, request.HttpContext.RequestAborted)
            ? await saved.SavedAsync(null, request.HttpContext.RequestAborted) : RefusalResults.Problem(OthersDraft);
    }

    public async Task<IResult> SubmitAsync(SideAttempt attempt, CancellationToken cancel)
    {
        var (post, view) = (attempt.Post, attempt.View);
        if (post.OperationId == Guid.Empty || post.Action != Post.Done)
            return draw.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开该页面"));
        var decision = await acts.RunAsync(fill, attempt, cancel);
        // There is room for one draft, and the one that was left alone or taken over stays.
        if (decision is Decision.Wrong { Unsigned: true } && view.Choice.Keeps) await KeepAsync(view, post, cancel);
        var seen = decision.AtWriting ? view with { File = (await files.ReadAsync(view.File.Visit.Id, cancel))! } : view;
        return draw.Answer(seen, post, decision);
    }

    private Task<bool> KeepAsync(SideView view, Post post, CancellationToken cancel) =>
        drafts.KeepOwnAsync(view.Place, view.User.Actor(), Drafts.Of(view.Form, post.Fields), cancel);
}

/// <summary>Every filling-in is a record of its own, so each has a step of its own; its versions are its corrections.</summary>
internal sealed class FillSideForm(VisitFiles files, Signatures signatures, WriteRecord records, Drafts drafts, TimeProvider clock)
    : IAct<SideAttempt, FormToSign>
{
    public async Task<Decision> DecideAsync(SideAttempt attempt, CancellationToken cancel)
    {
        var (file, form, known) = (attempt.View.File, attempt.View.Form, files.Facts(attempt.View.File));
        var reading = FormReading.Read(form, attempt.Post.Fields, files.Context(file, form, known, clock.GetUtcNow()));
        if (reading.Submission is not { } submission) return new Decision.Wrong(reading.Errors);
        var terms = new SigningTerms(known.Add(submission.Facts), submission.ContentHash,
            file.Configuration.SignsElectronically) { DonorId = file.Visit.DonorId, Answers = submission };
        var proven = await signatures.ProveAsync(attempt.Signatures, terms, cancel);
        if (proven.Errors.Count > 0) return new Decision.Wrong(proven.Errors) { Kept = proven.Kept };
        var record = new FilledRecord(file.Subject, NextStep(form.Code, file), form, submission, proven.Signers,
            attempt.By) { DonorId = file.Visit.DonorId };
        return new Decision.Ready<FormToSign>(new FormToSign(files.About(file), record, [], [])) { Kept = proven.Kept };
    }

    public Task<ToSign?> DraftAsync(SideAttempt attempt, FormToSign result, CancellationToken cancel) => Task.FromResult<ToSign?>(result);

    public async Task<Decision> WriteAsync(SideAttempt attempt, FormToSign result, Proof proof, CancellationToken cancel)
    {
        var written = await records.AddAsync(result.Record, proof, cancel);
        // Another filling-in has taken the step that was signed.
        if (written.Version > 1) return new Decision.Conflict();
        await attempt.Also(result.Record.Submission, written);
        if (attempt.View.Choice is { LeftAlone: false } choice) await drafts.DropOwnAsync(attempt.View.Place, attempt.By, choice.TakenOver,
            cancel);
        return new Decision.Done(attempt.View.Use.Path);
    }

    /// <summary>It is signed, so it must not change afterwards.</summary>
    private static string NextStep(string form, VisitFile file) =>
        $"{form}-{file.Submissions.Where(s => s.Form == form).Select(s => s.Step).Distinct().Count() + 1}";
}
