using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;

namespace Web.Verbs;

/// <summary>A tenant's documents, also before it is set up: then those its recipe would bring, worked out in a store that goes when this is closed. Nothing of the installation is changed.</summary>
internal sealed class Rehearsal : IAsyncDisposable
{
    private readonly Maintenance _maintenance;
    private readonly List<IDisposable> _standIns = [];

    private Rehearsal(Maintenance maintenance, Tenant tenant) => (_maintenance, Tenant) = (maintenance, tenant);

    public Tenant Tenant { get; }

    /// <summary>The tenant's recipe as it would be applied; null until it is planned.</summary>
    public RecipePlan? Plan { get; private set; }

    /// <summary>Opens a tenant; of one without a store the recipe is planned.</summary>
    /// <exception cref="VerbException">No such tenant, or one that has been stopped.</exception>
    public static async Task<Rehearsal> OpenAsync(Maintenance maintenance, string name)
    {
        var tenant = maintenance.Tenant(name);
        if (tenant.State is TenantState.Disabled or TenantState.Invalid) throw new VerbException($"租户 {name} 的状态是 {tenant.State}，不能查看");
        var rehearsal = new Rehearsal(maintenance, tenant);
        if (tenant.State == TenantState.Running) return rehearsal;
        try
        {
            var province = maintenance.Tenants.Find(Tenant.Province);
            if (!tenant.IsProvince && province is { State: TenantState.Uninitialized or TenantState.Initializing }) await rehearsal.SetUpAsync(province);
            rehearsal.Plan = await rehearsal.SetUpAsync(tenant);
            return rehearsal;
        }
        catch
        {
            await rehearsal.DisposeAsync();
            throw;
        }
    }

    public Task<T> RunAsync<T>(Func<IServiceProvider, Task<T>> use) => _maintenance.Tenants.RunAsync(Tenant.Name, use);

    /// <summary>Plans the tenant's recipe; what is wrong with a province that is not set up either is wrong with its stations.</summary>
    public async Task<RecipePlan> PlanAsync() => Plan ??= await RunAsync(services => PlanAsync(services, Tenant));

    public ValueTask DisposeAsync()
    {
        foreach (var standIn in _standIns) standIn.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RecipePlan> SetUpAsync(Tenant tenant)
    {
        _standIns.Add(_maintenance.Services.GetRequiredService<Stores>().StandIn(tenant));
        await _maintenance.Services.GetRequiredService<Migrator>().MakeTablesAsync(tenant, CancellationToken.None);
        return await _maintenance.Tenants.RunAsync(tenant.Name, async services =>
        {
            var plan = await PlanAsync(services, tenant);
            if (tenant.Name != Tenant.Name && plan.Findings.Count > 0) throw new SetException(plan.Findings);
            await KeepAsync(services, plan);
            return plan;
        });
    }

    private Task<RecipePlan> PlanAsync(IServiceProvider services, Tenant tenant)
    {
        var start = _maintenance.Services.GetRequiredService<FirstStart>();
        return services.GetRequiredService<RecipeRun>().PlanAsync(Recipe.Read(start.RecipeFile(tenant)), start.Demo);
    }

    /// <summary>The documents only: no accounts, no donors, nothing claimed.</summary>
    private static async Task KeepAsync(IServiceProvider services, RecipePlan plan)
    {
        var (store, publisher) = (services.GetRequiredService<Store>(), services.GetRequiredService<Publisher>());
        await using var transaction = await StoreTransaction.BeginAsync(store);
        store.AddRange(plan.FromProvince);
        publisher.Vouch(plan.FromProvince, Platform.Tenancy.Tenant.Province, ApprovalStatement.FromProvince, "省级文档");
        publisher.SetUp(plan.Drafts);
        await publisher.RaiseRevisionAsync();
        await transaction.CommitAsync();
    }
}
