using Microsoft.EntityFrameworkCore;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Puts into a tenant's store what a module needs there before the first request. Runs after every migration and leaves alone what is there.</summary>
public interface ITenantSetUp
{
    Task SetUpAsync(Tenant tenant, CancellationToken cancel = default);
}

/// <summary>Brings stores to the current schema: by the verb <c>migrate</c>, or at start where the demo or a new tenant needs it; never by a request.</summary>
public sealed class Migrator(Stores stores, IEnumerable<ITenantSetUp> setUps)
{
    /// <summary>Name of the newest migration this program carries.</summary>
    public string Current(Tenant tenant)
    {
        using var store = stores.Open(tenant);
        return store.Database.GetMigrations().Last();
    }

    /// <param name="name">Name of a migration, without its number.</param>
    public bool Knows(Tenant tenant, string name)
    {
        using var store = stores.Open(tenant);
        return store.Database.GetMigrations().Any(m => IsNamed(m, name));
    }

    public async Task MigrateHostAsync(CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost(asOwner: true);
        await MigrateAsync(host, "host", null, cancel);
    }

    public async Task MigrateAsync(Tenant tenant, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        await MigrateAsync(store, Stores.SchemaOf(tenant), null, cancel);
        await EvidenceGuard.ApplyAsync(store, stores.Tables.Evidence, cancel);
        foreach (var setUp in setUps) await setUp.SetUpAsync(tenant, cancel);
    }

    /// <summary>Brings an empty store to an earlier schema, to be filled and then migrated; until then nothing guards it.</summary>
    internal async Task MigrateToAsync(Tenant tenant, string name, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        await MigrateAsync(store, Stores.SchemaOf(tenant), store.Database.GetMigrations().Single(m => IsNamed(m, name)), cancel);
    }

    private static bool IsNamed(string migration, string name) => migration.EndsWith("_" + name, StringComparison.Ordinal);

    public async Task<IReadOnlyList<string>> UnguardedAsync(Tenant tenant, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        return await EvidenceGuard.MissingAsync(store, stores.Tables.Evidence, cancel);
    }

    private static async Task MigrateAsync(DbContext store, string schema, string? target, CancellationToken cancel)
    {
        if (store.Database.IsNpgsql())
            foreach (var statement in Schema(schema)) await store.Database.ExecuteSqlRawAsync(statement, cancel);
        await store.Database.MigrateAsync(target, cancel);
        if (store.Database.IsNpgsql())
            foreach (var statement in Grants(schema)) await store.Database.ExecuteSqlRawAsync(statement, cancel);
    }

    private static IEnumerable<string> Schema(string schema) =>
    [
        // Two stations set up at once may both find the role missing: the second finds it made.
        $"DO $$ BEGIN CREATE ROLE {Stores.ServingRole} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        $"GRANT {Stores.ServingRole} TO CURRENT_USER",
        $"CREATE SCHEMA IF NOT EXISTS \"{schema}\"",
    ];

    private static IEnumerable<string> Grants(string schema) =>
    [
        $"GRANT USAGE ON SCHEMA \"{schema}\" TO {Stores.ServingRole}",
        $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"{schema}\" TO {Stores.ServingRole}",
        $"GRANT USAGE ON ALL SEQUENCES IN SCHEMA \"{schema}\" TO {Stores.ServingRole}",
    ];
}
