using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Goes through the visits of a station and says in words what each has signed and whether it holds.</summary>
internal sealed class ProveStation(Store store, VisitFiles files, ProveVisit prove) : ISignedVisits
{
    private const int AtOnce = 100;

    public async Task<IReadOnlyList<SignedVisit>> PageAsync(Guid? after, CancellationToken cancel = default)
    {
        var submissions = store.Set<Submission>();
        var rows = await store.Set<Visit>().AsNoTracking().Where(v => after == null || v.Id.CompareTo(after.Value) > 0).OrderBy(v => v.Id).Take(AtOnce)
            .Select(v => new { v.Id, v.Day, v.DonationNumber, Records = submissions.Count(s => s.VisitId == v.Id) }).ToListAsync(cancel);
        return [.. rows.Select(v => new SignedVisit(v.Id, v.DonationNumber ?? $"{v.Day:yyyy-MM-dd} 的一次献血（无献血编号，{v.Id}）", v.Records))];
    }

    public async Task<SignedVisitVerdict> ProveAsync(Guid visit, CancellationToken cancel = default)
    {
        store.ChangeTracker.Clear();
        try
        {
            if (await files.ReadAsync(visit, cancel) is not { } file) return new SignedVisitVerdict([], ["没有这次献血的记录"]);
            var (proof, zone) = (await prove.OfAsync(file, cancel), file.Configuration.Settings.TimeZone);
            return new SignedVisitVerdict([.. proof.Signatures.Select(s => InWords(s, zone))],
                [.. proof.Fault is { } unknown ? ["不能核验：" + unknown] : Array.Empty<string>(), .. proof.Signatures.SelectMany(s => s.Faults.Select(f => $"{s.Of}（{s.Signer}）：{f}"))]);
        }
        catch (Exception e) when (e is not OperationCanceledException and not System.Data.Common.DbException)
        {
            // Whoever changed the rows of one visit past the product must not hide those of the others.
            return new SignedVisitVerdict([], [$"记录不能读取：{e.Message}"]);
        }
    }

    private static string InWords(ProvenSignature signature, TimeZoneInfo zone)
    {
        var when = signature.StampedAt is { } at ? $"于 {TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}（可信时间戳）" : "";
        return $"{signature.Signer}{(signature.Role.Length > 0 ? $"（{signature.Role}）" : "")}{when}签署 {signature.Of} — {(signature.Faults.Count > 0 ? "无效" : signature.StampedAt is null ? "纸质签名" : "有效")}";
    }
}
