using System.Security.Claims;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;

namespace Modules.Collection;

/// <summary>登记: finds or creates the donor, looks up the history, pins the configuration and starts the flow.</summary>
internal sealed class RegisterVisit(SetsInForce sets, VisitStart starts, Acts acts, BeginVisit begin, DrawRegistration draw, IPages pages)
{
    public const string Path = "/registration";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (IPages pages) => pages.Show(new FindDonorModel("", null)))
            .RequirePermission(CollectionPermissions.Register);
        endpoints.MapPost(Path + "/find", (HttpContext http, RegisterVisit use) => use.FindAsync(http))
            .RequirePermission(CollectionPermissions.Register).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost(Path, (HttpContext http, RegisterVisit use) => use.SubmitAsync(http))
            .RequirePermission(CollectionPermissions.Register).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> FindAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        var typed = (await http.Request.ReadFormAsync(cancel))["idNumber"].ToString().Trim();
        var now = await sets.NowAsync(cancel);
        if (ResidentIdNumber.ReadTyped(typed, now.Day, out var fault) is not { } id)
            return pages.Show(new FindDonorModel(typed, "身份证号码" + fault), StatusCodes.Status422UnprocessableEntity);
        var (donor, open) = await starts.KnownAsync(id.Value, cancel);
        return open is { } visit ? pages.LeadTo($"/visits/{visit}") : pages.Show(await draw.BlankAsync(now, id, donor, cancel));
    }

    private async Task<IResult> SubmitAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        var post = await Post.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty || post.Action != Post.Done)
            return pages.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开登记页面"));
        var attempt = new RegisterAttempt(await sets.NowAsync(cancel), post, http.User);
        return await AnswerAsync(attempt, await acts.RunAsync(begin, attempt, cancel), cancel);
    }

    private async Task<IResult> AnswerAsync(RegisterAttempt attempt, Decision decision, CancellationToken cancel)
    {
        if (decision is Decision.Done done) return pages.LeadTo(done.Next);
        // The same donor was registered a moment ago, at another counter.
        if (decision is Decision.Conflict && await BeginVisit.OpenAsync(starts, attempt, cancel) is { } open) return pages.LeadTo(open);
        var errors = decision switch { Decision.Wrong wrong => wrong.Errors, Decision.ToConfirm<StepConfirmation> confirm =>
            confirm.Errors, _ => [] };
        var model = await draw.PostedAsync(attempt, errors, cancel);
        return decision switch
        {
            Decision.ToConfirm<StepConfirmation> { Shown: var shown } =>
                pages.Show(model with { Confirmation = shown, Verdicts = shown.Verdicts },
                errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK),
            Decision.Wrong => pages.Show(model, StatusCodes.Status422UnprocessableEntity),
            Decision.DoneOtherwise =>
                pages.Show(model with { Notice = "这份登记表刚才已经提交过，之后的改动没有保存。如要登记另一位献血者，请核对后再次提交" }, StatusCodes.Status409Conflict),
            _ => pages.Show(model with { Notice = "资料刚被其他人修改，请核对后再提交" }, StatusCodes.Status409Conflict),
        };
    }
}

internal sealed record RegisterAttempt(SetInForce InForce, Post Post, ClaimsPrincipal User)
    : Attempt(Post.OperationId, User.Actor(), Post.Content(RegisterVisit.Path, InForce.Registration))
{
    public FormReading Reading { get; } = FormReading.Read(InForce.Registration, Post.Fields, InForce.Context);
}

/// <summary>Begins the visit of a donor at the desk.</summary>
internal sealed class BeginVisit(VisitStart starts, IDonors donors) : IAct<RegisterAttempt, StartedVisit>
{
    public async Task<Decision> DecideAsync(RegisterAttempt attempt, CancellationToken cancel)
    {
        var (form, post) = (attempt.InForce.Registration, attempt.Post);
        if (attempt.Reading.Submission is not { } submission) return new Decision.Wrong(attempt.Reading.Errors);
        if (submission.Value("idNumber") is null) return new Decision.Wrong([OtherDocument(form)]);
        if (post.ReasonError is { } unfit) return new Decision.Wrong([unfit]);
        if (await OpenAsync(starts, attempt, cancel) is { } open) return new Decision.Done(open);
        var started = await starts.WorkOutAsync(attempt.InForce, submission, cancel);
        if (StepDecision.Missing(started.Visited, started.Run, form, [form]) is { Count: > 0 } missing) return new Decision.Wrong(missing);
        return StepDecision.Confirmation(started.Visited, started.Run, attempt.InForce.Set)?.Unmet(post)
            ?? new Decision.Ready<StartedVisit>(started);
    }

    public async Task<Decision> WriteAsync(RegisterAttempt attempt, StartedVisit result, Proof proof, CancellationToken cancel)
    {
        var donor = await donors.SaveAsync(VisitStart.Lasting(result.Form, result.Submission), attempt.By, cancel);
        var step = await starts.WriteAsync(result, donor, attempt.By, attempt.Post.Reason, cancel);
        return new Decision.Done(StepPage.Next(step, attempt.User) + "?registered=1");
    }

    /// <summary>Where the donor's visit is that has begun already; null without one.</summary>
    public static async Task<string?> OpenAsync(VisitStart starts, RegisterAttempt attempt, CancellationToken cancel) =>
        await starts.KnownAsync(attempt.Reading.Submission!.Value("idNumber")!, cancel) is { Open: { } open } ? $"/visits/{open}?already=1"
            : null;

    /// <summary>Donors are known by their resident identity number; a history looked up by anything else would be empty and let them pass.</summary>
    private static FieldError OtherDocument(FormDefinition form) =>
        new("idNumber", form.Field("idNumber")?.Label ?? "身份证号码", "只能用居民身份证登记：献血史按身份证号码查询。没有身份证的献血者请联系站点管理员");
}

public sealed record FindDonorModel(string IdNumber, string? Error);
