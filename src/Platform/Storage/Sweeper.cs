using System.Collections.Concurrent;
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

    /// <summary>Ends when what a sweep has begun, and lets go on beside the others, is done.</summary>
    Task SettleAsync(string tenantName) => Task.CompletedTask;
}

/// <summary>Looks after what is due: at once when signalled, at the next due time, and at all running tenants every minute and at start. A failure of one tenant never stops the others.</summary>
public sealed class Sweeper(Tenants tenants, IEnumerable<ISweep> sweeps, OutboxSignal signal, TimeProvider clock, ILogger<Sweeper> log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);
    private readonly IReadOnlyList<ISweep> _sweeps = [.. sweeps];
    private readonly ConcurrentDictionary<string, DateTimeOffset> _next = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
        for (var all = clock.GetUtcNow(); !stoppingToken.IsCancellationRequested;)
        {
            if (clock.GetUtcNow() >= all)
            {
                foreach (var name in Running()) await SweepAsync(name, stoppingToken);
                all = clock.GetUtcNow() + Round;
            }
            foreach (var name in _next.Where(n => n.Value <= clock.GetUtcNow()).Select(n => n.Key).ToList()) await SweepAsync(name, stoppingToken);
            await PauseAsync(hint, _next.Values.Append(all).Min(), stoppingToken);
            if (!hint.IsCompleted) continue;
            foreach (var name in Named()) await SweepAsync(name, stoppingToken);
            hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
        }
    }

    /// <summary>Does what is due now at all running tenants, and what falls due by that, until nothing is left.</summary>
    public async Task DrainAsync(CancellationToken cancel = default)
    {
        do
        {
            Named();
            foreach (var name in Running())
            {
                await SweepAsync(name, cancel);
                foreach (var sweep in _sweeps) await sweep.SettleAsync(name);
            }
        }
        while (signal.Tenants.Reader.TryPeek(out _) || IsDue());
    }

    private IReadOnlyList<string> Running() => [.. tenants.All.Where(t => t.State == TenantState.Running).Select(t => t.Name)];

    private bool IsDue() => _next.Values.Any(n => n <= clock.GetUtcNow());

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
        await _turn.WaitAsync(cancel);
        try
        {
            _next.TryRemove(tenantName, out _);
            foreach (var sweep in _sweeps) await SweepAsync(sweep, tenantName, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SweepAsync(ISweep sweep, string tenantName, CancellationToken cancel)
    {
        try
        {
            if (await sweep.SweepAsync(tenantName, cancel) is { } next) _next.AddOrUpdate(tenantName, next, (_, earlier) => next < earlier ? next : earlier);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "{Sweep} of tenant {Tenant} failed", sweep.GetType().Name, tenantName);
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <summary>How long to wait after so many failed tries: 5 s, doubling up to 10 min.</summary>
    internal static TimeSpan Patience(int attempts) => TimeSpan.FromSeconds(Math.Min(600, 5 * Math.Pow(2, Math.Min(attempts, 7))));
}
