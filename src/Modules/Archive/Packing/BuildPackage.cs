using System.Text;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Modules.Collection.Contracts;
using Modules.Signing.Contracts;

namespace Modules.Archive;

/// <summary>Lays the evidence of a visit out as the files of a package, all but report and manifest.</summary>
internal sealed class BuildPackage
{
    private readonly List<PackageFile> _files = [];
    private readonly List<ListedFile> _listed = [];
    private readonly List<ListedSignature> _signatures = [];

    private BuildPackage()
    {
    }

    /// <param name="trust">By which the signatures, and the seal to come, are checked later.</param>
    /// <param name="head">The newest head of the station's evidence; null before the first.</param>
    public static IReadOnlyList<PackageFile> Of(VisitEvidence visit, PackageLabel label, TrustMaterial trust, SignedHead? head)
    {
        var package = new BuildPackage();
        foreach (var form in visit.Documents.Where(d => !Replaced(d, visit))) package.Add($"forms/{form.Name}-v{form.Version}.pdf", form.Pdf, form.Title, form.Sha256, form.Signatures);
        foreach (var record in visit.Records) package.AddRecord(record);
        foreach (var (verdict, number) in visit.Verdicts.Select((v, i) => (v, i + 1))) package.Add($"verdicts/{number:00}-{verdict.Stage}-{verdict.DonationType}.json", Encoding.UTF8.GetBytes(verdict.Json), "判定");
        package.Add(Package.Audit, Audit(visit.Audit), "操作记录");
        if (head is not null)
        {
            package.Add(Package.Head, head.Json, "证据树头");
            package.Add(Package.HeadSignature, head.Cms, "证据树头的签名");
        }
        package.AddTrust(trust, visit.SignerCertificates());
        var subject = new PackageSubject(visit.VisitId.ToString(), $"{visit.Day:yyyy-MM-dd}", visit.State, visit.DonationType, visit.DonationNumber, visit.DonorName, visit.DocumentType, visit.DocumentNumber,
            visit.CollectedAt, visit.Signed, visit.ConfigurationHash, DocumentsOf(visit));
        return [.. package._files, new PackageFile(Package.Metadata, new PackageMetadata(label, subject, package._listed, package._signatures).ToXml())];
    }

    /// <summary>电子全文数: forms, without counting their versions.</summary>
    public static int DocumentsOf(VisitEvidence visit) => visit.Documents.Select(d => d.Name).Distinct().Count();

    /// <summary>
    /// A printed form nobody stood for, as earlier releases made of a correction without signers, is no form of the record once a signed one has replaced it.
    /// The correction itself stays, as a record without signatures. Where none has replaced it, it goes in and the check refuses it.
    /// </summary>
    private static bool Replaced(EvidenceDocument document, VisitEvidence visit) =>
        visit.Signed && document.Signers == 0 && visit.Documents.Any(d => d.Name == document.Name && d.Version > document.Version && d.Signatures > 0);

    private void Add(string path, byte[] bytes, string kind, string? noted = null, int? signatures = null)
    {
        var file = new PackageFile(path, bytes);
        _files.Add(file);
        _listed.Add(new ListedFile(path, noted ?? file.Sha256, kind, signatures));
    }

    private void AddRecord(EvidenceRecord record)
    {
        var name = $"{record.Step}-v{record.Version}";
        Add($"records/{name}.json", record.Content, record.Title, record.ContentHash, record.Signatures.Count);
        foreach (var signature in record.Signatures.OrderBy(s => s.Order)) AddSignature($"{name}-{signature.Order}-{signature.Role}", $"records/{name}.json", signature);
    }

    private void AddSignature(string name, string record, EvidenceSignature signature)
    {
        var (over, picture) = ($"records/{name}.signed.json", signature.Picture is null ? null : $"pictures/{name}.png");
        Add(over, signature.SignedRecord, $"{signature.Label}签名的内容");
        if (picture is not null) Add(picture, signature.Picture!, $"{signature.Label}的手写签名");
        var token = signature.Cms is null ? null : SignatureParts.Timestamp(signature.Cms);
        if (signature.Cms is not null) Add($"signatures/{name}.p7s", signature.Cms, $"{signature.Label}的电子签名");
        if (token is not null) Add($"timestamps/{name}.tsr", token, $"{signature.Label}签名的时间戳");
        _signatures.Add(new ListedSignature(signature.Cms is null ? null : $"signatures/{name}.p7s", over, record, signature.Label, signature.PersonName, signature.Method, signature.Order, picture,
            token is null ? null : $"timestamps/{name}.tsr"));
    }

    private void AddTrust(TrustMaterial trust, IReadOnlyList<byte[]> signers)
    {
        foreach (var (name, kind, all) in new[]
        {
            ("certificates/root-{0}.cer", "根证书", trust.Roots), ("certificates/issuer-{0}.cer", "中间证书", trust.Issuers), ("certificates/signer-{0}.cer", "签名人证书", signers),
            ("revocation/{0}.crl", "证书吊销列表", trust.Crls), ("revocation/{0}.ocsp", "证书状态应答", trust.OcspResponses),
        })
            for (var i = 0; i < all.Count; i++) Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, name, i + 1), all[i], kind);
    }

    private static byte[] Audit(IReadOnlyList<EvidenceAudit> audit) => CanonicalJson.Write(new JsonArray([.. audit.Select(a => (JsonNode)new JsonObject
    {
        ["at"] = a.At.ToUnixTimeMilliseconds(), ["person"] = a.PersonName, ["action"] = a.Action, ["field"] = a.Field, ["old"] = a.Old, ["new"] = a.New, ["reason"] = a.Reason,
    })]));
}
