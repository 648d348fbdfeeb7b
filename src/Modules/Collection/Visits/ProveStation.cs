using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Goes through the visits of a station and judges what each has signed.</summary>
internal sealed class ProveStation(Store store, VisitFiles files, ProveVisit prove) : ISignedVisits
{
    private const int AtOnce = 100;

    public async Task<IReadOnlyList<SignedVisit>> PageAsync(Guid? after, CancellationToken cancel = default)
    {
        var submissions = store.Set<Submission>();
        var rows = await store.Set<Visit>().AsNoTracking().Where(v => after == null || v.Id.CompareTo(after.Value) > 0).OrderBy(v => v.Id).Take(AtOnce)
            .Select(v => new { v.Id, v.Day, v.DonationNumber, Records = submissions.Count(s => s.SubjectId == v.Id) }).ToListAsync(cancel);
        return [.. rows.Select(v => new SignedVisit(v.Id, v.DonationNumber ?? $"{v.Day:yyyy-MM-dd} 无献血编号（{v.Id}）", v.Records))];
    }

    public async Task<IReadOnlyList<JudgedSignature>> ProveAsync(SignedVisit visit, CancellationToken cancel = default)
    {
        store.ChangeTracker.Clear();
        try
        {
            if (await files.ReadAsync(visit.Id, cancel) is not { } file) return [Unknown(visit, "没有这次献血的记录")];
            var proof = await prove.OfAsync(file, cancel);
            return [.. proof.Signatures.Select(s => new JudgedSignature($"{visit.Label} {s.Of}", s.Role, s.Signer, s.StampedAt, s.Authority, s.Faults) { Pending = s.Unproven })];
        }
        catch (Exception e) when (e is not OperationCanceledException and not System.Data.Common.DbException)
        {
            // Whoever changed the rows of one visit past the product must not hide those of the others.
            return [Unknown(visit, e.Message)];
        }
    }

    private static JudgedSignature Unknown(SignedVisit visit, string why) => new(visit.Label, "", "", null, "", ["不能核验：" + why]);
}
