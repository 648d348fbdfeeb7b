using System.Data.Common;
using System.Globalization;
using Harness;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Storage;

namespace IntegrationTests.Support;

/// <summary>A tenant's database as somebody with a plain client sees it: none of the product's settings, no interceptor.</summary>
/// <param name="asServing">On PostgreSQL: as the role the product serves with, otherwise as the owner.</param>
internal sealed class Database(Installation server, string tenant, bool asServing = false)
{
    public static bool IsSqlite => !Installation.OnPostgres;

    public async Task<IReadOnlyList<IReadOnlyList<string?>>> RowsAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyList<string?>>();
        while (await reader.ReadAsync()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i).ToString())]);
        return rows;
    }

    public async Task<long> CountAsync(string table) => long.Parse((await RowsAsync($"SELECT count(*) FROM {table}"))[0][0]!);

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The database's own words when it refuses; null when it does not.</summary>
    public async Task<string?> RefusalAsync(string sql)
    {
        try
        {
            await ExecuteAsync(sql);
            return null;
        }
        catch (DbException e)
        {
            return e.Message;
        }
    }

    /// <summary>Changes one bit of the last byte of a column of bytes in one row.</summary>
    /// <param name="where">The row: a condition, and an order where several meet it.</param>
    public async Task FlipAsync(string table, string column, string where)
    {
        var (row, read, written) = IsSqlite ? ("rowid", "hex", "x'{0}'") : ("ctid", "encode", "decode('{0}', 'hex')");
        var found = (await RowsAsync($"SELECT {row}, {read}(\"{column}\"{(IsSqlite ? "" : ", 'hex'")}) FROM {table} WHERE {where} LIMIT 1"))[0];
        var bytes = Convert.FromHexString(found[1]!);
        bytes[^1] ^= 1;
        await ExecuteAsync($"UPDATE {table} SET \"{column}\" = {string.Format(CultureInfo.InvariantCulture, written, Convert.ToHexString(bytes))} WHERE {row} = '{found[0]}'");
    }

    private async Task<DbConnection> OpenAsync()
    {
        if (server.Postgres is null)
        {
            var sqlite = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(server.AppData, tenant + ".db"), Pooling = false }.ToString());
            await sqlite.OpenAsync();
            return sqlite;
        }
        var postgres = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.Postgres) { SearchPath = tenant == "host" ? "host" : "t_" + tenant.ToLowerInvariant(), Pooling = false }.ToString());
        await postgres.OpenAsync();
        if (!asServing) return postgres;
        await using var role = new NpgsqlCommand($"SET ROLE {Stores.ServingRole}", postgres);
        await role.ExecuteNonQueryAsync();
        return postgres;
    }
}
