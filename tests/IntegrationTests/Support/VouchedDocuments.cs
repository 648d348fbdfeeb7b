using Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace IntegrationTests.Support;

/// <summary>Documents changed past every road, by somebody who owns the database and the master key besides: what stands behind the documents has to hold all the same.</summary>
internal static class VouchedDocuments
{
    /// <param name="name">Null: every document of the kind.</param>
    public static Task ChangeAsync(ProductHost server, string station, string kind, string? name, Func<string, string> change) =>
        server.Services.GetRequiredService<Tenants>().RunAsync(station, async services =>
        {
            var (store, publisher) = (services.GetRequiredService<Store>(), services.GetRequiredService<Publisher>());
            await using var transaction = await StoreTransaction.BeginAsync(store);
            var documents = store.Set<PublishedDocument>().AsNoTracking().Where(d => d.Kind == kind && (name == null || d.Name == name));
            foreach (var document in await documents.ToListAsync())
            {
                var (json, id) = (change(document.Json), document.Id);
                var hash = Publisher.HashOf(json);
                await store.Set<PublishedDocument>().Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Json, json).SetProperty(d => d.Hash, hash));
            }
            publisher.Vouch(await documents.ToListAsync(), station, ApprovalStatement.SetUp, "伪造");
            await publisher.RaiseRevisionAsync();
            await transaction.CommitAsync();
        });
}
