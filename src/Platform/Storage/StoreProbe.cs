using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Where one store lies.</summary>
/// <param name="Postgres">Connection string; null on SQLite.</param>
/// <param name="Name">File, or schema.</param>
internal sealed record StorePlace(string? Postgres, string Name);

/// <summary>Reads stores as they lie, before anything of the product opens them: makes nothing and writes nothing.</summary>
internal sealed class StoreProbe(StorageSettings settings) : IAsyncDisposable
{
    private readonly Dictionary<string, NpgsqlConnection> _servers = new(StringComparer.Ordinal);

    public StorePlace Host => settings.Postgres is { } postgres ? new StorePlace(postgres, "host") : new StorePlace(null, Path.Combine(settings.AppData, "host.db"));

    public StorePlace Of(Tenant tenant) => (tenant.ConnectionString ?? settings.Postgres) is { } postgres
        ? new StorePlace(postgres, Stores.SchemaOf(tenant)) : new StorePlace(null, Path.Combine(settings.AppData, tenant.Name + ".db"));

    /// <summary>Whether there is any store at all where the installation keeps its own.</summary>
    public async Task<bool> AnyAsync()
    {
        if (settings.Postgres is null) return Directory.Exists(settings.AppData) && Directory.EnumerateFiles(settings.AppData, "*.db").Any(f => new FileInfo(f).Length > 0);
        return (await RowsAsync(new StorePlace(settings.Postgres, ""), @"SELECT 1 FROM pg_namespace WHERE nspname = 'host' OR nspname LIKE 't\_%' LIMIT 1")).Count > 0;
    }

    public async Task<bool> ExistsAsync(StorePlace place) => place.Postgres is null
        ? File.Exists(place.Name) && new FileInfo(place.Name).Length > 0
        : (await RowsAsync(place, $"SELECT 1 FROM pg_namespace WHERE nspname = '{place.Name}'")).Count > 0;

    /// <summary>Null where the store does not say.</summary>
    public async Task<StoreIdentity?> IdentityAsync(StorePlace place) =>
        await ExistsAsync(place) && await HasTableAsync(place, StoreIdentity.Table) && await RowsAsync(place, $"SELECT \"Installation\", \"Owner\", \"MasterKey\" FROM {Named(place, StoreIdentity.Table)}") is [var row, ..]
            ? new StoreIdentity { Installation = row[0], Owner = row[1], MasterKey = row[2] } : null;

    public async Task<bool> HasTableAsync(StorePlace place, string table) => (await RowsAsync(place, place.Postgres is null
        ? $"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
        : $"SELECT 1 FROM pg_tables WHERE schemaname = '{place.Name}' AND tablename = '{table}'")).Count > 0;

    /// <summary>Rows of a table of the store as texts; an absent value is empty.</summary>
    public Task<IReadOnlyList<IReadOnlyList<string>>> TableAsync(StorePlace place, string table, params string[] columns) =>
        RowsAsync(place, $"SELECT {string.Join(", ", columns.Select(c => $"\"{c}\""))} FROM {Named(place, table)}");

    private static string Named(StorePlace place, string table) => place.Postgres is null ? $"\"{table}\"" : $"\"{place.Name}\".\"{table}\"";

    private async Task<IReadOnlyList<IReadOnlyList<string>>> RowsAsync(StorePlace place, string sql)
    {
        if (place.Postgres is { } server) return await ReadAsync(await ServerAsync(server), sql);
        await using var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = place.Name, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await file.OpenAsync();
        return await ReadAsync(file, sql);
    }

    private async Task<NpgsqlConnection> ServerAsync(string server)
    {
        if (_servers.TryGetValue(server, out var open)) return open;
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ToString());
        await connection.OpenAsync();
        return _servers[server] = connection;
    }

    private static async Task<IReadOnlyList<IReadOnlyList<string>>> ReadAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyList<string>>();
        while (await reader.ReadAsync()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetValue(i).ToString()!)]);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
    }
}
