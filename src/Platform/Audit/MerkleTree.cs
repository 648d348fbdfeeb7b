using System.Security.Cryptography;

namespace Platform.Audit;

/// <summary>The root of the evidence log (RFC 9162 §2.1.1, SHA-256), leaf after leaf: what is kept grows with the logarithm of their number.</summary>
public sealed class MerkleTree
{
    /// <summary>Roots of the whole subtrees so far, the rightmost on top.</summary>
    private readonly Stack<byte[]> _whole = new();

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <param name="leaf">Hash of the leaf, 32 bytes.</param>
    public void Add(byte[] leaf)
    {
        for (var size = Size++; (size & 1) == 1; size >>= 1) leaf = Node(_whole.Pop(), leaf);
        _whole.Push(leaf);
    }

    /// <summary>Of the leaves so far; without any the hash of nothing.</summary>
    public byte[] Root() => _whole.Count == 0 ? SHA256.HashData([]) : _whole.Aggregate((right, left) => Node(left, right));

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
