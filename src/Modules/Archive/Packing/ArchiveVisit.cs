using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Modules.Archive.Contracts;
using Modules.Collection.Contracts;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

internal enum ArchiveResult
{
    Unchanged,
    Archived,

    /// <summary>A next version of an item there already.</summary>
    Amended,

    /// <summary>Not archived: its evidence does not hold, or something is missing that a person has to see to.</summary>
    Refused,
}

/// <param name="Label">Archive number, or the donation number of a visit that has none.</param>
/// <param name="Reason">Why not, zh-CN.</param>
internal sealed record ArchiveOutcome(ArchiveResult Result, string Label, string? Reason);

/// <summary>Puts one closed visit into the archive. The same visit again changes nothing; an amended one is the next version of its item.</summary>
internal sealed class ArchiveVisit(
    Store store, FieldCipher cipher, IArchiveStore packages, IVisitEvidence evidence, OutstandingVisits outstanding, ITrustSource trusts, ISigningKeys keys, SignHead heads, PackVisit pack, StationClock station)
{
    /// <summary>Others archive at the same moment; so often in a row it is something else.</summary>
    private const int MostTries = 10;

    public async Task<ArchiveOutcome> RunAsync(ClosedVisit closed, string personId, string personName, CancellationToken cancel)
    {
        var (item, last) = await FindAsync(closed.Id, cancel);
        if (!await outstanding.HasAsync(closed.Id, cancel)) return new ArchiveOutcome(ArchiveResult.Unchanged, item!.ArchiveNumber, null);
        var label = item?.ArchiveNumber ?? LabelOf(closed);
        var (numbering, unset) = ArchiveNumbering.Of(await station.SettingsAsync(cancel));
        if (numbering is null) return Refused(unset!);
        if (await evidence.ReadAsync(closed.Id, cancel) is not { } visit) return Refused("没有这次献血的记录");
        if (visit.Damaged is { Count: > 0 } damaged) return Refused($"{string.Join("；", damaged)}。请核查全部证据，被改动的从备份恢复，然后再归档");
        using var seal = await keys.OpenForStationAsync(cancel);
        if (seal.Fault is { } shut) return Refused($"{shut.Message}，没有封存。{shut.Remedy}");
        var (trust, fault) = await trusts.CollectAsync(visit.AllCertificates(), cancel);
        if (trust is null) return Refused($"{fault!.Message}。{fault.Remedy}");
        var head = await heads.NewestAsync(cancel);
        for (var tries = 0; tries < MostTries; tries++)
        {
            (item, last) = await FindAsync(closed.Id, cancel);
            if (!await outstanding.HasAsync(closed.Id, cancel)) return new ArchiveOutcome(ArchiveResult.Unchanged, item!.ArchiveNumber, null);
            var number = item?.Item ?? await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key == numbering.Series(visit.Day.Year)).Select(n => n.Last).SingleOrDefaultAsync(cancel) + 1;
            var (packed, refused) = await pack.RunAsync(visit, item, number, numbering, personName, trust, head, seal.Act!, cancel);
            if (packed is null) return Refused(refused!);
            var sha256 = Digest.Of(packed.Zip);
            var written = new ArchiveVersion
            {
                ItemId = item?.Id ?? Guid.CreateVersion7(packed.Label.ArchivedAt), Version = packed.Label.Version, VisitId = visit.VisitId, ArchiveNumber = packed.Label.ArchiveNumber, Series = last?.Series ?? numbering.Series(visit.Day.Year),
                Item = number, Records = visit.Records.Count, File = $"{visit.Day.Year}/{visit.VisitId:N}-v{packed.Label.Version}-{sha256[..16]}.zip.sealed", Sha256 = sha256, Bytes = packed.Zip.Length,
                PersonId = personId, PersonName = personName, At = packed.Label.ArchivedAt,
            };
            // The file first: a row never names one that is not there. Its name is its own, so no other try can take its place.
            await packages.WriteAsync(written.File, packed.Zip, cancel);
            if (await WriteAsync(written, visit, packed.Label, cancel)) return new ArchiveOutcome(written.Version == 1 ? ArchiveResult.Archived : ArchiveResult.Amended, written.ArchiveNumber, null);
        }
        return Refused("一直有其他归档同时进行，请稍后再归档");

        ArchiveOutcome Refused(string reason) => new(ArchiveResult.Refused, label, reason);
    }

    /// <summary>What a visit is called that has no archive number.</summary>
    public static string LabelOf(ClosedVisit closed) => closed.DonationNumber ?? $"{closed.Day:yyyy-MM-dd} 无献血编号";

    private async Task<(ArchiveItem? Item, ArchiveVersion? Last)> FindAsync(Guid visit, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        var item = await store.Set<ArchiveItem>().AsNoTracking().SingleOrDefaultAsync(i => i.VisitId == visit, cancel);
        return (item, item is null ? null : await store.Set<ArchiveVersion>().AsNoTracking().SingleAsync(v => v.ItemId == item.Id && v.Version == item.Version, cancel));
    }

    /// <returns>False when somebody else has taken the number or the version meanwhile: nothing is written then.</returns>
    private async Task<bool> WriteAsync(ArchiveVersion version, VisitEvidence visit, PackageLabel label, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var item = await store.Set<ArchiveItem>().SingleOrDefaultAsync(i => i.VisitId == version.VisitId, cancel);
        if ((item?.Version ?? 0) + 1 != version.Version || (item is null && await store.NextNumberAsync(version.Series, cancel) != version.Item)) return false;
        if (item is null) store.Add(item = ItemOf(version, visit, label));
        else Show(item, version, visit);
        store.Add(version);
        var by = new Actor(version.PersonId, version.PersonName);
        store.Add(by.Did(version.Version == 1 ? "归档" : "归档更正", "visit:" + visit.VisitId, version.At, new AuditChange(New: $"{version.ArchiveNumber} 第 {version.Version} 版")));
        await store.AddLeafAsync(ArchiveLeaves.Kind, ArchiveLeaves.Subject(version.ItemId), ArchiveLeaves.ContentOf(version.Sha256), version.At, cancel);
        // The keys of item and version are the judge between two who write at once.
        return await Race.WonAsync(store, () => transaction.CommitAsync(cancel));
    }

    private void Show(ArchiveItem item, ArchiveVersion version, VisitEvidence visit)
    {
        (item.Version, item.ArchivedAt, item.CollectedAt, item.DonationNumber, item.Signed) = (version.Version, version.At, visit.CollectedAt, visit.DonationNumber, visit.Signed);
        (item.ProtectedName, item.NameDigest) = (cipher.Protect(visit.DonorName), cipher.Digest(visit.DonorName));
        (item.DocumentType, item.ProtectedDocumentNumber, item.DocumentNumberDigest) = (visit.DocumentType, cipher.Protect(visit.DocumentNumber), cipher.Digest(visit.DocumentNumber));
        item.Documents = BuildPackage.DocumentsOf(visit);
    }

    private ArchiveItem ItemOf(ArchiveVersion version, VisitEvidence visit, PackageLabel label) => new()
    {
        Id = version.ItemId, VisitId = visit.VisitId, ArchiveNumber = version.ArchiveNumber, Year = label.Year, Retention = label.Retention, Department = label.Department, DepartmentTitle = label.DepartmentTitle,
        Item = version.Item, Day = visit.Day, CollectedAt = visit.CollectedAt, ProtectedName = cipher.Protect(visit.DonorName), NameDigest = cipher.Digest(visit.DonorName), DocumentType = visit.DocumentType,
        ProtectedDocumentNumber = cipher.Protect(visit.DocumentNumber), DocumentNumberDigest = cipher.Digest(visit.DocumentNumber), DonationNumber = visit.DonationNumber, Signed = visit.Signed, Version = version.Version,
        Documents = BuildPackage.DocumentsOf(visit), ArchivedAt = version.At,
    };
}
