using System.Globalization;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Keeps what was typed into a step until it is submitted, and says what by that stands against the donation.</summary>
internal sealed class SaveDraft(VisitFiles files, ShownVerdicts shown, Drafts drafts, StationClock station)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/visits/{id:guid}/steps/{step}/draft", (Guid id, string step, HttpContext http, SaveDraft use) =>
            use.HandleAsync(id, step, http))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());

    private async Task<IResult> HandleAsync(Guid id, string step, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var post = await Post.ReadAsync(http.Request, cancel);
        if (await files.ReadAsync(id, cancel) is not { } file) return RefusalResults.Problem(StepPage.NoVisit);
        if (StepPage.TaskOf(file, step) is not { } defined) return RefusalResults.Problem(StepPage.NoStep);
        if (TaskAccess.Refuse(defined, file.OpenTask(step), http.User) is { } barred) return RefusalResults.Problem(barred);
        if (file.OpenTask(step) is null) return RefusalResults.Problem(new Refusal(RefusalKind.Conflict, "该步骤已完成", "请刷新页面"));
        var form = file.Configuration.Form(defined.FormKey!);
        await drafts.KeepAsync(file.Place(step), http.User.Actor(), Drafts.Of(form, post.Fields), cancel);
        var typed = FormReading.Read(form, post.Fields, files.Context(file, form, files.Facts(file, step), station.Now)).Facts;
        return await SavedAsync(shown.Against(file, typed, step), cancel);
    }

    /// <summary>What the page is told.</summary>
    /// <param name="against">What stands against the donation by what is typed, zh-CN; null while nothing does.</param>
    public async Task<IResult> SavedAsync(string? against, CancellationToken cancel)
    {
        var local = TimeZoneInfo.ConvertTime(station.Now, (await station.SettingsAsync(cancel)).TimeZone);
        return Results.Json(new { against, savedAt = local.ToString("HH:mm", CultureInfo.InvariantCulture) });
    }
}
