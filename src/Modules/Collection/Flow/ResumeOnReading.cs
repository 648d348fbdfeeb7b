using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Modules.Devices.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Results have come for a visit: a flow that waits for them goes on once all are there.</summary>
internal sealed class ResumeOnReading : IOutboxHandler
{
    public string Kind => ReadingArrived.Kind;

    public async Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel)
    {
        var visit = JsonSerializer.Deserialize<ReadingArrived>(payloadJson)!.VisitId;
        // A scope of its own: the deliverer's store holds the messages.
        await services.GetRequiredService<Platform.Tenancy.Tenants>().RunAsync(
            services.GetRequiredService<Platform.Tenancy.TenantContext>().Current.Name, scope => ResumeAsync(scope, visit, cancel));
    }

    private static async Task ResumeAsync(IServiceProvider services, Guid visit, CancellationToken cancel)
    {
        var (store, flow) = (services.GetRequiredService<Store>(), services.GetRequiredService<ContinueFlow>());
        if (await services.GetRequiredService<VisitFiles>().ReadAsync(visit, cancel) is not { } file) return;
        foreach (var wait in file.State.Bookmarks.Where(b => b.Kind == CollectionActivities.ReadingWait))
        {
            if (!await flow.Unattended(file).HasArrivedAsync(CollectionActivities.ItemsOf(wait), cancel)) continue;
            if (await flow.ResumeAsync(file, wait.Key, null, cancel) is not { } step) continue;
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            // Another one waits for results too: it is looked at anew, from what this one has left behind.
            if (step.Run.State.Bookmarks.Exists(b => b.Kind == CollectionActivities.ReadingWait)) store.Enqueue(ReadingArrived.Kind, new ReadingArrived(visit), services.GetRequiredService<TimeProvider>().GetUtcNow());
            await services.GetRequiredService<StepWriter>().WriteAsync(step, cancel);
            await transaction.CommitAsync(cancel);
            return;
        }
    }
}
