using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>Forgets counts of wrong tries and ended sessions that nothing asks for any more.</summary>
public sealed class PeopleSweep(Tenants tenants, TimeProvider clock) : ISweep
{
    private static readonly TimeSpan Rest = TimeSpan.FromHours(6);

    /// <summary>Longer than any count is remembered.</summary>
    private static readonly TimeSpan Counted = TimeSpan.FromDays(9);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _next = new(StringComparer.Ordinal);

    public async Task<DateTimeOffset?> SweepAsync(string tenantName, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (_next.TryGetValue(tenantName, out var next) && next > now) return next;
        await tenants.RunAsync(tenantName, async services =>
        {
            var store = services.GetRequiredService<Store>();
            var old = store.Set<FailedTries>().Where(t => t.BlockedUntil < now && t.LastAt < now - Counted && t.Kind != TryLimit.OwnPin.Kind);
            var ended = store.Set<StaffSession>().Where(s => s.StartedAt < now - StaffSession.Kept);
            if (!await old.AnyAsync(cancel) && !await ended.AnyAsync(cancel)) return;
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            await old.ExecuteDeleteAsync(cancel);
            await ended.ExecuteDeleteAsync(cancel);
            await transaction.CommitAsync(cancel);
        });
        return _next[tenantName] = now + Rest;
    }
}
