using Microsoft.EntityFrameworkCore;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Puts into a tenant's store what a module needs there before the first request. Runs after every migration and leaves alone what is there.</summary>
public interface ITenantSetUp
{
    Task SetUpAsync(Tenant tenant, CancellationToken cancel = default);
}

/// <summary>A store was made by another build whose tables this one does not know.</summary>
/// <param name="migration">The newest migration the store carries.</param>
public sealed class OtherBuildException(string schema, string migration) : Exception(
    $"数据库 {schema} 是另一版本的程序建立的（{migration}）。1.0 以前各版本的数据库结构不能互相升级：请用建立它的版本运行，或先移走数据（SQLite 为 App_Data 文件夹）后重新开始。数据没有改动。");

/// <summary>Brings stores to the current schema: by the verb <c>migrate</c>, or at start where the demo or a new tenant needs it; never by a request.</summary>
public sealed class Migrator(Stores stores, MasterKey master, IEnumerable<ITenantSetUp> setUps)
{
    /// <summary>Name of the newest migration this program carries.</summary>
    public string Current(Tenant tenant)
    {
        using var store = stores.Open(tenant);
        return store.Database.GetMigrations().Last();
    }

    public async Task MigrateHostAsync(CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost(asOwner: true);
        await MigrateAsync(host, Stores.HostSchema, cancel, Jobs.ScheduleTables.Statements());
        await host.IdentifyAsync(master);
    }

    public async Task MigrateAsync(Tenant tenant, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        await MigrateAsync(store, Stores.SchemaOf(tenant), cancel);
        await using (var host = stores.OpenHost()) await store.IdentifyAsync(tenant, host, master);
        await EvidenceGuard.ApplyAsync(store, stores.Tables.Evidence, cancel);
        foreach (var setUp in setUps) await setUp.SetUpAsync(tenant, cancel);
    }

    /// <summary>Makes the tables of an empty store, to be filled and then migrated; until then nothing guards them.</summary>
    public async Task MakeTablesAsync(Tenant tenant, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        await MigrateAsync(store, Stores.SchemaOf(tenant), cancel);
    }

    public async Task<IReadOnlyList<string>> UnguardedAsync(Tenant tenant, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        return await EvidenceGuard.MissingAsync(store, stores.Tables.Evidence, cancel);
    }

    private static async Task MigrateAsync(DbContext store, string schema, CancellationToken cancel, IEnumerable<string>? besides = null)
    {
        await RefuseOtherBuildAsync(store, schema, cancel);
        if (store.Database.IsNpgsql())
            foreach (var statement in Schema(schema)) await store.Database.ExecuteSqlRawAsync(statement, cancel);
        await store.Database.MigrateAsync(cancel);
        if (store.Database.IsNpgsql())
            foreach (var statement in (besides ?? []).Concat(Grants(schema))) await store.Database.ExecuteSqlRawAsync(statement, cancel);
    }

    /// <summary>Until release 1.0 a store has the one migration of the build that made it.</summary>
    private static async Task RefuseOtherBuildAsync(DbContext store, string schema, CancellationToken cancel)
    {
        if (!await store.Database.CanConnectAsync(cancel)) return;
        var foreign = (await store.Database.GetAppliedMigrationsAsync(cancel)).Except(store.Database.GetMigrations()).ToList();
        if (foreign.Count > 0) throw new OtherBuildException(schema, foreign[^1]);
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
