using System.Security.Cryptography;
using Modules.Archive.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Adapters.ArchiveStores.FileSystem;

/// <summary>Packages as files under the data folder, each encrypted under a key of the tenant (AES-256-GCM).</summary>
public sealed class FileSystemArchive(StorageSettings storage, MasterKey master, TenantContext tenant) : IArchiveStore, ITenantFiles
{
    private const string Unfinished = ".unfinished";
    private readonly string _root = Path.Combine(storage.AppData, "archive", tenant.Current.Name);
    private readonly byte[] _key = master.Derive("archive:" + tenant.Current.TenantId);

    public string Folder => "archive";

    public Task WriteAsync(string name, ReadOnlyMemory<byte> package, CancellationToken cancel = default) =>
        WriteAsync(name, new MemoryStream(Cipher.Seal(_key, package.Span)), cancel);

    public async Task<byte[]> ReadAsync(string name, CancellationToken cancel = default)
    {
        try
        {
            return Cipher.Open(_key, await File.ReadAllBytesAsync(PathOf(name), cancel));
        }
        catch (CryptographicException)
        {
            throw new ArchiveStoreException($"存储文件 {name} 在写入后被改动");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArchiveStoreException($"存储文件 {name} 不见了");
        }
    }

    public IEnumerable<string> List() => !Directory.Exists(_root) ? []
        : Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(Unfinished, StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(_root, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal);

    public Stream OpenRead(string name) => File.OpenRead(PathOf(name));

    public async Task WriteAsync(string name, Stream content, CancellationToken cancel = default)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        await using (var file = PrivateFile.Create(unfinished))
        {
            await content.CopyToAsync(file, cancel);
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(unfinished, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
            throw new ArchiveStoreException($"存储文件 {name} 已存在，不会被覆盖");
        }
    }

    public void Clear()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    private string PathOf(string name)
    {
        var path = Path.GetFullPath(Path.Combine(_root, name));
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw new ArchiveStoreException($"{name} 不在档案文件夹里");
    }
}
