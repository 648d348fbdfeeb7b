using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Flows;

/// <summary>Does what one timer stands for. May be called again for a timer that was done and must then change nothing.</summary>
public interface ITimerHandler
{
    Task FireAsync(Guid timerId, CancellationToken cancel);
}

/// <summary>Fires the timers of a tenant that are due, each in a scope of its own: one that fails is tried again later and never stops the next.</summary>
public sealed class TimerSweep(Tenants tenants, TimeProvider clock, ILogger<TimerSweep> log) : ISweep
{
    private const int Batch = 100;

    public async Task<DateTimeOffset?> SweepAsync(string tenantName, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var due = await tenants.RunAsync(tenantName, services =>
            Waiting(services).Where(t => t.DueAt <= now).OrderBy(t => t.DueAt).Select(t => t.Id).Take(Batch).ToListAsync(cancel));
        foreach (var timer in due) await FireAsync(tenantName, timer, cancel);
        return await tenants.RunAsync(tenantName, services => Waiting(services).MinAsync(t => (DateTimeOffset?)t.DueAt, cancel));
    }

    private static IQueryable<TimerRow> Waiting(IServiceProvider services) => services.GetRequiredService<Store>().Set<TimerRow>().Where(t => t.DoneAt == null);

    private async Task FireAsync(string tenantName, Guid timer, CancellationToken cancel)
    {
        try
        {
            await tenants.RunAsync(tenantName, services => services.GetRequiredService<ITimerHandler>().FireAsync(timer, cancel));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Timer {Id} of tenant {Tenant} waits for another try", timer, tenantName);
            await tenants.RunAsync(tenantName, services => PostponeAsync(services.GetRequiredService<Store>(), timer, e.Message, cancel));
        }
    }

    private async Task PostponeAsync(Store store, Guid timer, string error, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var row = await store.Set<TimerRow>().SingleAsync(t => t.Id == timer, cancel);
        row.DueAt = clock.GetUtcNow() + Sweeper.Patience(row.Attempts);
        row.Attempts++;
        row.LastError = error;
        await transaction.CommitAsync(cancel);
    }
}
