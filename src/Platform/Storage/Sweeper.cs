using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Work of the tenants that falls due by itself: messages to deliver, timers that have run out.</summary>
public interface ISweep
{
    /// <summary>Does what is due in one tenant.</summary>
    /// <returns>When the next falls due; null when nothing waits.</returns>
    Task<DateTimeOffset?> SweepAsync(string tenantName, CancellationToken cancel);
}

/// <summary>Looks after what is due: at once when signalled, at the next due time, and at all running tenants every minute and at start. A failure of one tenant never stops the others.</summary>
public sealed class Sweeper(Tenants tenants, IEnumerable<ISweep> sweeps, OutboxSignal signal, TimeProvider clock, ILogger<Sweeper> log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);
    private readonly IReadOnlyList<ISweep> _sweeps = [.. sweeps];
    private readonly Dictionary<string, DateTimeOffset> _next = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
        for (var all = clock.GetUtcNow(); !stoppingToken.IsCancellationRequested;)
        {
            if (clock.GetUtcNow() >= all)
            {
                foreach (var tenant in tenants.All.Where(t => t.State == TenantState.Running).ToList()) await SweepAsync(tenant.Name, stoppingToken);
                all = clock.GetUtcNow() + Round;
            }
            foreach (var name in _next.Where(n => n.Value <= clock.GetUtcNow()).Select(n => n.Key).ToList()) await SweepAsync(name, stoppingToken);
            await PauseAsync(hint, _next.Values.Append(all).Min(), stoppingToken);
            if (!hint.IsCompleted) continue;
            foreach (var name in Named()) await SweepAsync(name, stoppingToken);
            hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
        }
    }

    private async Task PauseAsync(Task hint, DateTimeOffset until, CancellationToken stopping)
    {
        var pause = until - clock.GetUtcNow();
        if (pause <= TimeSpan.Zero) return;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(hint, Task.Delay(pause, clock, woken.Token));
        await woken.CancelAsync();
    }

    private HashSet<string> Named()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (signal.Tenants.Reader.TryRead(out var name)) names.Add(name);
        return names;
    }

    private async Task SweepAsync(string tenantName, CancellationToken cancel)
    {
        _next.Remove(tenantName);
        foreach (var sweep in _sweeps)
        {
            try
            {
                if (await sweep.SweepAsync(tenantName, cancel) is { } next && (!_next.TryGetValue(tenantName, out var earlier) || next < earlier)) _next[tenantName] = next;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "{Sweep} of tenant {Tenant} failed", sweep.GetType().Name, tenantName);
            }
        }
    }

    /// <summary>How long to wait after so many failed tries: 5 s, doubling up to 10 min.</summary>
    internal static TimeSpan Patience(int attempts) => TimeSpan.FromSeconds(Math.Min(600, 5 * Math.Pow(2, Math.Min(attempts, 7))));
}
