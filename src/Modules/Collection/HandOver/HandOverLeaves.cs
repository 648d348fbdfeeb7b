using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>What the leaves of hand-overs stand for: the list both sides have signed, made anew from its rows, so that a line taken away shows too; and their signatures.</summary>
internal sealed class HandOverLeaves(Store store, FieldCipher cipher, TenantContext tenant) : ILeafContent
{
    public const string Kind = "hand-over";
    public const string SignatureKind = "hand-over-cms";
    private const string Prefix = "hand-over:";

    public IReadOnlyCollection<string> Kinds { get; } = [Kind, SignatureKind];

    public static string Subject(Guid handOver) => Prefix + handOver;

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        var ids = subjects.Select(s => Guid.Parse(s.AsSpan(Prefix.Length))).ToList();
        var rows = await store.Set<HandOver>().AsNoTracking().Where(h => ids.Contains(h.Id)).ToListAsync(cancel);
        var lines = (await store.Set<HandOverLine>().AsNoTracking().Where(l => ids.Contains(l.HandOverId)).ToListAsync(cancel)).ToLookup(l => l.HandOverId);
        var signed = await store.Set<HandOverSignature>().AsNoTracking().Where(s => ids.Contains(s.HandOverId)).Select(s => new { s.HandOverId, s.ProtectedCms }).ToListAsync(cancel);
        var lists = rows.Select(h => (Kind, Subject(h.Id), AuditTables.Sha256(new HandOverList(tenant.Current.Name, h, [.. lines[h.Id]]).ToCanonicalJson())));
        return lists.Concat(signed.Select(s => (SignatureKind, Subject(s.HandOverId), Sha256Of(s.ProtectedCms)))).ToHashSet();
    }

    /// <summary>Empty when it was changed: then its leaf has no content.</summary>
    private string Sha256Of(byte[] stored) => cipher.TryReveal(stored) is { } cms ? AuditTables.Sha256(cms) : "";
}
