using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <param name="Fault">What is wrong with the settings or the days; null when nothing is.</param>
public sealed record ArchiveRunsModel(DateOnly From, DateOnly To, string? Fault, Paged<OutstandingVisit> Outstanding, Paged<Job> Jobs, IReadOnlyList<ItemNumbers> Numbers, TimeZoneInfo TimeZone);

public sealed record ArchiveJobModel(Job Job, Paged<JobLine> Lines, TimeZoneInfo TimeZone);

/// <summary>归档: one action for the closed visits of some days, one for all that are not in the archive as they are now; it goes on in the background and its page shows how far it is.</summary>
internal sealed class RunArchive(Store store, OutstandingVisits outstanding, OutboxSignal signal, TenantContext tenant, StationClock station, IPages pages)
{
    private const int LongestDays = 3700;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/archive/runs", (int? page, int? outstanding, RunArchive use, CancellationToken cancel) => use.ShowAsync(page, outstanding, null, null, null, cancel)).RequirePermission(ArchivePermissions.Run);
        endpoints.MapPost("/archive/runs", (HttpContext http, RunArchive use, CancellationToken cancel) => use.StartAsync(http, cancel))
            .RequirePermission(ArchivePermissions.Run).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/archive/runs/outstanding", (HttpContext http, RunArchive use, CancellationToken cancel) => use.StartOutstandingAsync(http, cancel))
            .RequirePermission(ArchivePermissions.Run).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/archive/runs/{id:guid}/cancel", (Guid id, HttpContext http, RunArchive use, CancellationToken cancel) => use.CancelAsync(id, ArchiveWork.Archiving, http, cancel))
            .RequirePermission(ArchivePermissions.Run).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/archive/verify/{id:guid}/cancel", (Guid id, HttpContext http, RunArchive use, CancellationToken cancel) => use.CancelAsync(id, ArchiveWork.Checking, http, cancel))
            .RequirePermission(ArchivePermissions.Verify).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapGet("/archive/jobs/{id:guid}", (Guid id, int? page, HttpContext http, RunArchive use, CancellationToken cancel) => use.JobAsync(id, page, http, cancel)).RequirePermission(ArchivePermissions.View);
    }

    private async Task<IResult> ShowAsync(int? page, int? outstandingPage, DateOnly? from, DateOnly? to, string? fault, CancellationToken cancel)
    {
        var (settings, today) = (await station.SettingsAsync(cancel), await station.TodayAsync(cancel));
        var jobs = await store.Set<Job>().AsNoTracking().Where(j => j.Kind == ArchiveWork.Archiving || j.Kind == ArchiveWork.Checking).OrderByDescending(j => j.Id).PageAsync(page, cancel);
        return pages.Show(new ArchiveRunsModel(from ?? today, to ?? today, fault ?? ArchiveNumbering.Of(settings).Fault, await outstanding.PageAsync(outstandingPage, cancel), jobs, await ItemNumbers.AllAsync(store, cancel), settings.TimeZone),
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> StartAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var typed = (From: DateOnly.TryParseExact(form["from"], "yyyy-MM-dd", out var first) ? first : (DateOnly?)null, To: DateOnly.TryParseExact(form["to"], "yyyy-MM-dd", out var last) ? last : (DateOnly?)null);
        if (typed is not ({ } from, { } to)) return await ShowAsync(null, null, typed.From, typed.To, "日期：请填写起止日期", cancel);
        if (from > to || to.DayNumber - from.DayNumber > LongestDays) return await ShowAsync(null, null, from, to, "日期：开始日期不能晚于结束日期，一次不能超过十年", cancel);
        if (ArchiveNumbering.Of(await station.SettingsAsync(cancel)).Fault is { } fault) return await ShowAsync(null, null, from, to, fault, cancel);
        return Results.LocalRedirect(http.Request.PathBase + await StartAsync(ArchiveWork.Archiving, $"归档 {from:yyyy-MM-dd} 至 {to:yyyy-MM-dd}", new ArchivedDays(from, to), http, cancel));
    }

    private async Task<IResult> StartOutstandingAsync(HttpContext http, CancellationToken cancel)
    {
        if (ArchiveNumbering.Of(await station.SettingsAsync(cancel)).Fault is { } fault) return await ShowAsync(null, null, null, null, fault, cancel);
        return Results.LocalRedirect(http.Request.PathBase + await StartAsync(ArchiveWork.Archiving, "归档全部未归档的献血", new ArchivedDays(), http, cancel));
    }

    /// <summary>Writes the job down, unless the same one is at work; then that is the answer.</summary>
    /// <returns>Where it is shown.</returns>
    public async Task<string> StartAsync(string kind, string title, object payload, HttpContext http, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var (job, started) = await store.StartAsync(new Job
        {
            Id = Guid.CreateVersion7(station.Now), Kind = kind, Title = title, PayloadJson = JsonSerializer.Serialize(payload), IsLong = true,
            PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), CreatedAt = station.Now, DueAt = station.Now,
        }, cancel);
        if (started) Note(job, job.Archives() ? "一键归档" : title, http, job.Archives() ? title["归档".Length..].Trim() : null);
        await transaction.CommitAsync(cancel);
        signal.Raise(tenant.Current);
        return $"/archive/jobs/{job.Id}";
    }

    private void Note(Job job, string action, HttpContext http, string? what) => store.Add(http.User.Actor().Did(action, "archive-job:" + job.Id, station.Now, new AuditChange(New: what)));

    /// <summary>What the job has done stays done.</summary>
    private async Task<IResult> CancelAsync(Guid id, string kind, HttpContext http, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await store.Set<Job>().AsNoTracking().SingleOrDefaultAsync(j => j.Id == id && j.Kind == kind, cancel) is not { } job) return pages.Refuse(NoSuchJob);
        if (await store.CancelAsync(id, station.Now, cancel)) Note(job, "取消作业", http, job.Title);
        await transaction.CommitAsync(cancel);
        return Results.LocalRedirect($"{http.Request.PathBase}/archive/jobs/{id}");
    }

    private static Refusal NoSuchJob => new(RefusalKind.NotFound, "没有这次作业", "请从归档页面选择");

    private async Task<IResult> JobAsync(Guid id, int? page, HttpContext http, CancellationToken cancel)
    {
        if (await store.Set<Job>().AsNoTracking().SingleOrDefaultAsync(j => j.Id == id && (j.Kind == ArchiveWork.Archiving || j.Kind == ArchiveWork.Checking), cancel) is not { } job) return pages.Refuse(NoSuchJob);
        // The page looks again by itself while the job runs.
        if (job.DoneAt is null) http.Response.Headers["Refresh"] = "2";
        var lines = await store.Set<JobLine>().AsNoTracking().Where(l => l.JobId == id).OrderByDescending(l => l.Fault).ThenBy(l => l.Number).PageAsync(page, cancel);
        return pages.Show(new ArchiveJobModel(job, lines, (await station.SettingsAsync(cancel)).TimeZone));
    }
}
