namespace Modules.Archive.Contracts;

/// <summary>Keeps the archive packages of the tenant of this scope. What lies in it is encrypted and cannot be changed unnoticed.</summary>
public interface IArchiveStore
{
    /// <summary>Durable under its name when this returns, or not there at all.</summary>
    /// <param name="name">With '/' between folders.</param>
    /// <exception cref="ArchiveStoreException">There is one of that name: none is ever replaced.</exception>
    Task WriteAsync(string name, ReadOnlyMemory<byte> package, CancellationToken cancel = default);

    /// <exception cref="ArchiveStoreException">Not there, or changed since it was written.</exception>
    Task<byte[]> ReadAsync(string name, CancellationToken cancel = default);

    IEnumerable<string> List();
}

/// <summary>A package cannot be had; the words say what has happened to it, zh-CN.</summary>
public sealed class ArchiveStoreException(string message) : Exception(message);
