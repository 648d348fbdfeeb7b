using System.Security.Cryptography;
using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Platform.Audit;

/// <summary>Who did what to what, when and why; old and new value where one changed. Append-only. Personal data appears masked.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string PersonId { get; init; }
    public required string PersonName { get; init; }

    /// <summary>What was done, in the words of the page.</summary>
    public required string Action { get; init; }

    /// <summary>Kind and id of the thing, for example <c>visit:…</c>.</summary>
    public required string Subject { get; init; }

    public string? Field { get; init; }
    public string? Old { get; init; }
    public string? New { get; init; }
    public string? Reason { get; init; }
}

/// <summary>Leaf of the evidence log (RFC 9162 §2.1.1): SHA-256 of 0x00 and the evidence's own hash, at a place that is never reused.</summary>
public sealed class EvidenceLeaf
{
    public required long Index { get; init; }
    public required string Kind { get; init; }
    public required string Subject { get; init; }
    public required string Hash { get; init; }
    public required DateTimeOffset At { get; init; }
}

public static class AuditTables
{
    /// <summary>Number series of the leaves' index.</summary>
    internal const string Tree = "evidence-tree";

    internal const string Leaves = "evidence_leaves";

    internal static void Map(ModelBuilder model)
    {
        model.Entity<AuditEntry>(table =>
        {
            table.ToTable("audit").HasKey(e => e.Id);
            table.HasIndex(e => new { e.Subject, e.Id });
        });
        model.Entity<EvidenceLeaf>(table =>
        {
            table.ToTable(Leaves).HasKey(l => l.Index);
            table.Property(l => l.Index).ValueGeneratedNever();
        });
    }

    /// <summary>Adds the leaf of a piece of evidence inside the caller's transaction; the index row is locked until it ends.</summary>
    public static async Task AddLeafAsync(this Store store, string kind, string subject, byte[] content, DateTimeOffset at, CancellationToken cancel = default)
    {
        var index = await store.NextNumberAsync(Tree, cancel) - 1;
        store.Add(new EvidenceLeaf { Index = index, Kind = kind, Subject = subject, Hash = LeafHash(SHA256.HashData(content)), At = at });
    }

    internal static string LeafHash(byte[] contentHash) => Convert.ToHexString(SHA256.HashData([0, .. contentHash]));

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Sha256(byte[] content) => Digest.Of(content);

    public static string Sha256(string text) => Digest.Of(text);
}
