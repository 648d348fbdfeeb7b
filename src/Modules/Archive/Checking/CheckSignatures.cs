using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Engine.Canonical;
using Modules.Signing.Contracts;
using Platform.Audit;

namespace Modules.Archive;

/// <summary>The part of the check that looks at records and who signed them: what was signed is compared with everything that stands beside it.</summary>
public sealed partial class CheckPackage
{
    /// <summary>Methods as the record of a visit names them: in ink, and by the donor's hand on a screen.</summary>
    private const string Ink = "wet", Handwriting = "handwriting";

    /// <param name="Verdict">Null on paper, or when a file is missing.</param>
    private sealed record Judged(ListedSignature Listed, JsonObject? Signed, SignatureVerdict? Verdict);

    private void CheckRecords(PackageMetadata metadata)
    {
        var files = metadata.Files.Where(f => f.Path.StartsWith("records/", StringComparison.Ordinal)).ToList();
        var records = files.ConvertAll(f => f.Path);
        Add(Genuine, "记录与被签内容是规范形式的 JSON（RFC 8785）", records.Count, records.Where(_byPath.ContainsKey)
            .Where(p => Json(p) is var json && (json is null || !Canonical(json).AsSpan().SequenceEqual(_byPath[p].Bytes))).Select(p => new PackageFault(p, "不是规范形式，内容已被改动")));
        var over = metadata.Signatures.Select(s => s.Over).ToHashSet(StringComparer.Ordinal);
        var submitted = files.Where(f => !over.Contains(f.Path)).ToList();
        Add(Complete, "每份记录的签名都在，次序没有中断", submitted.Count, submitted.SelectMany(r => Missing(r, metadata)).Concat(metadata.Signatures.Where(s => !submitted.Exists(r => r.Path == s.Record)).Select(s => new PackageFault(s.Over, "签名的记录不在档案包里"))));
    }

    private static IEnumerable<PackageFault> Missing(ListedFile record, PackageMetadata metadata)
    {
        var orders = metadata.Signatures.Where(s => s.Record == record.Path).Select(s => s.Order).Order().ToList();
        if (orders.Count != record.Signatures) yield return new PackageFault(record.Path, $"应有 {record.Signatures} 个签名，元数据列有 {orders.Count} 个");
        if (!orders.SequenceEqual(Enumerable.Range(1, orders.Count))) yield return new PackageFault(record.Path, "签名的次序中断");
    }

    private List<Judged> CheckSignatures(PackageMetadata metadata)
    {
        var all = metadata.Signatures.Select(s => Judge(s, metadata.Subject.Signed)).ToList();
        Add(Genuine, metadata.Subject.Signed ? "电子签名与时间戳有效" : PackageMetadata.OnPaper, all.Count, _signatures.Where(s => s.File != Package.Seal).SelectMany(s => s.Faults.Select(f => new PackageFault(s.File, f))));
        Add(Genuine, "签名内容与记录、笔迹、判定、献血者和签名人相符", all.Count, all.SelectMany(s => Contradictions(s, metadata)));
        var stamped = metadata.Signatures.Where(s => s.Timestamp is not null).ToList();
        Add(Genuine, "单独存放的时间戳就是签名里的时间戳", stamped.Count, stamped
            .Where(s => _byPath.TryGetValue(s.Timestamp!, out var token) && s.Path is not null && _byPath.TryGetValue(s.Path, out var cms) && SignatureParts.Timestamp(cms.Bytes)?.AsSpan().SequenceEqual(token.Bytes) != true)
            .Select(s => new PackageFault(s.Timestamp!, "与签名里的时间戳不一致")));
        return all;
    }

    private Judged Judge(ListedSignature signature, bool signed)
    {
        var content = Json(signature.Over) as JsonObject;
        if (signature.Path is null)
        {
            _signatures.Add(new SignatureLine(signature.Over, signature.Record, signature.Role, signature.Signer, null, null, signed && signature.Method != Ink ? ["没有电子签名"] : []));
            return new Judged(signature, content, null);
        }
        if (!_byPath.TryGetValue(signature.Path, out var cms) || !_byPath.TryGetValue(signature.Over, out var over))
        {
            _signatures.Add(new SignatureLine(signature.Path, signature.Over, signature.Role, signature.Signer, null, null, ["签名或被签内容不在档案包里"]));
            return new Judged(signature, content, null);
        }
        var verdict = _check.Check(cms.Bytes, over.Bytes, _trust);
        _signatures.Add(new SignatureLine(signature.Path, signature.Over, signature.Role, verdict.Signer.Length > 0 ? verdict.Signer : signature.Signer, verdict.StampedAt, verdict.Authority, verdict.Faults));
        return new Judged(signature, content, verdict);
    }

    /// <summary>What the signed content says otherwise than the files beside it.</summary>
    private IEnumerable<PackageFault> Contradictions(Judged judged, PackageMetadata metadata)
    {
        var (listed, signed) = (judged.Listed, judged.Signed);
        if (signed is null) return [new PackageFault(listed.Over, "被签内容不能读取")];
        var signer = signed["signer"] as JsonObject ?? signed;
        return [.. OfRecord(listed, signed, signer, metadata), .. listed.Path is null ? [] : OfVisit(listed, signed, metadata).Concat(OfSigner(judged, signed, signer))];
    }

    private IEnumerable<PackageFault> OfRecord(ListedSignature listed, JsonObject signed, JsonObject signer, PackageMetadata metadata)
    {
        var content = signed["submission"] is { } submission ? AuditTables.Sha256(Canonical(submission)) : Text(signer["content"]);
        if (content != Sha256Of(listed.Record)) yield return new PackageFault(listed.Record, $"与{listed.Role}签名的内容不一致");
        if (Text(signer["picture"]) != Sha256Of(listed.Picture)) yield return new PackageFault(listed.Picture ?? listed.Over, $"{listed.Role}的手写签名与签名时的不一致");
        if (Text(signer["method"]) != listed.Method || !(signer["order"] is JsonValue order && order.TryGetValue<int>(out var number) && number == listed.Order)) yield return new PackageFault(Package.Metadata, $"{listed.Over} 的签名方式或次序与被签内容不一致");
        if (!listed.Over.EndsWith($"-{listed.Order}-{Text(signer["role"])}.signed.json", StringComparison.Ordinal)) yield return new PackageFault(listed.Over, "角色与被签内容不一致");
        var before = metadata.Signatures.FirstOrDefault(s => s.Record == listed.Record && s.Order == listed.Order - 1) is { } previous && Json(previous.Over) is JsonObject earlier ? AuditTables.Sha256(Canonical(earlier["signer"] ?? earlier)) : null;
        if (Text(signer["before"]) != before) yield return new PackageFault(listed.Over, "与前一签名人的衔接不一致");
    }

    private IEnumerable<PackageFault> OfVisit(ListedSignature listed, JsonObject signed, PackageMetadata metadata)
    {
        var (subject, verdicts) = (metadata.Subject, _files.Where(f => f.Path.StartsWith("verdicts/", StringComparison.Ordinal)).Select(f => f.Sha256).ToHashSet(StringComparer.Ordinal));
        foreach (var (name, title, value) in new[] { ("visit", "就诊编号", subject.VisitId), ("day", "就诊日期", subject.Day), ("station", "血站", metadata.Label.StationCode), ("configuration", "配置", subject.ConfigurationHash) })
            if (Text(signed[name]) != value) yield return new PackageFault(listed.Over, $"被签的是另一次献血：{title}与元数据不一致");
        if (Text((signed["donor"] as JsonObject)?["idNumber"]) != subject.DocumentNumber) yield return new PackageFault(Package.Metadata, $"证件编号与签名内容 {listed.Over} 不一致");
        if (Text(signed["donationNumber"]) is { } number && number != subject.DonationNumber) yield return new PackageFault(Package.Metadata, $"献血编号与签名内容 {listed.Over} 不一致");
        if (!IsOf(listed.Record, signed)) yield return new PackageFault(listed.Over, "被签的是另一步骤的记录");
        foreach (var verdict in Objects(signed["verdicts"]).Where(v => !verdicts.Contains(Text(v["sha256"]) ?? "")))
            yield return new PackageFault(listed.Over, $"签名时的判定（{Text(verdict["stage"])} {Text(verdict["donationType"])}）不在档案包里，或已被改动");
        var before = metadata.Signatures.Where(s => s.Record == listed.Record && s.Path is not null && s.Order < listed.Order).MaxBy(s => s.Order);
        if (Text(signed["before"]) != Sha256Of(before?.Path)) yield return new PackageFault(listed.Over, "与前一签名的衔接不一致");
    }

    /// <summary>
    /// Whether the record is of the step that was signed. Of a form filled in beside the flow earlier releases signed the code alone, without the number of the filling-in:
    /// the number is then vouched for by the seal, as the version of every record is; form, content, signer and time are in the signature all the same.
    /// </summary>
    private static bool IsOf(string record, JsonObject signed)
    {
        if (Text(signed["step"]) is not { } step) return false;
        return record.StartsWith($"records/{step}-v", StringComparison.Ordinal)
            || (step == Text(((signed["submission"] as JsonObject)?["form"] as JsonObject)?["code"]) && Regex.IsMatch(record, $@"^records/{Regex.Escape(step)}-[1-9][0-9]*-v", RegexOptions.CultureInvariant));
    }

    /// <summary>Whose key signed is who is said to have signed: a member of staff by the id, the donor by the name in the same record.</summary>
    private static IEnumerable<PackageFault> OfSigner(Judged judged, JsonObject signed, JsonObject signer)
    {
        // Of a signature that cannot be read its own fault says enough; one that holds and names nobody is nobody's.
        if (judged.Verdict is not { } verdict || verdict is { SignerId.Length: 0, Holds: false }) yield break;
        var donor = UnicodeText.ToNfc(Text((signed["donor"] as JsonObject)?["name"]) ?? "");
        var same = Text(signer["method"]) == Handwriting
            ? verdict.ByDonor && UnicodeText.ToNfc(verdict.Signer) == (donor.Length > LongestName ? donor[..LongestName] : donor)
            : verdict.SignerId == SignatureVerdict.StaffPrefix + Text(signer["person"]);
        if (!same) yield return new PackageFault(judged.Listed.Path!, $"签名的密钥是 {verdict.Signer} 的，不是被签内容所写的签名人的");
    }

    private string? Sha256Of(string? path) => path is null ? null : _byPath.GetValueOrDefault(path)?.Sha256;
}
