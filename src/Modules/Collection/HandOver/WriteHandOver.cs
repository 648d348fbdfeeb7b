using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Writes a hand-over with its lines and signatures into the frame's transaction.</summary>
internal sealed class WriteHandOver(Store store, WaitingDonations waiting, FieldCipher cipher)
{
    public static string SeriesOf(string day) => "hand-over-" + day;

    /// <param name="agreed">The donations as both sides have seen them.</param>
    public async Task<Decision> RunAsync(HandOverList list, IReadOnlyList<DonationToHandOver> agreed, Proof proof, CancellationToken cancel)
    {
        var row = list.HandOver;
        var day = row.Number.Split('-')[0];
        if ($"{day}-{await store.NextNumberAsync(SeriesOf(day), cancel):00}" != row.Number) return new Decision.Stale();
        store.Add(row);
        var giver = new Actor(row.GivenById, row.GivenBy);
        foreach (var line in list.Lines)
        {
            store.Add(line);
            store.Add(giver.Did("交接", new Subject(Visit.Kind, line.VisitId).ToString(), row.At,
                new AuditChange(New: $"{row.Number}，接收人 {row.TakenBy}")));
        }
        // Whoever corrects a donation adds a leaf too, and leaves are written one after the other: from here on nothing of it changes.
        await store.AddLeafAsync(HandOverLeaves.Kind, HandOverLeaves.Subject(row.Id), list.ToCanonicalJson(), row.At, cancel);
        if (!(await waiting.OfAsync([.. agreed.Select(d => d.VisitId)], cancel)).SequenceEqual(agreed)) return new Decision.Conflict();
        foreach (var signature in proof.Signatures) await AddAsync(row, signature, proof.Trust, cancel);
        return new Decision.Done($"/hand-overs/{row.Id}");
    }

    private async Task AddAsync(HandOver row, SignatureMade signature, byte[] trust, CancellationToken cancel)
    {
        store.Add(new HandOverSignature
        {
            HandOverId = row.Id, Role = signature.Signer.Role, StampedAt = signature.StampedAt,
            ProtectedRecord = cipher.Protect(signature.Record), ProtectedCms = cipher.Protect(signature.Cms),
            ProtectedTrust = cipher.Protect(trust),
        });
        await store.AddLeafAsync(HandOverLeaves.SignatureKind, HandOverLeaves.Subject(row.Id), signature.Cms, row.At, cancel);
    }
}
