using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>What came of a hand-over.</summary>
/// <param name="Next">Where it led to; null when nothing was written.</param>
/// <param name="Fault">Why not; null as well when one of the donations was handed over or corrected meanwhile.</param>
internal sealed record HandOverOutcome(string? Next, FieldError? Fault)
{
    public static HandOverOutcome Overtaken { get; } = new(null, null);
}

/// <summary>Signs a hand-over outside the lock, then writes it with its signatures in one transaction. Its number is part of what is signed: where somebody has taken it meanwhile, it is signed once more with the next.</summary>
internal sealed class WriteHandOver(Store store, WaitingDonations waiting, SignHandOver signing, StepOperation operations, FieldCipher cipher, TenantContext tenant, StationClock station)
{
    private const int Tries = 2;

    public async Task<HandOverOutcome> RunAsync(HandOverRequest request, CancellationToken cancel)
    {
        for (var left = Tries; left > 0; left--)
        {
            var list = await DraftAsync(request, cancel);
            var proof = await signing.SignAsync(list, request.Signers, cancel);
            if (proof.Fault is { } fault) return new HandOverOutcome(null, fault);
            try
            {
                if (await WriteAsync(request, list, proof, cancel) is { } next) return new HandOverOutcome(next, null);
            }
            catch (DbUpdateException race) when (Race.Lost(race))
            {
                store.ChangeTracker.Clear();
                return await operations.DoneBeforeAsync(request.Operation, request.PersonId, request.Content, cancel) is { } done ? new HandOverOutcome(done.Next, null) : HandOverOutcome.Overtaken;
            }
        }
        return new HandOverOutcome(null, new FieldError("_signing", "签名", "同时有其他交接在写入，交接单编号被占用，什么也没有保存，请重新输入双方的 PIN 再提交"));
    }

    /// <summary>The list with the number that is next now.</summary>
    private async Task<HandOverList> DraftAsync(HandOverRequest request, CancellationToken cancel)
    {
        var (now, today) = (station.Now, await station.TodayAsync(cancel));
        var series = SeriesOf($"{today:yyyyMMdd}");
        var last = await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key == series).Select(n => n.Last).SingleOrDefaultAsync(cancel);
        var id = Guid.CreateVersion7(now);
        List<HandOverLine> lines = [.. request.Donations.Select(d => new HandOverLine
        {
            VisitId = d.VisitId, HandOverId = id, DonationNumber = d.DonationNumber, DonationType = d.DonationType, BloodGroup = d.BloodGroup, VolumeMl = d.VolumeMl, Units = d.Units,
        })];
        HandOver Row(string hash) => new()
        {
            Id = id, Number = $"{today:yyyyMMdd}-{last + 1:00}", At = now, GivenById = request.Giver.Id, GivenBy = request.Giver.FullName, TakenById = request.Taker.Id, TakenBy = request.Taker.FullName,
            Remarks = request.Remarks.Length == 0 ? null : request.Remarks, Method = request.Electronic ? HandOverMethods.Certificate : HandOverMethods.Ink, ContentHash = hash,
        };
        return new HandOverList(tenant.Current.Name, Row(AuditTables.Sha256(new HandOverList(tenant.Current.Name, Row(""), lines).ToCanonicalJson())), lines);
    }

    private static string SeriesOf(string day) => "hand-over-" + day;

    /// <summary>Null, and nothing written, when the number has been taken meanwhile.</summary>
    /// <exception cref="DbUpdateException">A donation was handed over or corrected meanwhile, or this very request was written by its other sending.</exception>
    private async Task<string?> WriteAsync(HandOverRequest request, HandOverList list, HandOverProof proof, CancellationToken cancel)
    {
        var row = list.HandOver;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var day = row.Number.Split('-')[0];
        if ($"{day}-{await store.NextNumberAsync(SeriesOf(day), cancel):00}" != row.Number) return null;
        store.Add(row);
        foreach (var line in list.Lines)
        {
            store.Add(line);
            store.Add(new AuditEntry { At = row.At, PersonId = row.GivenById, PersonName = row.GivenBy, Action = "交接", Subject = "visit:" + line.VisitId, New = $"{row.Number}，接收人 {row.TakenBy}" });
        }
        // Whoever corrects a donation adds a leaf too, and leaves are written one after the other: from here on nothing of it changes.
        await store.AddLeafAsync(HandOverLeaves.Kind, HandOverLeaves.Subject(row.Id), list.ToCanonicalJson(), row.At, cancel);
        if (!(await waiting.OfAsync([.. request.Donations.Select(d => d.VisitId)], cancel)).SequenceEqual(request.Donations))
            throw new DbUpdateConcurrencyException("Handed over or corrected meanwhile.");
        foreach (var signature in proof.Signatures) await AddAsync(row, signature, proof.Trust, cancel);
        var next = $"/hand-overs/{row.Id}";
        operations.Add(request.Operation, request.PersonId, request.Content, next);
        await transaction.CommitAsync(cancel);
        return next;
    }

    private async Task AddAsync(HandOver row, SideSignature signature, byte[] trust, CancellationToken cancel)
    {
        store.Add(new HandOverSignature
        {
            HandOverId = row.Id, Role = signature.Role, ProtectedRecord = cipher.Protect(signature.Record), ProtectedCms = cipher.Protect(signature.Cms), ProtectedTrust = cipher.Protect(trust), StampedAt = signature.StampedAt,
        });
        await store.AddLeafAsync(HandOverLeaves.SignatureKind, HandOverLeaves.Subject(row.Id), signature.Cms, row.At, cancel);
    }
}
