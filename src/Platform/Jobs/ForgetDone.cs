using Microsoft.EntityFrameworkCore;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Jobs;

/// <summary>Forgets messages that were delivered long ago. What long work had to say stays.</summary>
public sealed class ForgetDone(Store store, TimeProvider clock) : IJobHandler
{
    public const string Kind = "jobs.forget";
    public static readonly RecurringWork Recurring = new(Kind, "清理已送达的消息", "0 20 3 * * ?");

    /// <summary>Longer than anybody looks for one that went astray.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const int AtOnce = 500;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var before = clock.GetUtcNow() - Kept;
        for (var forgotten = AtOnce; forgotten == AtOnce;)
        {
            var old = await store.Set<Job>().Where(j => !j.IsLong && j.DoneAt < before).OrderBy(j => j.DoneAt).Select(j => j.Id).Take(AtOnce).ToListAsync(cancel);
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            forgotten = await store.Set<Job>().Where(j => old.Contains(j.Id)).ExecuteDeleteAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
    }
}
