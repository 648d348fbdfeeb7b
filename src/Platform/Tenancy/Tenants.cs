using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;

namespace Platform.Tenancy;

/// <summary>All tenants of this process, as an immutable table that is replaced when one changes.</summary>
public sealed class Tenants(IServiceScopeFactory scopes)
{
    private volatile TenantTable _table = new([]);
    private volatile IReadOnlyDictionary<string, Tenant> _byName = new Dictionary<string, Tenant>();

    public IEnumerable<Tenant> All => _byName.Values.OrderBy(t => t.IsProvince ? 0 : 1).ThenBy(t => t.Name, StringComparer.Ordinal);

    public (Tenant Tenant, bool ByPrefix)? Resolve(string host, string path) => _table.Resolve(host, path);

    public Tenant? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads the list again; called at start and after every change of a tenant.</summary>
    public async Task ReloadAsync(CancellationToken cancel = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var host = scope.ServiceProvider.GetRequiredService<HostStore>();
        var all = await host.Tenants.AsNoTracking().ToListAsync(cancel);
        _byName = all.ToDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);
        _table = new TenantTable(all.Where(t => t.State != TenantState.Disabled));
    }

    /// <summary>Writes one tenant's row and makes it visible to this process.</summary>
    public async Task SaveAsync(Tenant tenant, CancellationToken cancel = default)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            var host = scope.ServiceProvider.GetRequiredService<HostStore>();
            var exists = await host.Tenants.AnyAsync(t => t.Name == tenant.Name, cancel);
            host.Entry(tenant).State = exists ? EntityState.Modified : EntityState.Added;
            await host.SaveChangesAsync(cancel);
        }
        await ReloadAsync(cancel);
    }

    /// <summary>Runs work in a scope of its own that belongs to the named tenant. Jobs, verbs and the province's reach into a station all go through here.</summary>
    /// <exception cref="TenantUnavailableException">Unknown, disabled or invalid.</exception>
    public async Task<T> RunAsync<T>(string name, Func<IServiceProvider, Task<T>> work)
    {
        var tenant = Find(name) ?? throw new TenantUnavailableException(name, "没有这个租户");
        if (tenant.State is TenantState.Disabled or TenantState.Invalid)
            throw new TenantUnavailableException(name, tenant.Incident ?? "租户已停用");
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        return await work(scope.ServiceProvider);
    }

    public Task RunAsync(string name, Func<IServiceProvider, Task> work) =>
        RunAsync<object?>(name, async services =>
        {
            await work(services);
            return null;
        });
}

public sealed class TenantUnavailableException(string name, string reason) : Exception($"租户 {name} 不可用：{reason}");
