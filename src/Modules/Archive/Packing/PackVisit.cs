using Modules.Collection.Contracts;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

internal sealed record PackedVisit(PackageLabel Label, byte[] Zip);

/// <summary>Makes the package of a visit and closes it: judged, reported, listed in the manifest, and the manifest sealed by the station.</summary>
internal sealed class PackVisit(ISignatureCheck check, TenantContext tenant, StationClock station)
{
    /// <summary>More of them say nothing new.</summary>
    private const int MostFaults = 5;

    /// <param name="item">The item there already; null for a first version.</param>
    /// <param name="head">The newest head of the station's evidence; null before the first.</param>
    /// <param name="seal">The station's key for this act.</param>
    /// <returns>The package, or why there is none, zh-CN.</returns>
    public async Task<(PackedVisit? Packed, string? Refused)> RunAsync(
        VisitEvidence visit, ArchiveItem? item, long number, ArchiveNumbering numbering, string personName, TrustMaterial trust, SignedHead? head, ISigningAct seal, CancellationToken cancel)
    {
        var settings = await station.SettingsAsync(cancel);
        var label = new PackageLabel(
            item?.ArchiveNumber ?? numbering.ArchiveNumber(visit.Day.Year, number), $"{number:0000}", visit.Day.Year, item?.Retention ?? numbering.Retention, item?.Department ?? numbering.Department,
            item?.DepartmentTitle ?? numbering.DepartmentTitle, (item?.Version ?? 0) + 1, station.Now, personName, settings.SiteName is { Length: > 0 } name ? name : tenant.Current.Name, tenant.Current.Name, "成分献血平台 " + BackupZip.ProductVersion);
        var files = BuildPackage.Of(visit, label, trust, head);
        var verdict = CheckPackage.Run(check, files, trust.Roots, finished: false);
        if (!verdict.Holds) return (null, "四性检测不通过：" + InWords(verdict.Faults));
        var whole = files.Append(PropertyReport.Of(verdict, label, settings.TimeZone)).ToList();
        whole.Add(Package.ManifestOf(whole));
        var signature = await seal.SignAsync(whole[^1].Bytes, cancel);
        if (signature.Fault is { } fault) return (null, $"{fault.Message}，没有封存。{fault.Remedy}");
        whole.AddRange([new PackageFile(Package.Seal, signature.Cms!), new PackageFile(Package.SealStamp, SignatureParts.Timestamp(signature.Cms!)!)]);
        if (!Package.Fits(whole)) return (null, $"超过一个档案包的上限（{Package.Largest / (1024 * 1024)} MB、{Package.MostEntries} 个文件），请联系系统管理员");
        var faults = CheckPackage.OfSeal(check, whole, verdict.Metadata!, trust.Roots);
        return faults.Count == 0 ? (new PackedVisit(label, Package.Zip(whole)), null) : (null, "封存不通过：" + InWords(faults));
    }

    private static string InWords(IEnumerable<PackageFault> faults) => string.Join("；", faults.Take(MostFaults).Select(f => $"{f.File}：{f.Reason}"));
}
