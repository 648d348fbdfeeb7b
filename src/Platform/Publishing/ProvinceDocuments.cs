using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Publishing.Changes;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>Brings the national and the province's documents into a station's own store, so that it can run without the province.</summary>
public sealed class ProvinceDocuments(Store store, Tenants tenants, Publisher publisher)
{
    public async Task<IReadOnlyList<PublishedDocument>> OfProvinceAsync(CancellationToken cancel = default) =>
        await tenants.RunAsync(Tenant.Province, async services => (IReadOnlyList<PublishedDocument>)
            [.. (await services.GetRequiredService<Configuration>().ApprovedAsync(cancel)).Where(d => d.Kind != DocumentKinds.Settings)]);

    /// <summary>Those of the province's documents this store does not have, or has in an older state.</summary>
    public async Task<IReadOnlyList<PublishedDocument>> MissingAsync(CancellationToken cancel = default)
    {
        var here = await store.Set<PublishedDocument>().Where(d => d.Layer != DocumentLayer.Station)
            .Select(d => new { d.Id, d.State }).ToDictionaryAsync(d => d.Id, d => d.State, cancel);
        return [.. (await OfProvinceAsync(cancel)).Where(d => !here.TryGetValue(d.Id, out var state) || state != d.State)];
    }

    /// <summary>Writes them inside the caller's transaction.</summary>
    public async Task WriteAsync(IReadOnlyList<PublishedDocument> documents, CancellationToken cancel = default)
    {
        foreach (var document in documents)
            store.Entry(document).State = await store.Set<PublishedDocument>().AnyAsync(d => d.Id == document.Id, cancel) ? EntityState.Modified : EntityState.Added;
        // What the province's own approvals carry there, the station's evidence says here.
        publisher.Vouch(documents, Tenant.Province, ApprovalStatement.FromProvince, "省级文档");
        await publisher.RaiseRevisionAsync(cancel);
    }
}

/// <summary>Sends what the province published to every running station.</summary>
public sealed class ProvinceDocumentsHandler(Tenants tenants) : IOutboxHandler
{
    public const string MessageKind = "province-documents";

    public string Kind => MessageKind;

    public async Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel)
    {
        await AtEachAsync([.. tenants.All.Where(t => !t.IsProvince && t.State == TenantState.Running).Select(t => t.Name)], station => tenants.RunAsync(station, async scope =>
        {
            var documents = scope.GetRequiredService<ProvinceDocuments>();
            var missing = await documents.MissingAsync(cancel);
            if (missing.Count == 0) return;
            await using var transaction = await StoreTransaction.BeginAsync(scope.GetRequiredService<Store>(), cancel);
            await documents.WriteAsync(missing, cancel);
            await transaction.CommitAsync(cancel);
        }));
    }

    /// <summary>One that fails stops none of the others.</summary>
    /// <exception cref="AggregateException">At some it failed: each is named, and they are tried again.</exception>
    public static async Task AtEachAsync(IReadOnlyList<string> stations, Func<string, Task> act)
    {
        var failed = new List<Exception>();
        foreach (var station in stations)
        {
            try
            {
                await act(station);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed.Add(new InvalidOperationException($"{station}: {e.Message}", e));
            }
        }
        if (failed.Count > 0) throw new AggregateException(failed);
    }
}

/// <summary><c>Station.ProvinceDocuments</c>: takes over the province's documents at set-up.</summary>
public sealed class ProvinceDocumentsStep(ProvinceDocuments documents) : IRecipeStep
{
    public string Name => "Station.ProvinceDocuments";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        if (plan.Tenant.IsProvince) throw new DocumentException(plan.Recipe.File, step.Path, "省级租户是这些文档的来源，不能使用此步骤");
        var missing = await documents.MissingAsync(cancel);
        if (missing.Count == 0)
        {
            plan.Unchanged.Add("省级文档");
            return;
        }
        plan.FromProvince.AddRange(missing);
        plan.Changes.Add(new PlannedChange($"+ 省级文档 {missing.Count} 份", () => documents.WriteAsync(missing, cancel)));
    }
}
