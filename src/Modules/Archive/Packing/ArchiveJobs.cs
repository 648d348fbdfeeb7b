using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modules.Collection.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>Does the jobs of the archive beside everything else: one at a time for each tenant. A job is a row, so after a restart it goes on where it was.</summary>
internal sealed class ArchiveJobs(Tenants tenants, StorageSettings storage, TimeProvider clock, ILogger<ArchiveJobs> log) : ISweep
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

    public Task SettleAsync(string tenantName) => _running.TryGetValue(tenantName, out var running) ? running : Task.CompletedTask;

    private async Task RunAllAsync(string tenant, CancellationToken cancel)
    {
        using var claim = Claim(tenant);
        if (claim is null) return;
        try
        {
            while (await NextAsync(tenant, cancel) is var (id, kind)) await RunAsync(tenant, id, kind, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next sweep, a minute later at most, takes it up again.
            log.LogError(e, "The jobs of the archive of tenant {Tenant} cannot be done now", tenant);
        }
    }

    /// <summary>Of two processes on the same data, as while a new version takes over, one does the jobs. The system itself takes the claim back from a process that has died.</summary>
    private FileStream? Claim(string tenant)
    {
        try
        {
            return new FileStream(Path.Combine(storage.AppData, $"{tenant}.archiving"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            log.LogInformation(e, "Another process does the jobs of the archive of tenant {Tenant}", tenant);
            return null;
        }
    }

    private Task<(Guid Id, string Kind)?> NextAsync(string tenant, CancellationToken cancel) => tenants.RunAsync(tenant, async services =>
    {
        var next = await services.GetRequiredService<Store>().Set<ArchiveJob>().AsNoTracking().Where(j => j.FinishedAt == null).OrderBy(j => j.Id).Select(j => new { j.Id, j.Kind }).FirstOrDefaultAsync(cancel);
        return next is null ? ((Guid, string)?)null : (next.Id, next.Kind);
    });

    /// <summary>A job that cannot go on ends as failed, so that those behind it have their turn; whoever started it sees why and may start it again.</summary>
    private async Task RunAsync(string tenant, Guid id, string kind, CancellationToken cancel)
    {
        try
        {
            await (kind != ArchiveJob.Checking ? ArchiveAsync(tenant, id, cancel) : tenants.RunAsync(tenant, services => services.GetRequiredService<CheckingJob>().RunAsync(id, cancel)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Job {Job} of the archive of tenant {Tenant} failed", id, tenant);
            await tenants.RunAsync(tenant, services => JobLines.FailAsync(services.GetRequiredService<Store>(), id, $"作业失败，没有做完：{e.Message}", clock.GetUtcNow(), cancel));
        }
    }

    /// <summary>Each visit in a scope of its own, so that the thousandth costs what the first did.</summary>
    private async Task ArchiveAsync(string tenant, Guid id, CancellationToken cancel)
    {
        var left = await tenants.RunAsync(tenant, services => LeftAsync(services, id, cancel));
        foreach (var visit in left)
        {
            var outcome = await ArchiveAsync(tenant, id, visit, cancel);
            await tenants.RunAsync(tenant, services => NoteAsync(services.GetRequiredService<Store>(), id, visit.Id, outcome, cancel));
        }
        await tenants.RunAsync(tenant, services => SignHeadAsync(services, id, cancel));
        await tenants.RunAsync(tenant, services => JobLines.ChangeAsync(services.GetRequiredService<Store>(), id, job => job.FinishedAt = clock.GetUtcNow(), cancel));
    }

    /// <summary>What has been archived stays archived whatever becomes of the head: the next one covers it.</summary>
    private static async Task SignHeadAsync(IServiceProvider services, Guid id, CancellationToken cancel)
    {
        var store = services.GetRequiredService<Store>();
        if (!await store.Set<ArchiveJob>().AnyAsync(j => j.Id == id && j.Archived > 0, cancel)) return;
        if (await services.GetRequiredService<SignHead>().RunAsync(cancel) is { } fault)
            await JobLines.SayAsync(store, id, "证据树头", $"没有签署：{fault.Message}。下次归档时会再签署", _ => { }, cancel);
    }

    private async Task<ArchiveOutcome> ArchiveAsync(string tenant, Guid id, ClosedVisit visit, CancellationToken cancel)
    {
        try
        {
            return await tenants.RunAsync(tenant, async services =>
            {
                var job = await services.GetRequiredService<Store>().Set<ArchiveJob>().AsNoTracking().SingleAsync(j => j.Id == id, cancel);
                return await services.GetRequiredService<ArchiveVisit>().RunAsync(visit, job.PersonId, job.PersonName, cancel);
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One visit that cannot be read must not keep all others out of the archive.
            log.LogError(e, "Visit {Visit} of tenant {Tenant} cannot be archived", visit.Id, tenant);
            return new ArchiveOutcome(ArchiveResult.Refused, ArchiveVisit.LabelOf(visit), $"记录不能读取或不能写入档案（{e.Message}）。请核查全部证据，被改动的从备份恢复，然后再归档");
        }
    }

    private static async Task<IReadOnlyList<ClosedVisit>> LeftAsync(IServiceProvider services, Guid id, CancellationToken cancel)
    {
        var store = services.GetRequiredService<Store>();
        var job = await store.Set<ArchiveJob>().AsNoTracking().SingleAsync(j => j.Id == id, cancel);
        var closed = job.Kind == ArchiveJob.Outstanding ? services.GetRequiredService<OutstandingVisits>().All() : services.GetRequiredService<IVisitEvidence>().Closed().Where(v => v.Day >= job.From && v.Day <= job.To);
        var done = await store.Set<ArchiveJobLine>().Where(l => l.JobId == id && l.VisitId != null).Select(l => l.VisitId!.Value).ToHashSetAsync(cancel);
        List<ClosedVisit> left = [.. (await closed.OrderBy(v => v.RegisteredAt).ToListAsync(cancel)).Where(v => !done.Contains(v.Id))];
        await JobLines.ChangeAsync(store, id, changed => changed.Total = done.Count + left.Count, cancel);
        return left;
    }

    private static Task NoteAsync(Store store, Guid id, Guid visit, ArchiveOutcome outcome, CancellationToken cancel) => JobLines.ChangeAsync(store, id, job =>
    {
        JobLines.Add(store, job, visit, outcome.Label, outcome.Reason ?? outcome.Result switch { ArchiveResult.Archived => "已归档", ArchiveResult.Amended => "更正后归档为下一版", _ => "以前已归档，没有变化" }, outcome.Result == ArchiveResult.Refused);
        if (outcome.Result is ArchiveResult.Archived or ArchiveResult.Amended) job.Archived++;
    }, cancel);
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

    /// <summary>Ends a job that cannot go on.</summary>
    public static Task FailAsync(Store store, Guid id, string text, DateTimeOffset at, CancellationToken cancel) => SayAsync(store, id, "作业", text, job => job.FinishedAt = at, cancel);

    /// <summary>Notes a fault that is of no visit in particular.</summary>
    public static async Task SayAsync(Store store, Guid id, string label, string text, Action<ArchiveJob> change, CancellationToken cancel)
    {
        var number = await store.Set<ArchiveJobLine>().Where(l => l.JobId == id).MaxAsync(l => (int?)l.Number, cancel) + 1 ?? 0;
        await ChangeAsync(store, id, job =>
        {
            store.Add(new ArchiveJobLine { JobId = id, Number = number, Label = label, Text = text, Fault = true });
            job.Faults++;
            change(job);
        }, cancel);
    }
}
