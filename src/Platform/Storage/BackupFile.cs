using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Storage;

/// <summary>What a backup holds; its last entry but for the seal over it.</summary>
/// <param name="Version">Of the product that wrote it.</param>
/// <param name="TenantId">Keys are derived from it.</param>
/// <param name="Schema">Name of the newest migration of the store, the same on both databases.</param>
/// <param name="MasterKey">Fingerprint; never the key.</param>
/// <param name="AppliedFiles">Digest of the configuration folder the recipe was applied from.</param>
/// <param name="Tables">Each after those it refers to.</param>
public sealed record BackupManifest(
    string Version, string Tenant, string TenantId, string Schema, string MasterKey, string AppliedFiles, DateTimeOffset At, IReadOnlyList<BackupTable> Tables, IReadOnlyList<BackupEntry> Entries)
{
    public const string Name = "manifest.json";

    /// <summary>Entry with the seal in hexadecimal.</summary>
    public const string SealName = "manifest.hmac";

    /// <summary>HMAC-SHA-256 under a key of the master key over the manifest, and by the digests in it over everything else: nobody without that key makes or changes a backup.</summary>
    /// <param name="json">The manifest, byte for byte.</param>
    internal static string Seal(MasterKey master, ReadOnlySpan<byte> json) => Convert.ToHexStringLower(HMACSHA256.HashData(master.Derive("backup-manifest"), json));
}

/// <param name="Columns">In the order of the values of a line.</param>
public sealed record BackupTable(string Name, long Rows, IReadOnlyList<BackupColumn> Columns)
{
    public string Entry => $"tables/{Name}.jsonl";
}

/// <param name="Type">One of <see cref="BackupValues"/>' codes.</param>
/// <param name="Numbered">The database itself gives the value.</param>
public sealed record BackupColumn(string Name, string Type, bool Numbered);

public sealed record BackupEntry(string Name, string Sha256);

/// <summary>The backup is not what it says, or does not belong here; says what to do.</summary>
public sealed class BackupException(string message) : Exception(message);

/// <summary>Values of rows as JSON, so that each comes back exactly, on either database.</summary>
internal static class BackupValues
{
    public static string CodeOf(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(long) => "int64",
        _ when type == typeof(int) => "int32",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(Guid) => "uuid",
        _ when type == typeof(decimal) => "decimal",
        _ when type == typeof(double) => "double",
        _ when type == typeof(byte[]) => "bytes",
        _ when type == typeof(DateTime) => "time",
        _ => throw new InvalidOperationException($"A backup has no form for {type.Name}: give it one here first."),
    };

    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case long number: json.WriteNumberValue(number); break;
            case int number: json.WriteNumberValue(number); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case Guid id: json.WriteStringValue(id); break;
            case decimal amount: json.WriteStringValue(amount.ToString("0.############################", CultureInfo.InvariantCulture)); break;
            case double number: json.WriteStringValue(number.ToString("R", CultureInfo.InvariantCulture)); break;
            case byte[] bytes: json.WriteBase64StringValue(bytes); break;
            case DateTime time: json.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture)); break;
            default: throw new InvalidOperationException($"A backup has no form for {value.GetType().Name}.");
        }
    }

    public static object Read(JsonElement json, string type) => json.ValueKind == JsonValueKind.Null ? DBNull.Value : type switch
    {
        "text" => json.GetString()!,
        "int64" => json.GetInt64(),
        "int32" => json.GetInt32(),
        "bool" => json.GetBoolean(),
        "uuid" => json.GetGuid(),
        "decimal" => decimal.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        "double" => double.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        "bytes" => json.GetBytesFromBase64(),
        "time" => DateTime.Parse(json.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        _ => throw new BackupException($"备份中有不认识的数据类型 {type}，请用写出它的版本恢复"),
    };
}

/// <summary>Reads and checks a backup.</summary>
public static class BackupReading
{
    /// <exception cref="BackupException">Not a backup, or not a whole one.</exception>
    public static async Task<BackupManifest> ReadManifestAsync(ZipArchive zip, CancellationToken cancel = default)
    {
        if (zip.GetEntry(BackupManifest.Name) is not { } entry) throw new BackupException("这不是完整的备份：没有 manifest.json。请换一份备份");
        try
        {
            await using var stream = entry.Open();
            return await JsonSerializer.DeserializeAsync<BackupManifest>(stream, cancellationToken: cancel) ?? throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new BackupException("备份的 manifest.json 已损坏，请换一份备份");
        }
    }

    /// <exception cref="BackupException">The manifest is not as it was written under this master key.</exception>
    public static async Task CheckSealAsync(ZipArchive zip, MasterKey master, CancellationToken cancel = default)
    {
        if (zip.GetEntry(BackupManifest.SealName) is null) throw new BackupException("备份没有封印，不能恢复：以前的版本写出的备份没有封印，请用写出它的版本恢复，再升级；本版本写出的备份一定有");
        var (manifest, seal) = (await BytesAsync(zip, BackupManifest.Name, cancel), await BytesAsync(zip, BackupManifest.SealName, cancel));
        if (!CryptographicOperations.FixedTimeEquals(seal, Encoding.ASCII.GetBytes(BackupManifest.Seal(master, manifest))))
            throw new BackupException("备份的清单与封印不符：写出以后被改动，不能恢复。请换一份备份");
    }

    /// <summary>Empty where it is damaged.</summary>
    private static async Task<byte[]> BytesAsync(ZipArchive zip, string name, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        try
        {
            await using var stream = zip.GetEntry(name)!.Open();
            await stream.CopyToAsync(bytes, cancel);
            return bytes.ToArray();
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>Every entry is there, as it was written, and no other.</summary>
    /// <exception cref="BackupException">Names the entry.</exception>
    public static async Task CheckAsync(ZipArchive zip, BackupManifest manifest, CancellationToken cancel = default)
    {
        var listed = manifest.Entries.Select(e => e.Name).Append(BackupManifest.Name).Append(BackupManifest.SealName).ToHashSet(StringComparer.Ordinal);
        if (zip.Entries.FirstOrDefault(e => !listed.Contains(e.FullName)) is { } foreign) throw new BackupException($"备份中多出 {foreign.FullName}，请换一份备份");
        foreach (var entry in manifest.Entries)
        {
            if (zip.GetEntry(entry.Name) is not { } stored) throw new BackupException($"备份中缺少 {entry.Name}，请换一份备份");
            if (await Sha256Async(stored, cancel) != entry.Sha256) throw new BackupException($"备份中的 {entry.Name} 已损坏，请换一份备份");
        }
    }

    private static async Task<string?> Sha256Async(ZipArchiveEntry entry, CancellationToken cancel)
    {
        try
        {
            await using var stream = entry.Open();
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
