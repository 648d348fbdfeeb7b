using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modules.Collection.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>Does the jobs of the archive beside everything else: one at a time for each tenant. A job is a row, so after a restart it goes on where it was.</summary>
internal sealed class ArchiveJobs(Tenants tenants, TimeProvider clock, ILogger<ArchiveJobs> log) : ISweep
{
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts what waits and does not wait for it: others' work falls due meanwhile.</summary>
    public async Task<DateTimeOffset?> SweepAsync(string tenantName, CancellationToken cancel)
    {
        if (_running.TryGetValue(tenantName, out var running) && !running.IsCompleted) return null;
        if (await NextAsync(tenantName, cancel) is null) return null;
        _running[tenantName] = Task.Run(() => RunAllAsync(tenantName, cancel), cancel);
        return null;
    }

    private async Task RunAllAsync(string tenant, CancellationToken cancel)
    {
        try
        {
            while (await NextAsync(tenant, cancel) is var (id, kind))
                await (kind == ArchiveJob.Archiving ? ArchiveAsync(tenant, id, cancel) : tenants.RunAsync(tenant, services => services.GetRequiredService<CheckingJob>().RunAsync(id, cancel)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next sweep, a minute later at most, takes it up again.
            log.LogError(e, "A job of the archive of tenant {Tenant} failed", tenant);
        }
    }

    private Task<(Guid Id, string Kind)?> NextAsync(string tenant, CancellationToken cancel) => tenants.RunAsync(tenant, async services =>
    {
        var next = await services.GetRequiredService<Store>().Set<ArchiveJob>().AsNoTracking().Where(j => j.FinishedAt == null).OrderBy(j => j.Id).Select(j => new { j.Id, j.Kind }).FirstOrDefaultAsync(cancel);
        return next is null ? ((Guid, string)?)null : (next.Id, next.Kind);
    });

    /// <summary>Each visit in a scope of its own, so that the thousandth costs what the first did.</summary>
    private async Task ArchiveAsync(string tenant, Guid id, CancellationToken cancel)
    {
        var left = await tenants.RunAsync(tenant, services => LeftAsync(services, id, cancel));
        foreach (var visit in left)
            await tenants.RunAsync(tenant, async services =>
            {
                var store = services.GetRequiredService<Store>();
                var job = await store.Set<ArchiveJob>().AsNoTracking().SingleAsync(j => j.Id == id, cancel);
                var outcome = await services.GetRequiredService<ArchiveVisit>().RunAsync(visit, job.PersonId, job.PersonName, cancel);
                await NoteAsync(store, id, visit.Id, outcome, cancel);
            });
        await tenants.RunAsync(tenant, services => JobLines.ChangeAsync(services.GetRequiredService<Store>(), id, job => job.FinishedAt = clock.GetUtcNow(), cancel));
    }

    private static async Task<IReadOnlyList<ClosedVisit>> LeftAsync(IServiceProvider services, Guid id, CancellationToken cancel)
    {
        var store = services.GetRequiredService<Store>();
        var job = await store.Set<ArchiveJob>().AsNoTracking().SingleAsync(j => j.Id == id, cancel);
        var closed = await services.GetRequiredService<IVisitEvidence>().ClosedAsync(job.From, job.To, cancel);
        var done = await store.Set<ArchiveJobLine>().Where(l => l.JobId == id && l.VisitId != null).Select(l => l.VisitId!.Value).ToHashSetAsync(cancel);
        await JobLines.ChangeAsync(store, id, changed => changed.Total = closed.Count, cancel);
        return [.. closed.Where(v => !done.Contains(v.Id))];
    }

    private static async Task NoteAsync(Store store, Guid id, Guid visit, ArchiveOutcome outcome, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        await JobLines.ChangeAsync(store, id, job =>
        {
            JobLines.Add(store, job, visit, outcome.Label, outcome.Reason ?? outcome.Result switch { ArchiveResult.Archived => "已归档", ArchiveResult.Amended => "更正后归档为下一版", _ => "以前已归档，没有变化" }, outcome.Result == ArchiveResult.Refused);
            if (outcome.Result is ArchiveResult.Archived or ArchiveResult.Amended) job.Archived++;
        }, cancel);
    }
}

/// <summary>Changes a job's row, and what it has to say, in one transaction.</summary>
internal static class JobLines
{
    public static async Task ChangeAsync(Store store, Guid id, Action<ArchiveJob> change, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        change(await store.Set<ArchiveJob>().SingleAsync(j => j.Id == id, cancel));
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Notes one more visit done.</summary>
    public static void Add(Store store, ArchiveJob job, Guid visit, string label, string text, bool fault)
    {
        store.Add(new ArchiveJobLine { JobId = job.Id, Number = job.Done, VisitId = visit, Label = label, Text = text, Fault = fault });
        job.Done++;
        if (fault) job.Faults++;
    }
}
