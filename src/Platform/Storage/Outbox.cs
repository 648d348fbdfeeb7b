using System.Text.Json;
using System.Threading.Channels;
using Platform.Jobs;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Delivers one kind of message. May be called again for a message it has already delivered and must then change nothing.</summary>
public interface IOutboxHandler
{
    string Kind { get; }

    /// <param name="services">Services of the sending tenant.</param>
    Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel);
}

/// <summary>Wakes the workers; only a hint, what is due is in the store.</summary>
public sealed class OutboxSignal
{
    internal Channel<string> Tenants { get; } = Channel.CreateUnbounded<string>();

    public void Raise(Tenant tenant) => Tenants.Writer.TryWrite(tenant.Name);
}

public static class OutboxWriting
{
    public static void Enqueue<T>(this Store store, string kind, T payload, DateTimeOffset now) =>
        store.Add(new Job { Id = Guid.CreateVersion7(now), Kind = kind, PayloadJson = JsonSerializer.Serialize(payload), CreatedAt = now, DueAt = now });
}
