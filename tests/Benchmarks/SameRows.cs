using System.Data.Common;
using Harness;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Benchmarks;

/// <summary>What a step has written, written once more under other ids by plain ADO.NET in one commit: the least any program could do.</summary>
internal sealed class SameRows : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly List<(string Table, Dictionary<string, object> Values)> _inserts = [];
    private readonly List<(string Sql, object[] Values)> _updates = [];
    private int _leaves;

    private SameRows(DbConnection connection) => _connection = connection;

    /// <summary>Bytes of text, pictures, signatures and documents in the rows last read.</summary>
    public long Bytes => _inserts.SelectMany(i => i.Values.Values).Concat(_updates.SelectMany(u => u.Values))
        .Sum(v => v is byte[] bytes ? bytes.LongLength : v is string text ? System.Text.Encoding.UTF8.GetByteCount(text) : 0);

    public int Rows => _inserts.Count + _updates.Count;

    public static async Task<SameRows> OpenAsync(Installation server, string station)
    {
        DbConnection connection = server.Postgres is { } postgres
            ? new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres) { SearchPath = "t_" + station }.ToString())
            : new SqliteConnection("Data Source=" + Path.Combine(server.AppData, station + ".db"));
        await connection.OpenAsync();
        if (connection is SqliteConnection)
        {
            await using var pragmas = connection.CreateCommand();
            pragmas.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA busy_timeout=30000;";
            await pragmas.ExecuteNonQueryAsync();
        }
        return new SameRows(connection);
    }

    /// <summary>Takes the rows of a step as the template of what is written next.</summary>
    public async Task ReadAsync(Guid visit, string step)
    {
        _inserts.Clear();
        _updates.Clear();
        var subject = "visit:" + visit;
        var submission = (await ReadAsync("submissions", "\"SubjectId\" = {0} AND \"Step\" = {1}", visit, step)).Single();
        var at = submission["At"];
        Insert("handwritings", await ReadAsync("handwritings", "\"SubmissionId\" = {0}", submission["Id"]), "SubmissionId");
        Insert("signatures", await ReadAsync("signatures", "\"SubmissionId\" = {0}", submission["Id"]), "SubmissionId", "SubjectId");
        Insert("record_documents", await ReadAsync("record_documents", "\"SubmissionId\" = {0}", submission["Id"]), "Id", "SubjectId");
        Insert("submissions", [submission], "Id", "SubjectId");
        Insert("verdicts", await ReadAsync("verdicts", "\"VisitId\" = {0} AND \"At\" = {1}", visit, at), "Id", "VisitId");
        Insert("audit", await ReadAsync("audit", "\"Subject\" = {0} AND \"At\" = {1}", subject, at));
        Insert("user_tasks", await ReadAsync("user_tasks", "\"Subject\" = {0} AND \"OpenedAt\" = {1}", subject, at), "Id");
        Insert("operations", (await ReadAsync("operations", "\"At\" >= {0} ORDER BY \"At\"", at)).Take(1), "Id");
        foreach (var entry in _inserts.Where(i => i.Table == "audit")) entry.Values.Remove("Id");
        var leaves = await ReadAsync("evidence_leaves", "\"Subject\" = {0} AND \"At\" = {1}", subject, at);
        Insert("evidence_leaves", leaves);
        _leaves = leaves.Count;
        var instance = (await ReadAsync("workflow_instances", "\"Subject\" = {0}", subject)).Single();
        Insert("timers", await ReadAsync("timers", "\"InstanceId\" = {0} AND \"DoneAt\" IS NULL", instance["Id"]), "Id");
        var row = (await ReadAsync("visits", "\"Id\" = {0}", visit)).Single();
        var closed = (await ReadAsync("user_tasks", "\"Subject\" = {0} AND \"Step\" = {1}", subject, step)).Single();
        _updates.Add(("UPDATE workflow_instances SET \"StateJson\" = {0}, \"Status\" = {1}, \"Revision\" = {2} WHERE \"Id\" = {3}", [instance["StateJson"], instance["Status"], instance["Revision"], instance["Id"]]));
        _updates.Add(("UPDATE visits SET \"HistoryJson\" = {0}, \"SampleNumber\" = {1}, \"PrintsJson\" = {2} WHERE \"Id\" = {3}", [row["HistoryJson"], row["SampleNumber"], row["PrintsJson"], row["Id"]]));
        _updates.Add(("UPDATE user_tasks SET \"ClosedAt\" = {0}, \"ClosedBy\" = {1} WHERE \"Id\" = {2}", [closed["ClosedAt"], closed["ClosedBy"], closed["Id"]]));
        _updates.Add(("DELETE FROM drafts WHERE \"Subject\" = {0} AND \"Step\" = {1}", [subject, step]));
    }

    /// <summary>One transaction: takes the leaf numbers as the product does, then writes everything.</summary>
    public async Task WriteAsync()
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        var last = await TakeLeafNumbersAsync(transaction);
        foreach (var leaf in _inserts.Where(i => i.Table == "evidence_leaves")) leaf.Values["Index"] = last++;
        if (_connection.CanCreateBatch) await BatchAsync(transaction);
        else await OneByOneAsync(transaction);
        await transaction.CommitAsync();
    }

    private async Task<long> TakeLeafNumbersAsync(DbTransaction transaction)
    {
        await using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"UPDATE number_series SET \"Last\" = \"Last\" + {_leaves} WHERE \"Key\" = 'evidence-tree' RETURNING \"Last\" - {_leaves}";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task BatchAsync(DbTransaction transaction)
    {
        await using var batch = _connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var (sql, values) in Statements())
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = Text(sql, values.Length);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync();
    }

    private async Task OneByOneAsync(DbTransaction transaction)
    {
        foreach (var (sql, values) in Statements())
        {
            await using var command = Command(sql, values);
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
        }
    }

    private IEnumerable<(string Sql, object[] Values)> Statements() =>
        _inserts.Select(i => (
            $"INSERT INTO {i.Table} ({string.Join(", ", i.Values.Keys.Select(k => $"\"{k}\""))}) VALUES ({string.Join(", ", i.Values.Select((_, n) => $"{{{n}}}"))})",
            i.Values.Values.ToArray())).Concat(_updates);

    private void Insert(string table, IEnumerable<Dictionary<string, object>> rows, params string[] ids)
    {
        foreach (var row in rows)
        {
            foreach (var id in ids) row[id] = row[id] is Guid ? Guid.NewGuid() : Guid.NewGuid().ToString().ToUpperInvariant();
            _inserts.Add((table, row));
        }
    }

    private async Task<List<Dictionary<string, object>>> ReadAsync(string table, string where, params object[] values)
    {
        await using var command = Command($"SELECT * FROM {table} WHERE {where}", values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, object>>();
        while (await reader.ReadAsync()) rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue));
        return rows;
    }

    private DbCommand Command(string sql, object[] values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = Text(sql, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            if (parameter is SqliteParameter) parameter.ParameterName = "$" + (i + 1);
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Both databases know numbered parameters as <c>$1</c>.</summary>
    private static string Text(string sql, int values) => string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, [.. Enumerable.Range(1, values).Select(i => "$" + i)]);

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
