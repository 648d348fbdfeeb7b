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
        var app = Serving.Build(Verb.Settings);
        await app.Services.GetRequiredService<Migrator>().MigrateHostAsync();
        await app.Services.GetRequiredService<FirstStart>().ImportAsync();
        return new Maintenance(app);
    }

    /// <exception cref="VerbException">No such tenant.</exception>
    public Tenant Tenant(string name) => Tenants.Find(name)
        ?? throw new VerbException($"没有租户 {name}，现有：{string.Join("、", Tenants.All.Select(t => t.Name))}");

    /// <exception cref="VerbException">No such tenant, or it has not been set up.</exception>
    public Tenant RunningTenant(string name) => Tenant(name) is { State: TenantState.Running } tenant ? tenant
        : throw new VerbException($"租户 {name} 的状态是 {Tenant(name).State}，请先运行 recipe apply {name}");

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
