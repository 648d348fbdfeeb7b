using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Storage;
using Platform.Tenancy;
using Quartz;

namespace Platform.Jobs;

/// <summary>Work that comes again by itself in every tenant.</summary>
/// <param name="Kind">Its <see cref="IJobHandler"/>.</param>
/// <param name="Title">zh-CN.</param>
/// <param name="Cron">When, in Quartz's six fields and the time of <see cref="RecurringWorks.Zone"/>.</param>
public sealed record RecurringWork(string Kind, string Title, string Cron);

/// <summary>Writes a job for each recurring work whose time has come. Whoever asks twice, or on two machines at once, gets one job; a time that passed while nobody served is made up for once.</summary>
public sealed class RecurringWorks(IEnumerable<RecurringWork> works, Tenants tenants, OutboxSignal signal, TimeProvider clock, ILogger<RecurringWorks> log)
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private readonly IReadOnlyList<(RecurringWork Work, CronExpression Cron)> _works = [.. works.Select(w => (w, new CronExpression(w.Cron, Zone)))];
    private readonly DateTimeOffset _started = clock.GetUtcNow();

    public async Task RaiseAsync(CancellationToken cancel)
    {
        foreach (var tenant in tenants.All.Where(t => t.State == TenantState.Running).ToList())
        {
            try
            {
                if (await tenants.RunAsync(tenant.Name, services => RaiseAsync(services.GetRequiredService<Store>(), cancel))) signal.Raise(tenant);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "The recurring work of tenant {Tenant} could not be written down", tenant.Name);
            }
        }
    }

    private async Task<bool> RaiseAsync(Store store, CancellationToken cancel)
    {
        var kinds = _works.Select(w => w.Work.Kind).ToList();
        var last = await store.Set<Job>().Where(j => kinds.Contains(j.Kind)).GroupBy(j => j.Kind)
            .Select(g => new { Kind = g.Key, At = g.Max(j => j.CreatedAt), Open = g.Any(j => j.DoneAt == null) }).ToDictionaryAsync(g => g.Kind, cancel);
        var raised = false;
        foreach (var (work, cron) in _works)
        {
            var before = last.GetValueOrDefault(work.Kind);
            if (before is { Open: true } || cron.GetNextValidTimeAfter(before?.At ?? _started) is not { } due || due > clock.GetUtcNow()) continue;
            raised |= await WriteAsync(store, work, due, cancel);
        }
        return raised;
    }

    private async Task<bool> WriteAsync(Store store, RecurringWork work, DateTimeOffset due, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(new Job { Id = IdOf(work.Kind, due), Kind = work.Kind, Title = work.Title, PayloadJson = "{}", IsLong = true, CreatedAt = now, DueAt = now });
        try
        {
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            return false;
        }
    }

    /// <summary>One job for one time, whoever writes it.</summary>
    private static Guid IdOf(string kind, DateTimeOffset due) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}|{due.ToUnixTimeMilliseconds()}")).AsSpan(0, 16));
}

/// <summary>What Quartz fires; on PostgreSQL one machine of all.</summary>
[DisallowConcurrentExecution]
internal sealed class RaiseRecurring(RecurringWorks works) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await works.RaiseAsync(cancellationToken);
}

public static class Schedule
{
    /// <summary>Fires recurring work: clustered in the host's store on PostgreSQL, in memory on SQLite, where there is one process.</summary>
    /// <param name="services">With the storage's settings and all recurring work.</param>
    public static void AddSchedule(this IServiceCollection services)
    {
        var storage = services.Select(s => s.ImplementationInstance).OfType<StorageSettings>().Single();
        var works = services.Select(s => s.ImplementationInstance).OfType<RecurringWork>().ToList();
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(1);
            if (storage.Postgres is null) quartz.UseInMemoryStore();
            else quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<Stores>().HostSource());
                store.ConfigureStore(options => options.TablePrefix = ScheduleTables.Prefix);
                store.UseClustering();
            });
            foreach (var work in works)
                quartz.ScheduleJob<RaiseRecurring>(trigger => trigger.WithIdentity(work.Kind).WithSchedule(CronScheduleBuilder.Create(work.Cron).InTimeZone(RecurringWorks.Zone)), job => job.WithIdentity(work.Kind));
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }
}

/// <summary>Quartz's own tables, in the host's schema.</summary>
internal static class ScheduleTables
{
    public const string Prefix = "qrtz_";
    private const string Script = "Quartz.Impl.AdoJobStore.Schema.create_postgres.sql";

    /// <summary>Statements that make what is missing of them and touch nothing else.</summary>
    public static IEnumerable<string> Statements()
    {
        using var stream = typeof(CronExpression).Assembly.GetManifestResourceStream(Script) ?? throw new InvalidOperationException($"Quartz carries no {Script}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Replace("{0}", Prefix, StringComparison.Ordinal).Replace("{1}", Prefix, StringComparison.Ordinal)
            .Split("\n--;;\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
