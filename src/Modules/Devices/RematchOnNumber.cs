using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Modules.Devices.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <summary>A sample or a donation has got its number: results that came before it find their owner.</summary>
internal sealed class RematchOnNumber : IOutboxHandler
{
    public string Kind => SampleNumbered.Kind;

    public async Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel)
    {
        var number = JsonSerializer.Deserialize<SampleNumbered>(payloadJson)!.Number;
        // A scope of its own: the deliverer's store holds the messages.
        await services.GetRequiredService<Tenants>().RunAsync(services.GetRequiredService<TenantContext>().Current.Name, async scope =>
        {
            var store = scope.GetRequiredService<Store>();
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            // A scanner reads a donation number with what stands around it on the label.
            var (exact, scanned) = (number, "=" + number);
            if (await scope.GetRequiredService<RecordSamples>()
                .RematchAsync(store.Set<DeviceSample>().Where(s => s.SampleNumber == exact || s.SampleNumber!.StartsWith(scanned)),
                cancel) == 0) return;
            await transaction.CommitAsync(cancel);
            scope.GetRequiredService<OutboxSignal>().Raise(scope.GetRequiredService<TenantContext>().Current);
        });
    }
}
