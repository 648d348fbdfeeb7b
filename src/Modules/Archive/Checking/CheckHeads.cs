using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>Compares the evidence as it is stored with every signed head of before: those in the store, which somebody who owns it may have taken away, and those in the packages.</summary>
public sealed class CheckHeads(Store store, EvidenceLog log, ISignatureCheck check, ITrustSource trusts, TenantContext tenant)
{
    /// <summary>Heads compared.</summary>
    public int Count { get; private set; }

    /// <param name="packed">Heads found in packages.</param>
    /// <returns>What does not hold, zh-CN.</returns>
    public async IAsyncEnumerable<string> RunAsync(IEnumerable<SignedHead> packed, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // About no certificate in particular nobody is asked: roots and issuers are in the store.
        var (trust, _) = await trusts.CollectAsync([], cancel);
        trust ??= new TrustMaterial(await trusts.RootsAsync(cancel), [], [], []);
        var stored = await store.Set<TreeHead>().AsNoTracking().OrderBy(h => h.At).ToListAsync(cancel);
        var heads = new List<EvidenceHead>();
        foreach (var signed in packed.Concat(stored.Select(h => new SignedHead(h.Json, h.Cms))).DistinctBy(h => AuditTables.Sha256([.. h.Json, .. h.Cms])))
        {
            if (EvidenceHead.Read(signed.Json) is not { } head) yield return "证据树头不能读取";
            else if (Fault(signed, head, trust) is { } fault) yield return $"{head.At:yyyy-MM-dd HH:mm:ss}（UTC）的证据树头：{fault}";
            else heads.Add(head);
        }
        Count = heads.Count;
        await foreach (var fault in log.UnlikeAsync([.. heads.DistinctBy(h => AuditTables.Sha256(h.ToCanonicalJson()))], cancel)) yield return fault;
    }

    private string? Fault(SignedHead signed, EvidenceHead head, TrustMaterial trust)
    {
        var verdict = check.Check(signed.Cms, signed.Json, trust, oneAct: true);
        return !verdict.Holds ? string.Join("；", verdict.Faults)
            : verdict.SignerId != SignatureVerdict.StationPrefix + tenant.Current.Name || head.Station != tenant.Current.Name ? "不是本站签署的" : null;
    }
}
