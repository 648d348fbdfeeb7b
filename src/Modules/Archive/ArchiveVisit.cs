using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Signing.Contracts;
using Modules.Archive.Contracts;
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
internal sealed class ArchiveVisit(Store store, FieldCipher cipher, IArchiveStore packages, IVisitEvidence evidence, ITrustSource trusts, ISignatureCheck check, StationClock station)
{
    public async Task<ArchiveOutcome> RunAsync(ClosedVisit closed, string personId, string personName, CancellationToken cancel)
    {
        var item = await store.Set<ArchiveItem>().SingleOrDefaultAsync(i => i.VisitId == closed.Id, cancel);
        var last = item is null ? null : await store.Set<ArchiveVersion>().AsNoTracking().SingleAsync(v => v.ItemId == item.Id && v.Version == item.Version, cancel);
        if (last?.Records == closed.Records) return new ArchiveOutcome(ArchiveResult.Unchanged, item!.ArchiveNumber, null);
        var label = item?.ArchiveNumber ?? closed.DonationNumber ?? $"{closed.Day:yyyy-MM-dd} 无献血编号";
        var settings = await station.SettingsAsync(cancel);
        if (ArchiveNumbering.Of(settings) is not { Numbering: { } numbering } numbered) return Refused(ArchiveNumbering.Of(settings).Fault!);
        if (await evidence.ReadAsync(closed.Id, cancel) is not { } visit) return Refused("没有这次献血的记录");
        var (trust, fault) = visit.Signed ? await trusts.CollectAsync(BuildPackage.SignersOf(visit), cancel) : (null, null);
        if (fault is not null) return Refused($"{fault.Message}。{fault.Remedy}");
        while (true)
        {
            var number = item?.Item ?? await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key == numbering.Series(visit.Day.Year)).Select(n => n.Last).SingleOrDefaultAsync(cancel) + 1;
            var packed = Pack(visit, item, number, numbering, settings, personName, trust);
            if (!packed.Verdict.Holds) return Refused("四性检测不通过：" + string.Join("；", packed.Verdict.Faults.Take(5).Select(f => $"{f.File}：{f.Reason}")));
            var written = new ArchiveVersion
            {
                ItemId = item?.Id ?? Guid.CreateVersion7(packed.Label.ArchivedAt), Version = packed.Label.Version, VisitId = visit.VisitId, ArchiveNumber = packed.Label.ArchiveNumber, Series = last?.Series ?? numbering.Series(visit.Day.Year),
                Item = number, Records = visit.Records.Count, File = $"{visit.Day.Year}/{visit.VisitId:N}-v{packed.Label.Version}.zip.sealed", Sha256 = Convert.ToHexStringLower(SHA256.HashData(packed.Zip)), Bytes = packed.Zip.Length,
                PersonId = personId, PersonName = personName, At = packed.Label.ArchivedAt,
            };
            // The file first: a row never names one that is not there. The name is the visit's own, so a second try takes its place.
            await packages.WriteAsync(written.File, packed.Zip, cancel);
            if (await WriteAsync(written, item, visit, packed.Label, cancel)) return new ArchiveOutcome(item is null ? ArchiveResult.Archived : ArchiveResult.Amended, written.ArchiveNumber, null);
        }

        ArchiveOutcome Refused(string reason) => new(ArchiveResult.Refused, label, reason);
    }

    private sealed record Packed(PackageLabel Label, byte[] Zip, PackageVerdict Verdict);

    private Packed Pack(VisitEvidence visit, ArchiveItem? item, long number, ArchiveNumbering numbering, StationSettings settings, string personName, TrustMaterial? trust)
    {
        var label = new PackageLabel(
            item?.ArchiveNumber ?? numbering.ArchiveNumber(visit.Day.Year, number), $"{number:0000}", visit.Day.Year, item?.Retention ?? numbering.Retention, item?.Department ?? numbering.Department,
            item?.DepartmentTitle ?? numbering.DepartmentTitle, (item?.Version ?? 0) + 1, station.Now, personName, settings.SiteName, "成分献血平台 " + WriteBackup.ProductVersion);
        var files = BuildPackage.Of(visit, label, trust);
        var verdict = CheckPackage.Run(check, files, trust?.Roots, finished: false);
        var whole = files.Append(PropertyReport.Of(verdict, label, settings.TimeZone)).ToList();
        return new Packed(label, Package.Zip(whole.Append(Package.ManifestOf(whole))), verdict);
    }

    /// <returns>False when the number has gone to another visit meanwhile: nothing is written then.</returns>
    private async Task<bool> WriteAsync(ArchiveVersion version, ArchiveItem? item, VisitEvidence visit, PackageLabel label, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (item is null && await store.NextNumberAsync(version.Series, cancel) != version.Item) return false;
        if (item is null) store.Add(item = ItemOf(version, visit, label));
        (item.Version, item.ArchivedAt, item.CollectedAt, item.DonationNumber, item.Signed) = (version.Version, version.At, visit.CollectedAt, visit.DonationNumber, visit.Signed);
        (item.ProtectedName, item.NameDigest) = (cipher.Protect(visit.DonorName), cipher.Digest(visit.DonorName));
        item.Documents = visit.Documents.Select(d => d.Name).Distinct().Count();
        store.Add(version);
        store.Add(new AuditEntry { At = version.At, PersonId = version.PersonId, PersonName = version.PersonName, Action = version.Version == 1 ? "归档" : "归档更正", Subject = "visit:" + visit.VisitId, New = $"{version.ArchiveNumber} 第 {version.Version} 版" });
        await store.AddLeafAsync("archive", "archive:" + version.ItemId, Convert.FromHexString(version.Sha256), version.At, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private ArchiveItem ItemOf(ArchiveVersion version, VisitEvidence visit, PackageLabel label) => new()
    {
        Id = version.ItemId, VisitId = visit.VisitId, ArchiveNumber = version.ArchiveNumber, Year = label.Year, Retention = label.Retention, Department = label.Department, DepartmentTitle = label.DepartmentTitle,
        Item = version.Item, Day = visit.Day, ProtectedName = cipher.Protect(visit.DonorName), NameDigest = cipher.Digest(visit.DonorName), DocumentType = visit.DocumentType,
        ProtectedDocumentNumber = cipher.Protect(visit.DocumentNumber), DocumentNumberDigest = cipher.Digest(visit.DocumentNumber), Signed = visit.Signed, Version = 1, Documents = 0, ArchivedAt = version.At,
    };
}
