using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Audit;

/// <summary>Computes the head of a tenant's evidence, and compares what is stored with heads of before. Reads each table once from the beginning, whatever the number of heads.</summary>
public sealed class EvidenceLog(Store store, TenantContext tenant, TimeProvider clock)
{
    /// <summary>Who writes an entry has its number before others see it; nobody is overtaken by so many.</summary>
    private const long Overtaken = 1000;

    public async Task<EvidenceHead> HeadAsync(CancellationToken cancel = default)
    {
        var tree = new MerkleTree();
        await foreach (var leaf in LeavesAsync(cancel)) tree.Add(leaf);
        return new EvidenceHead(tenant.Current.Name, clock.GetUtcNow(), tree.Size, Hex(tree), await AuditHeadAsync(cancel));
    }

    private async Task<AuditHead> AuditHeadAsync(CancellationToken cancel)
    {
        using var digest = new AuditDigest();
        var (last, seen) = (0L, new Queue<long>());
        await foreach (var (id, seal) in EntriesAsync(cancel))
        {
            digest.Add(last = id, seal);
            seen.Enqueue(id);
            while (seen.Peek() <= last - Overtaken) seen.Dequeue();
        }
        var present = seen.ToHashSet();
        var from = Math.Max(1, last - Overtaken + 1);
        return new AuditHead(last, digest.Count, digest.Sha256(), [.. Enumerable.Range(0, (int)(last - from + 1)).Select(i => from + i).Where(id => !present.Contains(id))]);
    }

    /// <summary>What is stored now otherwise than these heads say, zh-CN.</summary>
    public async IAsyncEnumerable<string> UnlikeAsync(IReadOnlyCollection<EvidenceHead> heads, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var fault in UnlikeLeavesAsync(heads, cancel)) yield return fault;
        await foreach (var fault in UnlikeAuditAsync(heads, cancel)) yield return fault;
    }

    private async IAsyncEnumerable<string> UnlikeLeavesAsync(IReadOnlyCollection<EvidenceHead> heads, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (left, tree) = (new Queue<EvidenceHead>(heads.OrderBy(h => h.Leaves)), new MerkleTree());
        await foreach (var leaf in LeavesAsync(cancel))
        {
            foreach (var head in Reached()) yield return $"{Of(head)}的证据不是现存的前 {head.Leaves} 条：证据被改动";
            tree.Add(leaf);
        }
        foreach (var head in Reached()) yield return $"{Of(head)}的证据不是现存的前 {head.Leaves} 条：证据被改动";
        foreach (var head in left) yield return $"{Of(head)}有 {head.Leaves} 条证据，现在只有 {tree.Size} 条：末尾的证据被删去";

        // Those that speak of as many leaves as there are so far, and of others.
        List<EvidenceHead> Reached()
        {
            var unlike = new List<EvidenceHead>();
            while (left.TryPeek(out var head) && head.Leaves == tree.Size)
                if (left.Dequeue().Root != Hex(tree)) unlike.Add(head);
            return unlike;
        }
    }

    private async IAsyncEnumerable<string> UnlikeAuditAsync(IReadOnlyCollection<EvidenceHead> heads, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Entries that came later under a number the head had left open: such a head needs a digest of its own.
        var open = heads.SelectMany(h => h.Audit.Open).Distinct().ToList();
        var late = await store.Set<AuditEntry>().Where(e => open.Contains(e.Id)).Select(e => e.Id).ToHashSetAsync(cancel);
        using var common = new AuditDigest();
        var all = heads.Select(h => (Head: h, Open: h.Audit.Open.ToHashSet())).Select(h => (h.Head, h.Open, Digest: h.Open.Overlaps(late) ? new AuditDigest() : common)).OrderBy(h => h.Head.Audit.Last).ToList();
        var (left, apart) = (new Queue<(EvidenceHead Head, HashSet<long> Open, AuditDigest Digest)>(all), all.FindAll(h => h.Digest != common));
        await foreach (var (id, seal) in EntriesAsync(cancel))
        {
            while (left.TryPeek(out var next) && next.Head.Audit.Last < id)
                if (Unlike(left.Dequeue()) is { } fault) yield return fault;
            common.Add(id, seal);
            foreach (var own in apart.Where(h => !h.Open.Contains(id))) own.Digest.Add(id, seal);
        }
        foreach (var head in left)
            if (Unlike(head) is { } fault) yield return fault;
        apart.ForEach(own => own.Digest.Dispose());
    }

    private static string? Unlike((EvidenceHead Head, HashSet<long> Open, AuditDigest Digest) of)
    {
        var (head, now) = (of.Head, of.Digest);
        return now.Count != head.Audit.Count ? $"{Of(head)}有 {head.Audit.Count} 条操作记录（至 {head.Audit.Last} 号），现在有 {now.Count} 条：操作记录被删去或补入"
            : now.Sha256() != head.Audit.Sha256 ? $"{Of(head)}的操作记录（至 {head.Audit.Last} 号）与现存的不同：操作记录被改动" : null;
    }

    private static string Of(EvidenceHead head) => $"{head.At:yyyy-MM-dd HH:mm:ss}（UTC）签署的证据树头：当时";

    private async IAsyncEnumerable<byte[]> LeavesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var hash in store.Set<EvidenceLeaf>().OrderBy(l => l.Index).Select(l => l.Hash).AsAsyncEnumerable().WithCancellation(cancel))
            yield return hash.All(char.IsAsciiHexDigit) && hash.Length == 64 ? Convert.FromHexString(hash) : [];
    }

    private async IAsyncEnumerable<(long Id, byte[]? Seal)> EntriesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var entries = store.Set<AuditEntry>().OrderBy(e => e.Id).Select(e => new { e.Id, Seal = EF.Property<byte[]?>(e, EvidenceSeal.Column) });
        await foreach (var entry in entries.AsAsyncEnumerable().WithCancellation(cancel)) yield return (entry.Id, entry.Seal);
    }

    private static string Hex(MerkleTree tree) => Convert.ToHexStringLower(tree.Root());
}
