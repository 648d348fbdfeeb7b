using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Jobs;

/// <summary>
/// Looks after what is due: at once when signalled, at the next due time, and at all running tenants every few seconds. Each tenant goes its own way in each lane:
/// whatever fails or is slow at one delays no other.
/// </summary>
public sealed class JobWorkers(Tenants tenants, IEnumerable<ILane> lanes, RecurringWorks recurring, OutboxSignal signal, TimeProvider clock, ILogger<JobWorkers> log) : BackgroundService
{
    /// <summary>What a verb or another process has written is found within it.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);
    private readonly IReadOnlyList<ILane> _lanes = [.. lanes];
    private readonly ConcurrentDictionary<(string Tenant, ILane Lane), Way> _ways = new();
    private readonly Slots _slots = new(Math.Max(8, 4 * Environment.ProcessorCount), TimeSpan.FromSeconds(5));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
        for (var all = clock.GetUtcNow(); !stoppingToken.IsCancellationRequested;)
        {
            var now = clock.GetUtcNow();
            if (now >= all)
            {
                foreach (var name in Running()) Wake(name, stoppingToken);
                all = now + Round;
            }
            foreach (var (key, way) in _ways) if (way.Next <= now) _ = way.WakeAsync(() => RunAsync(key.Tenant, key.Lane, stoppingToken));
            await PauseAsync(hint, _ways.Values.Select(w => w.Next ?? all).Append(all).Min(), stoppingToken);
            if (!hint.IsCompleted) continue;
            foreach (var name in Named()) Wake(name, stoppingToken);
            hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_ways.Values.Select(w => w.Settled)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    /// <summary>Does what is due now at all running tenants, and what falls due by that, until nothing is left.</summary>
    public async Task DrainAsync(CancellationToken cancel = default)
    {
        do
        {
            Named();
            await recurring.RaiseAsync(cancel);
            await Task.WhenAll(Running().SelectMany(name => Wake(name, cancel)));
        }
        while (signal.Tenants.Reader.TryPeek(out _) || _ways.Values.Any(w => w.Next <= clock.GetUtcNow()));
    }

    private IReadOnlyList<string> Running() => [.. tenants.All.Where(t => t.State == TenantState.Running).Select(t => t.Name)];

    private HashSet<string> Named()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (signal.Tenants.Reader.TryRead(out var name)) names.Add(name);
        return names;
    }

    private List<Task> Wake(string tenant, CancellationToken stop) => [.. _lanes.Select(lane => _ways.GetOrAdd((tenant, lane), _ => new Way()).WakeAsync(() => RunAsync(tenant, lane, stop)))];

    /// <summary>Does what is due in one lane of one tenant.</summary>
    /// <returns>When the next falls due; null when nothing waits.</returns>
    private async Task<DateTimeOffset?> RunAsync(string tenant, ILane lane, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var slot = await _slots.EnterAsync(stop);
                if (!await lane.DoNextAsync(tenant, stop)) return await lane.NextAsync(tenant, stop);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "{Lane} of tenant {Tenant} failed", lane.GetType().Name, tenant);
            return clock.GetUtcNow() + Rest;
        }
        catch (OperationCanceledException)
        {
            return null;
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

    /// <summary>One lane of one tenant: one run at a time, and another behind it when it was woken meanwhile.</summary>
    private sealed class Way
    {
        private readonly Lock _lock = new();
        private Task _running = Task.CompletedTask;
        private Task? _behind;

        public DateTimeOffset? Next { get; private set; }

        public Task Settled
        {
            get
            {
                lock (_lock) return _behind ?? _running;
            }
        }

        public Task WakeAsync(Func<Task<DateTimeOffset?>> run)
        {
            lock (_lock)
            {
                // Cleared here, so that nobody takes it for due while the run begins.
                Next = null;
                if (_running.IsCompleted) return _running = Task.Run(() => GoAsync(run));
                return _behind ??= AgainAsync(_running, run);
            }
        }

        private async Task AgainAsync(Task before, Func<Task<DateTimeOffset?>> run)
        {
            await before;
            Task own;
            lock (_lock)
            {
                own = _running = Task.Run(() => GoAsync(run));
                _behind = null;
            }
            await own;
        }

        private async Task GoAsync(Func<Task<DateTimeOffset?>> run) => Next = await run();
    }
}

/// <summary>So many pieces of work at once, in the order they came. One that takes longer than that gives its place up and goes on beside the others.</summary>
internal sealed class Slots(int count, TimeSpan longest) : IDisposable
{
    private readonly SemaphoreSlim _places = new(count);

    public async Task<IDisposable> EnterAsync(CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        return new Slot(_places, longest);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Slot : IDisposable
    {
        private readonly SemaphoreSlim _places;
        private readonly Timer _timer;
        private int _left;

        public Slot(SemaphoreSlim places, TimeSpan longest)
        {
            _places = places;
            _timer = new Timer(_ => Leave(), null, longest, Timeout.InfiniteTimeSpan);
        }

        private void Leave()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0) return;
            try
            {
                _places.Release();
            }
            catch (ObjectDisposedException)
            {
                // The process stops, and nobody waits for the place.
            }
        }

        public void Dispose()
        {
            _timer.Dispose();
            Leave();
        }
    }
}
