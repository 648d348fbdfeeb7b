using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Delivers one kind of message. May be called again for a message it has already delivered and must then change nothing.</summary>
public interface IOutboxHandler
{
    string Kind { get; }

    /// <param name="services">Services of the sending tenant.</param>
    Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel);
}

/// <summary>Wakes the sweeper; only a hint, the message itself is in the store.</summary>
public sealed class OutboxSignal
{
    internal Channel<string> Tenants { get; } = Channel.CreateUnbounded<string>();

    public void Raise(Tenant tenant) => Tenants.Writer.TryWrite(tenant.Name);
}

public static class OutboxWriting
{
    public static void Enqueue<T>(this Store store, string kind, T payload, DateTimeOffset now) =>
        store.Add(new OutboxMessage { Id = Guid.CreateVersion7(now), Kind = kind, PayloadJson = JsonSerializer.Serialize(payload), CreatedAt = now, DueAt = now });
}

/// <summary>Delivers what the tenants' outboxes hold: at once when signalled, and all of them every minute and at start.</summary>
public sealed class OutboxSweeper(Tenants tenants, OutboxSignal signal, TimeProvider clock, ILogger<OutboxSweeper> log) : BackgroundService
{
    private const int Batch = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        var tick = minute.WaitForNextTickAsync(stoppingToken).AsTask();
        await SweepAllAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var hint = signal.Tenants.Reader.WaitToReadAsync(stoppingToken).AsTask();
            if (await Task.WhenAny(tick, hint) == tick)
            {
                await SweepAllAsync(stoppingToken);
                tick = minute.WaitForNextTickAsync(stoppingToken).AsTask();
            }
            while (signal.Tenants.Reader.TryRead(out var name)) await SweepAsync(name, stoppingToken);
        }
    }

    private async Task SweepAllAsync(CancellationToken cancel)
    {
        foreach (var tenant in tenants.All.Where(t => t.State == TenantState.Running).ToList()) await SweepAsync(tenant.Name, cancel);
    }

    /// <summary>Delivers what is due in one tenant. A failure of one tenant never stops the others.</summary>
    public async Task SweepAsync(string tenantName, CancellationToken cancel)
    {
        try
        {
            await tenants.RunAsync(tenantName, services => DeliverDueAsync(services, cancel));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Outbox of tenant {Tenant} could not be swept", tenantName);
        }
    }

    private async Task DeliverDueAsync(IServiceProvider services, CancellationToken cancel)
    {
        var store = services.GetRequiredService<Store>();
        var handlers = services.GetServices<IOutboxHandler>().ToDictionary(h => h.Kind, StringComparer.Ordinal);
        var now = clock.GetUtcNow();
        var due = await store.Set<OutboxMessage>().Where(m => m.DeliveredAt == null && m.DueAt <= now).OrderBy(m => m.CreatedAt).Take(Batch).ToListAsync(cancel);
        foreach (var message in due)
        {
            try
            {
                await handlers[message.Kind].DeliverAsync(services, message.PayloadJson, cancel);
                message.DeliveredAt = clock.GetUtcNow();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Message {Id} of kind {Kind} waits for another try", message.Id, message.Kind);
                message.LastError = e.Message;
                message.DueAt = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(600, 5 * Math.Pow(2, Math.Min(message.Attempts, 7))));
            }
            message.Attempts++;
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            await transaction.CommitAsync(cancel);
        }
    }
}
