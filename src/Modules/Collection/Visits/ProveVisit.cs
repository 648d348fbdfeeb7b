using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Documents;
using Engine.Forms;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Audit;

namespace Modules.Collection;

/// <summary>Whether what a visit has signed still holds, in plain words.</summary>
/// <param name="Fault">Why not all of it can be proven now; null when it can. What is against a signature all the same stands with it.</param>
public sealed record VisitProof(IReadOnlyList<ProvenSignature> Signatures, string? Fault)
{
    public bool Broken => Signatures.Any(s => s.Faults.Count > 0);

    public bool Holds => Fault is null && !Broken;
}

/// <param name="Of">The form or record document, with its version.</param>
/// <param name="Path">Where a record document is opened, below the tenant; null for a form.</param>
/// <param name="StampedAt">Time of the timestamp authority; null for a signature in ink.</param>
/// <param name="Faults">zh-CN; empty when the signature holds.</param>
public sealed record ProvenSignature(string Of, string? Path, string Role, string Signer, DateTimeOffset? StampedAt, string Authority, IReadOnlyList<string> Faults)
{
    /// <summary>Nothing is against it, but nobody has said yet whether its certificate was revoked.</summary>
    public bool Unproven { get; init; }
}

/// <summary>Checks each electronic signature of a visit against what is stored now: the record, the submission and the printed form it names.</summary>
internal sealed class ProveVisit(ReadEvidence evidence, ISignatureCheck check, ITrustSource trust)
{
    private const string Unanswered = "电子认证机构暂时没有应答，还不能确认证书在签名时没有被吊销。这不表示签名有问题，请稍后刷新本页";

    public async Task<VisitProof> OfAsync(VisitFile file, CancellationToken cancel)
    {
        if (!file.Configuration.SignsElectronically) return new VisitProof([], null);
        var stored = await evidence.ReadAsync(file, cancel);
        var (material, unanswered) = await trust.KnownNowAsync(stored.AllCertificates(), cancel);
        List<ProvenSignature> signatures = [.. stored.Records.SelectMany(r => Of(r, material)), .. stored.Documents.SelectMany(d => Of(stored, d, material)), .. Missing(stored)];
        if (unanswered) signatures = signatures.ConvertAll(Undecided);
        return new VisitProof(signatures, signatures.Exists(s => s.Unproven) ? Unanswered : null);
    }

    /// <summary>While somebody is silent, that nothing is known of a certificate says nothing against it; what else is wrong stays wrong.</summary>
    private static ProvenSignature Undecided(ProvenSignature signature) =>
        signature.Faults.Contains(SignatureVerdict.NoRevocation) ? signature with { Faults = [.. signature.Faults.Where(f => f != SignatureVerdict.NoRevocation)], Unproven = true } : signature;

    private IEnumerable<ProvenSignature> Of(EvidenceRecord record, TrustMaterial material)
    {
        var of = $"{record.Title} 第 {record.Version} 版";
        foreach (var signature in record.Signatures)
        {
            IEnumerable<string> damaged = signature.Damaged is { } words ? [words] : [];
            if (signature.Cms is null || signature.SignedRecord.Length == 0)
            {
                yield return new ProvenSignature(of, null, signature.Label, signature.PersonName, null, "", [.. damaged, .. signature.Damaged is null && signature.Method != SigningMethods.Wet ? new[] { "没有电子签名" } : []]);
                continue;
            }
            var verdict = check.Check(signature.Cms, signature.SignedRecord, material);
            yield return new ProvenSignature(of, null, signature.Label, verdict.Signer.Length > 0 ? Shown(verdict) : signature.PersonName, verdict.StampedAt, verdict.Authority, [.. damaged, .. verdict.Faults, .. Contradictions(record, signature)]);
        }
    }

    /// <summary>What the signed record says otherwise than the rows beside it.</summary>
    private static IEnumerable<string> Contradictions(EvidenceRecord record, EvidenceSignature signature)
    {
        if (AuditTables.Sha256(record.Content) != record.ContentHash) yield return "表单内容与提交时的摘要不一致，内容已被改动";
        var signed = JsonNode.Parse(signature.SignedRecord)!;
        if (AuditTables.Sha256(CanonicalJson.Write(signed["submission"])) != record.ContentHash) yield return "签名的内容与现存表单不一致";
        var drawn = signed["signer"]?["picture"]?.GetValue<string>();
        if (signature.Picture is { } picture && drawn != AuditTables.Sha256(picture)) yield return "手写笔迹与签名时的不一致";
        if (signature.Picture is null && drawn is not null && signature.Damaged is null) yield return "手写笔迹已被删去";
    }

    /// <summary>Whoever signs a record signs the forms printed with it: one that was taken away since is missed.</summary>
    private static IEnumerable<ProvenSignature> Missing(VisitEvidence stored)
    {
        var damaged = stored.Documents.Where(d => d.Damaged is not null).Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        var found = stored.Documents.Where(d => d.Damaged is null).SelectMany(d => d.Reading.Signatures.Select(s => (d.Name, AuditTables.Sha256(s.Found(d.Pdf))))).ToHashSet();
        return from record in stored.Records
               from signature in record.Signatures
               where signature.Cms is not null && signature.SignedRecord.Length > 0
               from printed in JsonNode.Parse(signature.SignedRecord)!["printed"]?.AsArray() ?? []
               let name = printed!["name"]!.GetValue<string>()
               where !damaged.Contains(name) && !found.Contains((name, printed["sha256"]!.GetValue<string>()))
               select new ProvenSignature($"{record.Title} 第 {record.Version} 版", null, signature.Label, signature.PersonName, null, "", [$"签名时的记录单据 {name} 已不在，或已被换过"]);
    }

    private IEnumerable<ProvenSignature> Of(VisitEvidence stored, EvidenceDocument document, TrustMaterial material)
    {
        var (of, path) = ($"{document.Title} 第 {document.Version} 版（PDF）", ShowRecordDocument.Path(stored.VisitId, document.Name, document.Version));
        if (document.Damaged is { } damaged)
        {
            yield return new ProvenSignature(of, path, "", "", null, "", [damaged]);
            yield break;
        }
        var reading = document.Reading;
        List<string> whole = [.. reading.Faults];
        if (AuditTables.Sha256(document.Pdf) != document.Sha256) whole.Add("文件与签署时的摘要不一致，内容已被改动");
        if (reading.Signatures.Count != document.Signatures) whole.Add($"应有 {document.Signatures} 个签名，文件中有 {reading.Signatures.Count} 个");
        if (reading.Signatures.Count == 0) yield return new ProvenSignature(of, path, "", "", null, "", whole);
        foreach (var signature in reading.Signatures)
        {
            var verdict = check.Check(signature.Cms, signature.SignedBytes, material);
            yield return new ProvenSignature(of, path, "", Shown(verdict), verdict.StampedAt, verdict.Authority, [.. whole, .. verdict.Faults]);
        }
    }

    /// <summary>The page masks donors; the certificate does not.</summary>
    private static string Shown(SignatureVerdict verdict) => verdict.ByDonor ? Mask.Name(verdict.Signer) : verdict.Signer;
}
