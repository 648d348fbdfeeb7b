using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>A head of the evidence with the station's signature, as kept and as put into packages.</summary>
/// <param name="Json">Canonical JSON (RFC 8785) of the head.</param>
/// <param name="Cms">Detached over it, with timestamp; DER.</param>
public sealed record SignedHead(byte[] Json, byte[] Cms);

/// <summary>Signs what the evidence is now by the station's own key for one act, and keeps it. Every package made afterwards carries it out of the database, so that whoever cuts off the end of the evidence is found.</summary>
public sealed class SignHead(Store store, EvidenceLog log, ISigningKeys keys)
{
    /// <returns>Null, also when nothing has come since the last head; why it could not be signed otherwise: nothing is written then.</returns>
    public async Task<SigningFault?> RunAsync(CancellationToken cancel = default)
    {
        var head = await log.HeadAsync(cancel);
        if (head.Leaves == 0 || (await NewestAsync(cancel) is { } newest && EvidenceHead.Read(newest.Json) is { } last && (last.Leaves, last.Audit.Last) == (head.Leaves, head.Audit.Last))) return null;
        using var opened = await keys.OpenForStationAsync(cancel);
        if (opened.Fault is { } shut) return shut;
        var json = head.ToCanonicalJson();
        var signed = await opened.Act!.SignAsync(json, cancel);
        if (signed.Fault is { } fault) return fault;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(new TreeHead { Id = Guid.CreateVersion7(head.At), At = head.At, Json = json, Cms = signed.Cms!, StampedAt = signed.StampedAt });
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>Null before the first.</summary>
    public async Task<SignedHead?> NewestAsync(CancellationToken cancel = default) =>
        await store.Set<TreeHead>().AsNoTracking().OrderByDescending(h => h.At).FirstOrDefaultAsync(cancel) is { } row ? new SignedHead(row.Json, row.Cms) : null;
}
