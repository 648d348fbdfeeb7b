using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
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

/// <summary>Delivers what a tenant's outbox holds.</summary>
public sealed class OutboxSweep(Tenants tenants, TimeProvider clock, ILogger<OutboxSweep> log) : ISweep
{
    private const int Batch = 100;

    public Task<DateTimeOffset?> SweepAsync(string tenantName, CancellationToken cancel) => tenants.RunAsync(tenantName, async services =>
    {
        await DeliverDueAsync(services, cancel);
        return await services.GetRequiredService<Store>().Set<OutboxMessage>().Where(m => m.DeliveredAt == null).MinAsync(m => (DateTimeOffset?)m.DueAt, cancel);
    });

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
                message.DueAt = clock.GetUtcNow() + Sweeper.Patience(message.Attempts);
            }
            message.Attempts++;
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            await transaction.CommitAsync(cancel);
        }
    }
}
