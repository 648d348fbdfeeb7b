using Modules.Signing.Contracts;

namespace Modules.Archive;

/// <summary>The part of the check that looks at the station's seal, which binds the package to itself: it closes the manifest, and the manifest names every other file.</summary>
public sealed partial class CheckPackage
{
    /// <summary>Names in certificates are cut there (RFC 5280, ub-common-name).</summary>
    private const int LongestName = 64;

    /// <summary>Clocks of station and timestamp authority differ, and sealing takes its time.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the seal of a package that has just been closed.</summary>
    internal static IReadOnlyList<PackageFault> OfSeal(ISignatureCheck check, IReadOnlyList<PackageFile> files, PackageMetadata metadata, IReadOnlyList<byte[]> roots)
    {
        var run = new CheckPackage(check, files, roots);
        run.CheckManifest();
        run.CheckSeal(metadata);
        return [.. run._checks.SelectMany(c => c.Faults)];
    }

    private void CheckSeal(PackageMetadata? metadata) => Add(Genuine, "档案包由形成单位电子封存，清单在封存后没有改动", 1, SealFaults(metadata));

    private IEnumerable<PackageFault> SealFaults(PackageMetadata? metadata)
    {
        if (!_byPath.TryGetValue(Package.Manifest, out var manifest) || !_byPath.TryGetValue(Package.Seal, out var seal)) return [new PackageFault(Package.Seal, "档案包没有形成单位的封存签名")];
        var verdict = _check.Check(seal.Bytes, manifest.Bytes, _trust, oneAct: true);
        var faults = verdict.Faults.Concat(SealedBy(verdict, metadata?.Label)).ToList();
        if (Brought(seal.Bytes)) faults.Add("封存签名带有不在档案包里的证书。");
        _signatures.Add(new SignatureLine(Package.Seal, $"{Package.Manifest}（档案包的全部文件）", "形成单位封存", verdict.Signer, verdict.StampedAt, verdict.Authority, faults));
        return faults.Select(f => new PackageFault(Package.Seal, f))
            .Concat(_byPath.TryGetValue(Package.SealStamp, out var stamp) && SignatureParts.Timestamp(seal.Bytes)?.AsSpan().SequenceEqual(stamp.Bytes) == true ? [] : [new PackageFault(Package.SealStamp, "与封存签名里的时间戳不一致")]);
    }

    private static IEnumerable<string> SealedBy(SignatureVerdict verdict, PackageLabel? label)
    {
        if (!verdict.SignerId.StartsWith(SignatureVerdict.StationPrefix, StringComparison.Ordinal)) yield return "封存签名不是血站的签名。";
        if (label is null) yield break;
        if (verdict.SignerId != SignatureVerdict.StationPrefix + label.StationCode || verdict.Signer != (label.Station.Length > LongestName ? label.Station[..LongestName] : label.Station))
            yield return $"封存的是 {verdict.Signer}（{verdict.SignerId}），元数据写的形成单位是 {label.Station}（{label.StationCode}）。";
        if (verdict.StampedAt is { } at && (at - label.ArchivedAt).Duration() > Soon) yield return "封存时间与元数据中的归档时间不符。";
    }

    /// <summary>A certificate no file of the package vouches for.</summary>
    private bool Brought(byte[] seal)
    {
        var own = SignatureParts.Certificate(seal);
        return SignatureParts.Certificates(seal).Any(c => !c.AsSpan().SequenceEqual(own) && !_trust.Issuers.Any(issuer => c.AsSpan().SequenceEqual(issuer)));
    }
}
