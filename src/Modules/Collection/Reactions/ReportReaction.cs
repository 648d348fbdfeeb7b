using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>献血反应 (WS/T 551-2017): at any time from the needle to the call-back days later, however the visit has ended.</summary>
internal sealed class ReportReaction(Store store, VisitFiles files, SideForm side, DonationRecord recorded, TimeProvider clock,
    IPages pages)
{
    public const string Form = "donation-reaction";
    private const string Title = "献血反应";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/reactions/new", (Guid id, HttpContext http, ReportReaction use) => use.OpenAsync(id, http))
            .RequirePermission(CollectionPermissions.Reaction);
        endpoints.MapPost("/visits/{id:guid}/reactions/new", (Guid id, HttpContext http, ReportReaction use) => use.SubmitAsync(id, http))
            .RequirePermission(CollectionPermissions.Reaction).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/visits/{id:guid}/reactions/new" + SideForm.Draft, (Guid id, HttpContext http, ReportReaction use) =>
            use.KeepAsync(id, http))
            .RequirePermission(CollectionPermissions.Reaction).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    /// <summary>The way to it from the pages of a visit, once a needle may be in.</summary>
    public static IReadOnlyList<VisitLink> Links(VisitFile file, ClaimsPrincipal user) =>
        MayReport(file) && user.Has(CollectionPermissions.Reaction) ? [new VisitLink($"/visits/{file.Visit.Id}/reactions/new", "登记献血反应")]
            : [];

    private static bool MayReport(VisitFile file) =>
        file.Configuration.HasForm(Form) && file.Submissions.Any(s => NeedleGate.Guards(file.Configuration.Form(s.Form)));

    private async Task<IResult> OpenAsync(Guid id, HttpContext http) =>
        await files.ReadAsync(id, http.RequestAborted) is not { } file ? pages.Refuse(StepPage.NoVisit)
        : MayReport(file) ? await side.ShowAsync(SideView.Of(Use(id), file, http), http.RequestAborted) : pages.Refuse(Early);

    private async Task<IResult> KeepAsync(Guid id, HttpContext http) =>
        await files.ReadAsync(id, http.RequestAborted) is not { } file ? RefusalResults.Problem(StepPage.NoVisit)
        : MayReport(file) ? await side.KeepAsync(SideView.Of(Use(id), file, http), http.Request) : RefusalResults.Problem(Early);

    private async Task<IResult> SubmitAsync(Guid id, HttpContext http)
    {
        var cancel = http.RequestAborted;
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        if (!MayReport(file)) return pages.Refuse(Early);
        return await side.SubmitAsync(
            new SideAttempt(SideView.Of(Use(id), file, http), await Post.ReadAsync(http.Request, cancel), async (submission, written) =>
        {
            await recorded.FollowReactionAsync(file.Visit, cancel);
            FollowUps.Open(store, file.Visit, submission, written, clock.GetUtcNow());
        }), cancel);
    }

    private static Refusal Early { get; } = new(RefusalKind.Conflict, "还没有采前核对，没有献血反应可登记", "献血反应从穿刺起登记；此前的不适请写在当前步骤的备注中");

    private static SideFormUse Use(Guid id) => new(Form, Title, $"/visits/{id}", $"/visits/{id}/reactions/new");
}
