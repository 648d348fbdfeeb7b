using System.Data.Common;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Platform.Storage;

/// <summary>Puts the rows of a backup into an empty store, inside the caller's transaction. Row by row, whatever the size.</summary>
internal static class BackupRows
{
    private const int RowsAtOnce = 100;
    private const int CharactersAtOnce = 4 * 1024 * 1024;

    public static async Task PutAsync(ZipArchive zip, BackupManifest manifest, DbContext store, Action<string> progress, CancellationToken cancel)
    {
        foreach (var table in manifest.Tables)
        {
            var rows = await TableAsync(zip, table, store, cancel);
            if (rows != table.Rows) throw new BackupException($"{table.Entry} 有 {rows} 行，清单写的是 {table.Rows} 行，请换一份备份");
            if (store.Database.IsNpgsql())
                foreach (var column in table.Columns.Where(c => c.Numbered)) await MoveOnAsync(store, table, column, cancel);
            progress($"{table.Name}：{rows} 行");
        }
    }

    private static async Task<long> TableAsync(ZipArchive zip, BackupTable table, DbContext store, CancellationToken cancel)
    {
        var (total, size, rows) = (0L, 0, new List<object[]>(RowsAtOnce));
        using var lines = new StreamReader(zip.GetEntry(table.Entry)!.Open(), Encoding.UTF8);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            rows.Add([.. json.RootElement.EnumerateArray().Zip(table.Columns, (value, column) => BackupValues.Read(value, column.Type))]);
            size += line.Length;
            total++;
            if (rows.Count < RowsAtOnce && size < CharactersAtOnce) continue;
            await InsertAsync(store, table, rows, cancel);
            (size, rows) = (0, new List<object[]>(RowsAtOnce));
        }
        if (rows.Count > 0) await InsertAsync(store, table, rows, cancel);
        return total;
    }

    private static async Task InsertAsync(DbContext store, BackupTable table, List<object[]> rows, CancellationToken cancel)
    {
        await using var command = Command(store);
        var sql = new StringBuilder($"INSERT INTO \"{table.Name}\" ({string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""))}) VALUES ");
        for (var row = 0; row < rows.Count; row++)
        {
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", rows[row].Select((_, i) => $"@p{row}_{i}")).Append(')');
            for (var i = 0; i < rows[row].Length; i++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ($"@p{row}_{i}", rows[row][i]);
                command.Parameters.Add(parameter);
            }
        }
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The next number the database gives is a new one.</summary>
    private static async Task MoveOnAsync(DbContext store, BackupTable table, BackupColumn column, CancellationToken cancel)
    {
        await using var command = Command(store);
        command.CommandText = $"SELECT setval(pg_get_serial_sequence('\"{table.Name}\"', '{column.Name}'), (SELECT COALESCE(max(\"{column.Name}\"), 0) + 1 FROM \"{table.Name}\"), false)";
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static DbCommand Command(DbContext store)
    {
        var command = store.Database.GetDbConnection().CreateCommand();
        command.Transaction = store.Database.CurrentTransaction!.GetDbTransaction();
        return command;
    }
}
