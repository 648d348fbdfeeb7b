using Platform.Storage;
using Platform.Tenancy;
using Web.Host;
using Web.SignIn;

namespace Web.Verbs;

/// <summary>The product without its web server, for one verb.</summary>
internal sealed class Maintenance : IAsyncDisposable
{
    private Maintenance(WebApplication app) => App = app;

    private WebApplication App { get; }

    public IServiceProvider Services => App.Services;

    public Tenants Tenants => App.Services.GetRequiredService<Tenants>();

    /// <summary>Opens the installation; the host store is brought up to date because every verb reads the tenants.</summary>
    public static async Task<Maintenance> OpenAsync()
    {
        var maintenance = new Maintenance(Serving.Build(Verb.Settings));
        try
        {
            await maintenance.Services.GetRequiredService<FirstStart>().OpenAsync(Console.WriteLine);
            return maintenance;
        }
        catch
        {
            await maintenance.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="VerbException">No such tenant.</exception>
    public Tenant Tenant(string name) => Tenants.Find(name)
        ?? throw new VerbException($"没有租户 {name}，现有：{string.Join("、", Tenants.All.Select(t => t.Name))}");

    /// <exception cref="VerbException">No such tenant, or it has not been set up.</exception>
    /// <exception cref="StoreRefusedException">Its store is not its own.</exception>
    public async Task<Tenant> RunningTenantAsync(string name)
    {
        var tenant = Tenant(name);
        if (tenant.State != TenantState.Running) throw new VerbException($"租户 {name} 的状态是 {tenant.State}，请先运行 recipe apply {name}");
        await Services.GetRequiredService<StoreCheck>().TenantsAsync([tenant]);
        return tenant;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
