using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Where data lives.</summary>
/// <param name="AppData">Folder of the SQLite files and, unless the environment gives it, of the master key.</param>
/// <param name="Postgres">Connection string that puts host and tenants on PostgreSQL, a schema each; null for SQLite.</param>
public sealed record StorageSettings(string AppData, string? Postgres)
{
    /// <summary>Assembly that carries the migrations of both databases.</summary>
    public required string MigrationsAssembly { get; init; }
}

/// <summary>Opens stores. On PostgreSQL one pool serves all tenants of a server; each opening names its schema, and forgetting it fails.</summary>
public sealed class Stores(StorageSettings settings, StoreTables tables, MasterKey master) : IAsyncDisposable
{
    /// <summary>The role that serves: it owns nothing, so it cannot lift a trigger or empty a table.</summary>
    public const string ServingRole = "bloodstation_serving";

    public const string HostSchema = "host";

    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _writers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, string> _standIns = new(StringComparer.OrdinalIgnoreCase);

    public StoreTables Tables => tables;

    /// <summary>Opens a tenant's store. <paramref name="asOwner"/> is for migrations only.</summary>
    public Store Open(Tenant tenant, bool asOwner = false)
    {
        var seal = EvidenceSeal.KeyOf(master, tenant.TenantId);
        if (PostgresOf(tenant) is { } postgres)
            return new PostgresStore(Postgres<PostgresStore>(postgres, SchemaOf(tenant), asOwner), tables) { SealKey = seal };
        return new SqliteStore(Sqlite<SqliteStore>(_standIns.GetValueOrDefault(tenant.Name) ?? SqliteFile(tenant.Name)), tables) { SealKey = seal, Writer = Writer(tenant.Name) };
    }

    /// <summary>Until it is disposed of, this process keeps the tenant's data in an empty file that goes with it: for a tenant without a store, to work out what one would hold.</summary>
    public IDisposable StandIn(Tenant tenant) => new StandInStore(_standIns, tenant.Name);

    private sealed class StandInStore : IDisposable
    {
        private readonly ConcurrentDictionary<string, string> _standIns;
        private readonly string _tenant;
        private readonly string _folder = Directory.CreateTempSubdirectory("stand-in-").FullName;

        public StandInStore(ConcurrentDictionary<string, string> standIns, string tenant)
        {
            (_standIns, _tenant) = (standIns, tenant);
            standIns[tenant] = Path.Combine(_folder, "store.db");
        }

        public void Dispose()
        {
            _standIns.TryRemove(_tenant, out _);
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, recursive: true);
        }
    }

    public HostStore OpenHost(bool asOwner = false) => settings.Postgres is { } postgres
        ? new PostgresHostStore(Postgres<PostgresHostStore>(postgres, HostSchema, asOwner))
        : new SqliteHostStore(Sqlite<SqliteHostStore>(SqliteFile("host")));

    /// <summary>Connections to the host's schema for what opens its own, in the role that serves.</summary>
    /// <exception cref="InvalidOperationException">The host does not lie on PostgreSQL.</exception>
    internal NpgsqlDataSource HostSource() => _sources.GetOrAdd("host:" + settings.Postgres, _ =>
    {
        var builder = new NpgsqlDataSourceBuilder(settings.Postgres ?? throw new InvalidOperationException("the host is not on PostgreSQL"));
        (builder.ConnectionStringBuilder.SearchPath, builder.ConnectionStringBuilder.Options) = (HostSchema, $"-c role={ServingRole}");
        return builder.Build();
    });

    public string? PostgresOf(Tenant tenant) => _standIns.ContainsKey(tenant.Name) ? null : tenant.ConnectionString ?? settings.Postgres;

    public string SqliteFile(string name) => Path.Combine(settings.AppData, name + ".db");

    /// <summary>What every PostgreSQL connection begins with: the schema, and unless it migrates the role that owns nothing.</summary>
    public static string OnOpening(string schema, bool asOwner) =>
        $"SET search_path TO \"{schema}\";" + (asOwner ? "" : $" SET ROLE {ServingRole};");

    /// <summary>Schema of a tenant: its name, lower case, prefixed so that it cannot meet a schema of the server's own.</summary>
    public static string SchemaOf(Tenant tenant) => "t_" + tenant.Name.ToLowerInvariant();

    /// <summary>Where a tenant's data lies, in words.</summary>
    public string PlaceOf(Tenant tenant) => PostgresOf(tenant) is null ? $"数据库文件 {SqliteFile(tenant.Name)}" : $"数据库架构 {SchemaOf(tenant)}";

    /// <summary>Whether any table of the tenant's store, known to this program or not, has a row. Makes nothing.</summary>
    public async Task<bool> HoldsRowsAsync(Tenant tenant, CancellationToken cancel = default)
    {
        if (PostgresOf(tenant) is null && !File.Exists(SqliteFile(tenant.Name))) return false;
        await using var store = Open(tenant, asOwner: true);
        var names = await store.Database.SqlQueryRaw<string>(store.Database.IsSqlite()
            ? "SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('migrations', '__EFMigrationsLock')"
            : "SELECT tablename AS \"Value\" FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'migrations'").ToListAsync(cancel);
        if (names.Count == 0) return false;
        var any = string.Join(" OR ", names.Select(name => $"EXISTS (SELECT 1 FROM \"{name}\")"));
        await store.Database.OpenConnectionAsync(cancel);
        await using var command = store.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT CASE WHEN {any} THEN 1 ELSE 0 END";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture) == 1;
    }

    /// <summary>Removes a tenant's whole store.</summary>
    internal async Task DropAsync(Tenant tenant)
    {
        await using var store = Open(tenant, asOwner: true);
        if (PostgresOf(tenant) is not null)
        {
            await store.Database.OpenConnectionAsync();
            await using var command = store.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"DROP SCHEMA IF EXISTS \"{SchemaOf(tenant)}\" CASCADE";
            await command.ExecuteNonQueryAsync();
            return;
        }
        SqliteConnection.ClearAllPools();
        foreach (var end in new[] { "", "-wal", "-shm" }) File.Delete(SqliteFile(tenant.Name) + end);
    }

    /// <summary>SQLite has one writer: waiting in line here is fair, polling its lock is not.</summary>
    private SemaphoreSlim Writer(string name) => _writers.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));

    private DbContextOptions<T> Sqlite<T>(string file) where T : DbContext
    {
        Directory.CreateDirectory(settings.AppData);
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        return new DbContextOptionsBuilder<T>()
            .UseSqlite(connection, sqlite => sqlite.MigrationsAssembly(settings.MigrationsAssembly).MigrationsHistoryTable("migrations"))
            .AddInterceptors(SqlitePragmas.Instance)
            .Options;
    }

    private DbContextOptions<T> Postgres<T>(string connection, string schema, bool asOwner) where T : DbContext
    {
        var source = _sources.GetOrAdd(connection, c =>
        {
            var builder = new NpgsqlDataSourceBuilder(c);
            builder.ConnectionStringBuilder.SearchPath = "no_tenant_chosen";
            return builder.Build();
        });
        return new DbContextOptionsBuilder<T>()
            .UseNpgsql(source, postgres => postgres.MigrationsAssembly(settings.MigrationsAssembly).MigrationsHistoryTable("migrations", schema))
            .AddInterceptors(new SearchPath(schema, asOwner))
            .Options;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values) await source.DisposeAsync();
        foreach (var writer in _writers.Values) writer.Dispose();
    }

    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        public static readonly SqlitePragmas Instance = new();
        private const string Sql = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Opened(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Opened(connection);
            return Task.CompletedTask;
        }

        /// <summary>The files beside it, which SQLite makes with the mode of this one, come with the first of these statements.</summary>
        private static void Opened(DbConnection connection)
        {
            PrivateFile.Close(connection.DataSource);
            Run(connection, Sql);
        }
    }

    private sealed class SearchPath(string schema, bool asOwner) : DbConnectionInterceptor
    {
        private readonly string _sql = OnOpening(schema, asOwner);

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Run(connection, _sql);

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = _sql;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static void Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
