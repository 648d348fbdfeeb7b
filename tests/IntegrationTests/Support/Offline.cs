using Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;

namespace IntegrationTests.Support;

/// <summary>The product's own parts in this process, on the data of a server that has been stopped.</summary>
internal sealed class Offline : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Offline(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public static async Task<Offline> OpenAsync(Installation server)
    {
        var app = Serving.Build([$"--AppData={server.AppData}", $"--TenantConfig={server.TenantConfig}", $"--Library={Installation.Repository}", "--environment=Development", .. server.Postgres is { } postgres ? [$"--ConnectionStrings:Store={postgres}"] : Array.Empty<string>()]);
        await app.Services.GetRequiredService<Tenants>().ReloadAsync();
        return new Offline(app);
    }

    public Task<T> AtAsync<T>(string tenant, Func<IServiceProvider, Task<T>> work) => _app.Services.GetRequiredService<Tenants>().RunAsync(tenant, work);

    /// <summary>What the check of a tenant's evidence finds.</summary>
    /// <param name="only">The one table whose seals are looked at; null for all.</param>
    public Task<List<EvidenceFinding>> FindingsAsync(string tenant, string? only = null) => AtAsync(tenant, async services =>
        await services.GetRequiredService<EvidenceCheck>().RunAsync(only is null ? services.GetRequiredService<StoreTables>().Evidence : [only]).ToListAsync());

    /// <summary>What somebody does first who owns the database: takes the triggers away.</summary>
    public async Task LiftGuardAsync(Installation server, string tenant)
    {
        var owner = new Database(server, tenant);
        foreach (var table in Services.GetRequiredService<StoreTables>().Evidence)
            foreach (var kind in Database.IsSqlite ? ["update", "delete", "replace"] : new[] { "row", "truncate" })
                await owner.ExecuteAsync($"DROP TRIGGER \"guard_{table}_{kind}\"" + (Database.IsSqlite ? "" : $" ON \"{table}\""));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
