using Microsoft.EntityFrameworkCore;
using Platform.Jobs;
using Platform.Storage;

namespace Platform.People;

/// <summary>Forgets counts of wrong tries and ended sessions that nothing asks for any more.</summary>
internal sealed class ForgetTries(Store store, TimeProvider clock) : IJobHandler
{
    public const string Kind = "people.forget";
    public static readonly RecurringWork Recurring = new(Kind, "清理过期的登录记录", "0 10 0/6 * * ?");

    /// <summary>Longer than any count is remembered.</summary>
    private static readonly TimeSpan Counted = TimeSpan.FromDays(9);

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await store.Set<FailedTries>().Where(t => t.BlockedUntil < now && t.LastAt < now - Counted && t.Kind != TryLimit.OwnPin.Kind).ExecuteDeleteAsync(cancel);
        await store.Set<StaffSession>().Where(s => s.StartedAt < now - StaffSession.Kept).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
