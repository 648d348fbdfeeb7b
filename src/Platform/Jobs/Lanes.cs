using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Jobs;

/// <summary>Messages: short work that follows from a change.</summary>
public sealed class MessageLane(Tenants tenants, TimeProvider clock, ILogger<MessageLane> log) : Lane<Job>(tenants, clock, log)
{
    protected override string Condition => "NOT \"IsLong\"";

    protected override IQueryable<Job> Rows(Store store) => store.Set<Job>().Where(j => !j.IsLong);

    protected override Task DoAsync(IServiceProvider services, Job row, CancellationToken cancel) =>
        services.GetServices<IOutboxHandler>().Single(h => h.Kind == row.Kind).DeliverAsync(services, row.PayloadJson, cancel);
}

/// <summary>Long work, one at a time in each tenant, whichever process does it.</summary>
public sealed class JobLane(Tenants tenants, TimeProvider clock, ILogger<JobLane> log) : Lane<Job>(tenants, clock, log)
{
    /// <summary>Work that takes its process down with it must not do so for ever.</summary>
    private const int MostAttempts = 5;

    private readonly Tenants _tenants = tenants;

    protected override string Condition =>
        "\"IsLong\" AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.\"IsLong\" AND other.\"DoneAt\" IS NULL AND other.\"LeasedUntil\" > {0})";

    protected override bool InLine => true;

    protected override IQueryable<Job> Rows(Store store) => store.Set<Job>().Where(j => j.IsLong);

    /// <summary>Not before the one at work is done or its worker dead.</summary>
    public override Task<DateTimeOffset?> NextAsync(string tenant, CancellationToken cancel) => _tenants.RunAsync(tenant, async services =>
    {
        var rows = Rows(services.GetRequiredService<Store>());
        if (await Leases.NextAsync(rows, cancel) is not { } next) return null;
        var held = await rows.Where(j => j.DoneAt == null).MaxAsync(j => j.LeasedUntil, cancel);
        return held > next ? held : (DateTimeOffset?)next;
    });

    protected override Task DoAsync(IServiceProvider services, Job row, CancellationToken cancel)
    {
        if (row.CancelAskedAt is not null) throw new OperationCanceledException("cancelled before it was taken up again");
        if (row.Attempts > MostAttempts) throw new InvalidOperationException($"已中断 {MostAttempts} 次");
        return services.GetRequiredKeyedService<IJobHandler>(row.Kind).RunAsync(new JobRun(row, Clock), cancel);
    }

    protected override async Task<bool> IsWantedAsync(Store store, Job row, CancellationToken cancel) => !await store.Set<Job>().AnyAsync(j => j.Id == row.Id && j.CancelAskedAt != null, cancel);

    /// <summary>A job that cannot go on ends as failed, so that those behind it have their turn; whoever started it sees why and may start it again.</summary>
    protected override void Finish(Store store, Job row, Exception? error)
    {
        row.DoneAt = Clock.GetUtcNow();
        row.Outcome = error is null ? JobOutcomes.Done : error is OperationCanceledException && row.CancelAskedAt is not null ? JobOutcomes.Cancelled : JobOutcomes.Failed;
        if (row.Outcome != JobOutcomes.Failed) return;
        row.LastError = error!.Message;
        row.Faults++;
        var number = store.Set<JobLine>().Where(l => l.JobId == row.Id).Max(l => (int?)l.Number) + 1 ?? 0;
        store.Add(new JobLine { JobId = row.Id, Number = number, Label = "作业", Fault = true, Text = $"作业失败，没有做完：{error.Message}" });
    }
}
