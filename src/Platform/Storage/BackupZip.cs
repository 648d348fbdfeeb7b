using System.Data.Common;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Platform.Storage;

/// <summary>Whose backup it is.</summary>
internal sealed record BackupOf(string Name, string Id, string AppliedFiles, DateTimeOffset At);

/// <summary>A backup while it is written. Disposing closes the file; without <see cref="EndAsync"/> it is none.</summary>
public sealed class BackupZip : IAsyncDisposable
{
    /// <summary>Of the product, as backups and packages name it.</summary>
    public static string ProductVersion { get; } = typeof(BackupZip).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly ZipArchive _zip;
    private readonly Action<string> _progress;
    private readonly List<BackupEntry> _entries = [];
    private readonly List<BackupTable> _tables = [];
    private DbConnection? _snapshot;

    /// <param name="progress">One line for each table and folder.</param>
    internal BackupZip(Stream output, Action<string> progress) => (_zip, _progress) = (new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true), progress);

    internal async Task TablesAsync(DbContext store, IEnumerable<StoreTable> tables, CancellationToken cancel)
    {
        await BeginSnapshotAsync(store, cancel);
        foreach (var table in tables)
        {
            _tables.Add(await TableAsync(store, table, cancel));
            _progress($"{table.Name}：{_tables[^1].Rows} 行");
        }
    }

    internal async Task FilesAsync(ITenantFiles folder, CancellationToken cancel)
    {
        var files = 0;
        foreach (var name in folder.List())
        {
            await using var file = folder.OpenRead(name);
            await EntryAsync($"{folder.Folder}/{name}", stream => file.CopyToAsync(stream, cancel));
            files++;
        }
        _progress($"{folder.Folder}：{files} 个文件");
    }

    internal async Task<BackupManifest> EndAsync(DbContext store, BackupOf of, MasterKey master, CancellationToken cancel)
    {
        var schema = (await store.Database.GetAppliedMigrationsAsync(cancel)).Last();
        var manifest = new BackupManifest(ProductVersion, of.Name, of.Id, schema, master.Fingerprint, of.AppliedFiles, of.At, _tables, _entries);
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, Indented);
        await AddAsync(BackupManifest.Name, json, cancel);
        await AddAsync(BackupManifest.SealName, Encoding.ASCII.GetBytes(BackupManifest.Seal(master, json)), cancel);
        return manifest;
    }

    /// <summary>A connection goes back to its pool as it is: with the view still open, the next to use it could not write.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_snapshot is not null) await ExecuteAsync(_snapshot, "ROLLBACK", CancellationToken.None);
        await _zip.DisposeAsync();
    }

    private async Task AddAsync(string name, byte[] content, CancellationToken cancel)
    {
        await using var entry = _zip.CreateEntry(name).Open();
        await entry.WriteAsync(content, cancel);
    }

    /// <summary>What others write meanwhile is not seen, and nobody waits.</summary>
    private async Task BeginSnapshotAsync(DbContext store, CancellationToken cancel)
    {
        await store.Database.OpenConnectionAsync(cancel);
        await ExecuteAsync(store.Database.GetDbConnection(), store.Database.IsSqlite() ? "BEGIN DEFERRED" : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancel);
        _snapshot = store.Database.GetDbConnection();
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<BackupTable> TableAsync(DbContext store, StoreTable table, CancellationToken cancel)
    {
        var rows = 0L;
        var columns = table.Columns.Select(c => new BackupColumn(c.Name, BackupValues.CodeOf(c.Type), c.Numbered)).ToList();
        await using var command = store.Database.GetDbConnection().CreateCommand();
        command.CommandText = table.Select + table.OrderByKey;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await EntryAsync(new BackupTable(table.Name, 0, []).Entry, async stream =>
        {
            await using var json = new Utf8JsonWriter(stream);
            for (; await reader.ReadAsync(cancel); rows++)
            {
                Line(json, table, reader);
                await json.FlushAsync(cancel);
                stream.WriteByte((byte)'\n');
                json.Reset();
            }
        });
        return new BackupTable(table.Name, rows, columns);
    }

    private static void Line(Utf8JsonWriter json, StoreTable table, DbDataReader reader)
    {
        json.WriteStartArray();
        for (var i = 0; i < table.Columns.Count; i++) BackupValues.Write(json, table.Columns[i].Read(reader, i));
        json.WriteEndArray();
    }

    private async Task EntryAsync(string name, Func<Stream, Task> write)
    {
        using var hash = SHA256.Create();
        await using var entry = _zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        await using (var hashing = new CryptoStream(entry, hash, CryptoStreamMode.Write, leaveOpen: true))
        await using (var buffered = new BufferedStream(hashing, 64 * 1024)) await write(buffered);
        _entries.Add(new BackupEntry(name, Convert.ToHexStringLower(hash.Hash!)));
    }
}
