using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Platform.Audit;

/// <summary>SHA-256 over number and seal of audit entries, one after the other.</summary>
internal sealed class AuditDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public void Add(long id, byte[]? seal)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt64BigEndian(head, id);
        BinaryPrimitives.WriteInt32BigEndian(head[8..], seal?.Length ?? -1);
        _hash.AppendData(head);
        _hash.AppendData(seal ?? []);
        Count++;
    }

    /// <summary>Of the entries so far; more may follow.</summary>
    public string Sha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
