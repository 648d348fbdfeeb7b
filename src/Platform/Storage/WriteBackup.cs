using System.Data.Common;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Writes one tenant into one file: every table in one consistent view, the files beside the store, and a manifest. Row by row, whatever the size.</summary>
public sealed class WriteBackup(Stores stores, MasterKey master, TenantContext tenant, IEnumerable<ITenantFiles> folders, TimeProvider clock)
{
    /// <summary>Of the product, as backups and packages name it.</summary>
    public static string ProductVersion { get; } = typeof(WriteBackup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="progress">One line for each table and folder.</param>
    public async Task<BackupManifest> RunAsync(Stream output, Action<string> progress, CancellationToken cancel = default)
    {
        var entries = new List<BackupEntry>();
        var tables = new List<BackupTable>();
        await using var store = stores.Open(tenant.Current);
        await using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        await ExecuteAsync(store, store.Database.IsSqlite() ? "BEGIN DEFERRED" : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancel);
        string schema;
        try
        {
            foreach (var table in StoreTable.All(store))
            {
                tables.Add(await TableAsync(store, table, zip, entries, cancel));
                progress($"{table.Name}：{tables[^1].Rows} 行");
            }
            // After the rows: a file is written before the row that names it, so none is missing.
            foreach (var folder in folders) await FilesAsync(folder, zip, entries, progress, cancel);
            schema = (await store.Database.GetAppliedMigrationsAsync(cancel)).Last();
        }
        finally
        {
            // The connection goes back to where others take theirs from: nothing may be open on it.
            await ExecuteAsync(store, "ROLLBACK", CancellationToken.None);
        }
        var manifest = new BackupManifest(ProductVersion, tenant.Current.Name, tenant.Current.TenantId, schema, master.Fingerprint, tenant.Current.AppliedFiles, clock.GetUtcNow(), tables, entries);
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, Indented);
        await AddAsync(zip, BackupManifest.Name, json, cancel);
        await AddAsync(zip, BackupManifest.SealName, Encoding.ASCII.GetBytes(BackupManifest.Seal(master, json)), cancel);
        return manifest;
    }

    private static async Task AddAsync(ZipArchive zip, string name, byte[] content, CancellationToken cancel)
    {
        await using var entry = zip.CreateEntry(name).Open();
        await entry.WriteAsync(content, cancel);
    }

    /// <summary>Inside its transaction, of one connection, what others write meanwhile is not seen, and nobody waits.</summary>
    private static async Task ExecuteAsync(Store store, string sql, CancellationToken cancel)
    {
        await store.Database.OpenConnectionAsync(cancel);
        await using var command = store.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<BackupTable> TableAsync(Store store, StoreTable table, ZipArchive zip, List<BackupEntry> entries, CancellationToken cancel)
    {
        var rows = 0L;
        var columns = table.Columns.Select(c => new BackupColumn(c.Name, BackupValues.CodeOf(c.Type), c.Numbered)).ToList();
        await using var command = store.Database.GetDbConnection().CreateCommand();
        command.CommandText = table.Select + table.OrderByKey;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await EntryAsync(zip, new BackupTable(table.Name, 0, []).Entry, entries, async stream =>
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

    private static async Task FilesAsync(ITenantFiles folder, ZipArchive zip, List<BackupEntry> entries, Action<string> progress, CancellationToken cancel)
    {
        var files = 0;
        foreach (var name in folder.List())
        {
            await using var file = folder.OpenRead(name);
            await EntryAsync(zip, $"{folder.Folder}/{name}", entries, stream => file.CopyToAsync(stream, cancel));
            files++;
        }
        progress($"{folder.Folder}：{files} 个文件");
    }

    private static async Task EntryAsync(ZipArchive zip, string name, List<BackupEntry> entries, Func<Stream, Task> write)
    {
        using var hash = SHA256.Create();
        await using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        await using (var hashing = new CryptoStream(entry, hash, CryptoStreamMode.Write, leaveOpen: true))
        await using (var buffered = new BufferedStream(hashing, 64 * 1024)) await write(buffered);
        entries.Add(new BackupEntry(name, Convert.ToHexStringLower(hash.Hash!)));
    }
}
