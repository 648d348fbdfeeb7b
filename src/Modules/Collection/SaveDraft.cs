using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Engine.Forms;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Keeps what was typed into a step until it is submitted, and shows who has the step open.</summary>
internal sealed class SaveDraft(Store store, VisitFiles files, ShownVerdicts shown, FieldCipher cipher, StationClock station)
{
    private static readonly TimeSpan HoldsFor = TimeSpan.FromMinutes(15);

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/visits/{id:guid}/steps/{step}/draft", (Guid id, string step, HttpContext http, SaveDraft use, CancellationToken cancel) => use.HandleAsync(id, step, http, cancel))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());

    private async Task<IResult> HandleAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        var post = await StepPost.ReadAsync(http.Request, cancel);
        if (await files.ReadAsync(id, cancel) is not { } file) return RefusalResults.Problem(StepPage.NoVisit);
        if (StepPage.TaskOf(file, step) is not { } defined) return RefusalResults.Problem(StepPage.NoStep);
        if (TaskAccess.Refuse(defined, file.OpenTask(step), http.User) is { } barred) return RefusalResults.Problem(barred);
        if (file.OpenTask(step) is null) return RefusalResults.Problem(new Platform.Pages.Refusal(RefusalKind.Conflict, "该步骤已完成", "请刷新页面"));
        var form = file.Configuration.Form(defined.FormKey!);
        await KeepAsync(file.Visit, step, form, post.Fields, http.User, cancel);
        var typed = FormReading.Read(form, post.Fields, files.Context(file, form, files.Facts(file, step), station.Now)).Facts;
        return await SavedAsync(shown.Against(file, typed, step), cancel);
    }

    /// <summary>What the page is told.</summary>
    /// <param name="against">What stands against the donation by what is typed, zh-CN; null while nothing does.</param>
    public async Task<IResult> SavedAsync(string? against, CancellationToken cancel) =>
        Results.Json(new { against, savedAt = TimeZoneInfo.ConvertTime(station.Now, (await station.SettingsAsync(cancel)).TimeZone).ToString("HH:mm", CultureInfo.InvariantCulture) });

    /// <summary>Where a correction of a step keeps its draft: the step itself may be done again, and then begins without it.</summary>
    public static string Correction(string step) => "amend:" + step;

    public Task KeepAsync(Visit visit, string step, FormDefinition form, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user, CancellationToken cancel, params string[] beside) =>
        KeepAsync(visit, step, form, posted, user.Id(), user.FullNameOf(), cancel, beside);

    /// <param name="beside">Inputs to keep that are no fields of the form.</param>
    public Task KeepAsync(
        Visit visit, string step, FormDefinition form, IReadOnlyDictionary<string, string> posted, string personId, string personName, CancellationToken cancel, params string[] beside) =>
        WriteAsync(visit, step, form, posted, personId, personName, overOthers: true, beside, cancel);

    /// <summary>Keeps it unless somebody else's draft lies there.</summary>
    /// <returns>Whether it is kept.</returns>
    public Task<bool> KeepOwnAsync(Visit visit, string step, FormDefinition form, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user, CancellationToken cancel) =>
        WriteAsync(visit, step, form, posted, user.Id(), user.FullNameOf(), overOthers: false, [], cancel);

    private async Task<bool> WriteAsync(
        Visit visit, string step, FormDefinition form, IReadOnlyDictionary<string, string> posted, string personId, string personName, bool overOthers, string[] beside, CancellationToken cancel)
    {
        var kept = FormReading.Draft(form, posted).Concat(beside.Where(posted.ContainsKey).Select(name => KeyValuePair.Create(name, posted[name]))).ToDictionary(StringComparer.Ordinal);
        var values = cipher.Protect(JsonSerializer.Serialize(kept));
        store.ChangeTracker.Clear();
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var written = await store.Database.ExecuteSqlAsync($"""
            INSERT INTO drafts ("Subject", "Step", "PersonId", "PersonName", "ProtectedValues", "SavedAt")
            VALUES ({StepWriter.Subject(visit)}, {step}, {personId}, {personName}, {values}, {station.Now.ToUnixTimeMilliseconds()})
            ON CONFLICT ("Subject", "Step") DO UPDATE SET "PersonId" = excluded."PersonId", "PersonName" = excluded."PersonName",
                "ProtectedValues" = excluded."ProtectedValues", "SavedAt" = excluded."SavedAt" WHERE drafts."PersonId" = excluded."PersonId" OR {(overOthers ? 1 : 0)} = 1
            """, cancel);
        await transaction.CommitAsync(cancel);
        return written > 0;
    }

    /// <summary>Opens the step for this person: the draft there is, what to say about it, and who else has it open.</summary>
    public async Task<(IReadOnlyDictionary<string, string>? Values, string? Notice, string? HeldBy)> TakeAsync(VisitFile file, UserTaskRow task, ClaimsPrincipal user, CancellationToken cancel)
    {
        var now = station.Now;
        var held = task.HolderId is not null && task.HolderId != user.Id() && task.HeldAt > now - HoldsFor ? $"{task.HolderName}（{await TimeAsync(task.HeldAt.Value, cancel)} 打开）" : null;
        if (held is null) await HoldAsync(task.Id, user, now, cancel);
        var (values, notice, _) = await FindAsync(file.Visit, task.Step, user, cancel);
        return (values, notice, held);
    }

    /// <summary>The draft there is, what to say about it, and when it was saved if it is somebody else's.</summary>
    public async Task<(IReadOnlyDictionary<string, string>? Values, string? Notice, DateTimeOffset? OthersSavedAt)> FindAsync(Visit visit, string step, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (await Of(visit, step).AsNoTracking().SingleOrDefaultAsync(cancel) is not { } draft) return (null, null, null);
        var own = draft.PersonId == user.Id();
        var notice = $"草稿 {await MomentAsync(draft.SavedAt, cancel)} 已恢复{(own ? "" : $"（{draft.PersonName}）")}";
        return (JsonSerializer.Deserialize<Dictionary<string, string>>(cipher.Reveal(draft.ProtectedValues)), notice, own ? null : draft.SavedAt);
    }

    /// <summary>Part of the caller's transaction: what was submitted is no draft any more.</summary>
    public Task DropAsync(Visit visit, string step, CancellationToken cancel) => Of(visit, step).ExecuteDeleteAsync(cancel);

    /// <summary>What was typed is done with, in a transaction of its own.</summary>
    public async Task ForgetAsync(Visit visit, string step, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await DropAsync(visit, step, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Part of the caller's transaction: of a form anybody may fill in again only the own draft is done with, and somebody else's as it was taken over.</summary>
    public Task DropAsync(Visit visit, string step, ClaimsPrincipal user, DateTimeOffset? takenOver, CancellationToken cancel)
    {
        var me = user.Id();
        return Of(visit, step).Where(d => d.PersonId == me || d.SavedAt == takenOver).ExecuteDeleteAsync(cancel);
    }

    private IQueryable<Draft> Of(Visit visit, string step)
    {
        var subject = StepWriter.Subject(visit);
        return store.Set<Draft>().Where(d => d.Subject == subject && d.Step == step);
    }

    private async Task HoldAsync(Guid taskId, ClaimsPrincipal user, DateTimeOffset now, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await store.Set<UserTaskRow>().Where(t => t.Id == taskId).ExecuteUpdateAsync(set => set
            .SetProperty(t => t.HolderId, user.Id()).SetProperty(t => t.HolderName, user.FullNameOf()).SetProperty(t => t.HeldAt, now), cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>With its date, unless it is of today.</summary>
    private async Task<string> MomentAsync(DateTimeOffset at, CancellationToken cancel)
    {
        var local = TimeZoneInfo.ConvertTime(at, (await station.SettingsAsync(cancel)).TimeZone);
        return local.ToString(DateOnly.FromDateTime(local.DateTime) == await station.TodayAsync(cancel) ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private async Task<string> TimeAsync(DateTimeOffset at, CancellationToken cancel) =>
        TimeZoneInfo.ConvertTime(at, (await station.SettingsAsync(cancel)).TimeZone).ToString("HH:mm");
}
