using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Jobs;

/// <summary>Rows of one sort that fall due, done one after the other in each tenant and beside each other in different ones.</summary>
public interface ILane
{
    /// <summary>Does the next row that is due.</summary>
    /// <returns>False when there is none.</returns>
    Task<bool> DoNextAsync(string tenant, CancellationToken stop);

    /// <summary>When the next falls due; null when nothing waits.</summary>
    Task<DateTimeOffset?> NextAsync(string tenant, CancellationToken cancel);
}

/// <summary>Takes a row up, does it in a scope of its own, renews the lease meanwhile, and writes what became of it.</summary>
public abstract class Lane<T>(Tenants tenants, TimeProvider clock, ILogger log) : ILane where T : class, IDueRow
{
    protected TimeProvider Clock => clock;

    /// <summary>Which rows of the table, in SQL.</summary>
    protected virtual string Condition => "1 = 1";

    /// <summary>Whether <see cref="Condition"/> looks at other rows.</summary>
    protected virtual bool InLine => false;

    protected virtual IQueryable<T> Rows(Store store) => store.Set<T>();

    /// <summary>Does what one row stands for. May be called again for a row that was done and must then change nothing.</summary>
    protected abstract Task DoAsync(IServiceProvider services, T row, CancellationToken cancel);

    /// <summary>What becomes of a row that was done; null error, or one that was not.</summary>
    protected virtual void Finish(Store store, T row, Exception? error)
    {
        if (error is null)
        {
            row.DoneAt ??= clock.GetUtcNow();
            return;
        }
        (row.LastError, row.DueAt) = (error.Message, clock.GetUtcNow() + Patience(row.Attempts));
    }

    /// <summary>Whether a row that is held is still wanted.</summary>
    protected virtual Task<bool> IsWantedAsync(Store store, T row, CancellationToken cancel) => Task.FromResult(true);

    public virtual Task<DateTimeOffset?> NextAsync(string tenant, CancellationToken cancel) =>
        tenants.RunAsync(tenant, services => Leases.NextAsync(Rows(services.GetRequiredService<Store>()), cancel));

    public async Task<bool> DoNextAsync(string tenant, CancellationToken stop)
    {
        if (await NextAsync(tenant, stop) is not { } next || next > clock.GetUtcNow()) return false;
        var row = await tenants.RunAsync(tenant, services => Leases.ClaimAsync<T>(services.GetRequiredService<Store>(), Condition, InLine, clock.GetUtcNow(), stop));
        if (row is not { LeasedBy: { } lease }) return false;
        var error = await DoAsync(tenant, row, lease, stop);
        var stopped = error is OperationCanceledException && stop.IsCancellationRequested;
        if (error is LeaseLostException) log.LogWarning("{Row} of tenant {Tenant} was taken up by another worker", row.Id, tenant);
        else if (error is not null and not OperationCanceledException) log.LogWarning(error, "{Row} of tenant {Tenant} was not done", row.Id, tenant);
        // Given back even while the process stops, so that another takes it up at once.
        await tenants.RunAsync(tenant, services => GiveBackAsync(services.GetRequiredService<Store>(), row.Id, lease, stopped, error));
        stop.ThrowIfCancellationRequested();
        return true;
    }

    private Task GiveBackAsync(Store store, Guid id, Guid lease, bool stopped, Exception? error) => Leases.GiveBackAsync<T>(store, id, lease, row =>
    {
        if (stopped) row.Attempts--;
        else Finish(store, row, error);
    }, CancellationToken.None);

    private async Task<Exception?> DoAsync(string tenant, T row, Guid lease, CancellationToken stop)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var over = new CancellationTokenSource();
        var renewing = RenewAsync(tenant, row, lease, held, over.Token);
        try
        {
            await tenants.RunAsync(tenant, services => DoAsync(services, row, held.Token));
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            await over.CancelAsync();
            await renewing;
        }
    }

    /// <summary>In this machine's time: a worker that lives is seen to live whatever the station's clock says.</summary>
    private async Task RenewAsync(string tenant, T row, Guid lease, CancellationTokenSource held, CancellationToken over)
    {
        using var beat = new PeriodicTimer(Leases.Length / 4);
        try
        {
            while (await beat.WaitForNextTickAsync(over))
                if (!await tenants.RunAsync(tenant, services => KeepAsync(services.GetRequiredService<Store>(), row, lease, over))) await held.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The row is done.
        }
        catch (Exception e)
        {
            // Not renewed, the lease ends; what the row writes then is refused.
            log.LogWarning(e, "The lease of {Row} of tenant {Tenant} could not be renewed", row.Id, tenant);
        }
    }

    private async Task<bool> KeepAsync(Store store, T row, Guid lease, CancellationToken cancel) =>
        await IsWantedAsync(store, row, cancel) && await Leases.RenewAsync<T>(store, row.Id, lease, clock.GetUtcNow(), cancel);

    /// <summary>How long to wait after so many tries: 5 s, doubling up to 10 min.</summary>
    internal static TimeSpan Patience(int attempts) => TimeSpan.FromSeconds(Math.Min(600, 5 * Math.Pow(2, Math.Clamp(attempts - 1, 0, 7))));
}
