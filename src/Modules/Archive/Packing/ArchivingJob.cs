using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modules.Collection.Contracts;
using Platform.Jobs;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>What the archive does in the background.</summary>
public static class ArchiveWork
{
    public const string Archiving = "archive";
    public const string Checking = "archive.verify";

    public static bool Archives(this Job job) => job.Kind == Archiving;
}

/// <summary>Which closed visits; without days, whatever is not in the archive as it is now.</summary>
internal sealed record ArchivedDays(DateOnly? From = null, DateOnly? To = null);

/// <summary>Archives closed visits, each in a scope of its own, so that the thousandth costs what the first did.</summary>
internal sealed class ArchivingJob(Tenants tenants, TenantContext tenant, ILogger<ArchivingJob> log) : IJobHandler
{
    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        foreach (var visit in await InScopeAsync(services => LeftAsync(services, run, cancel)))
        {
            var outcome = await ArchiveAsync(run, visit, cancel);
            await InScopeAsync(services => NoteAsync(services.GetRequiredService<Store>(), run, visit.Id, outcome, cancel));
        }
        await InScopeAsync(services => SignHeadAsync(services, run, cancel));
    }

    private Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work) => tenants.RunAsync(tenant.Current.Name, work);

    private Task InScopeAsync(Func<IServiceProvider, Task> work) => tenants.RunAsync(tenant.Current.Name, work);

    /// <summary>What has been archived stays archived whatever becomes of the head: the next one covers it.</summary>
    private static async Task SignHeadAsync(IServiceProvider services, JobRun run, CancellationToken cancel)
    {
        var store = services.GetRequiredService<Store>();
        if (!await store.Set<Job>().AnyAsync(j => j.Id == run.Job.Id && j.Made > 0, cancel)) return;
        if (await services.GetRequiredService<SignHead>().RunAsync(cancel) is { } fault)
            await run.WriteAsync(store, [new JobWord("证据树头", $"没有签署：{fault.Message}。下次归档时会再签署", true)], _ => { }, cancel);
    }

    private async Task<ArchiveOutcome> ArchiveAsync(JobRun run, ClosedVisit visit, CancellationToken cancel)
    {
        try
        {
            return await InScopeAsync(services => services.GetRequiredService<ArchiveVisit>().RunAsync(visit, run.Job.PersonId, run.Job.PersonName, cancel));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One visit that cannot be read must not keep all others out of the archive.
            log.LogError(e, "Visit {Visit} of tenant {Tenant} cannot be archived", visit.Id, tenant.Current.Name);
            return new ArchiveOutcome(ArchiveResult.Refused, ArchiveVisit.LabelOf(visit), $"记录不能读取或不能写入档案（{e.Message}）。请核查全部证据，被改动的从备份恢复，然后再归档");
        }
    }

    private static async Task<IReadOnlyList<ClosedVisit>> LeftAsync(IServiceProvider services, JobRun run, CancellationToken cancel)
    {
        var store = services.GetRequiredService<Store>();
        var closed = run.Job.Payload<ArchivedDays>() is { From: { } from, To: { } to } ? services.GetRequiredService<IVisitEvidence>().Closed().Where(v => v.Day >= from && v.Day <= to) : services.GetRequiredService<OutstandingVisits>().All();
        var done = await store.Set<JobLine>().Where(l => l.JobId == run.Job.Id && l.Subject != null).Select(l => l.Subject!.Value).ToHashSetAsync(cancel);
        List<ClosedVisit> left = [.. (await closed.OrderBy(v => v.RegisteredAt).ToListAsync(cancel)).Where(v => !done.Contains(v.Id))];
        await run.WriteAsync(store, [], changed => changed.Total = done.Count + left.Count, cancel);
        return left;
    }

    private static Task NoteAsync(Store store, JobRun run, Guid visit, ArchiveOutcome outcome, CancellationToken cancel)
    {
        var text = outcome.Reason ?? outcome.Result switch { ArchiveResult.Archived => "已归档", ArchiveResult.Amended => "更正后归档为下一版", _ => "以前已归档，没有变化" };
        return run.WriteAsync(store, [new JobWord(outcome.Label, text, outcome.Result == ArchiveResult.Refused) { Subject = visit }], job =>
        {
            job.Done++;
            if (outcome.Result is ArchiveResult.Archived or ArchiveResult.Amended) job.Made++;
        }, cancel);
    }
}
