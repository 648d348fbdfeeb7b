using Engine.Documents;
using Modules.Signing.Contracts;
using Platform.Audit;

namespace Modules.Archive;

/// <summary>The part of the check that looks at the printed forms: each signature inside belongs to a record that names the form as its signer found it.</summary>
public sealed partial class CheckPackage
{
    /// <param name="Before">SHA-256 of the file as the signer found it.</param>
    private sealed record FormSignature(string Path, string Field, string Before, string SignerId);

    private void CheckForms(PackageMetadata metadata, IReadOnlyList<Judged> records)
    {
        var forms = metadata.Files.Where(f => f.Path.StartsWith("forms/", StringComparison.Ordinal) && _byPath.ContainsKey(f.Path)).ToList();
        var (faults, inside) = (new List<PackageFault>(), new List<FormSignature>());
        foreach (var form in forms)
        {
            var pdf = _byPath[form.Path].Bytes;
            var reading = PdfSignatures.Read(pdf);
            faults.AddRange(reading.Faults.Select(f => new PackageFault(form.Path, f)));
            if (reading.Signatures.Count != form.Signatures) faults.Add(new PackageFault(form.Path, $"应有 {form.Signatures} 个签名，文件中有 {reading.Signatures.Count} 个"));
            if (reading.Signatures.Count == 0 && metadata.Subject.Signed && !metadata.Signatures.Any(s => s.Method == Ink)) faults.Add(new PackageFault(form.Path, "没有一个电子签名"));
            foreach (var signature in reading.Signatures)
            {
                var verdict = _check.Check(signature.Cms, signature.SignedBytes, _trust);
                _signatures.Add(new SignatureLine(form.Path, form.Kind, signature.Reason.Length > 0 ? signature.Reason : signature.FieldName, verdict.Signer, verdict.StampedAt, verdict.Authority, verdict.Faults));
                faults.AddRange(verdict.Faults.Select(f => new PackageFault(form.Path, f)));
                inside.Add(new FormSignature(form.Path, signature.FieldName, AuditTables.Sha256(signature.Found(pdf)), verdict.SignerId));
            }
        }
        Add(Genuine, "表单 PDF 的签名有效，签名后没有改动", forms.Count, faults);
        var donors = records.Select(r => r.Verdict).OfType<SignatureVerdict>().Where(v => v.ByDonor).Select(v => v.SignerId).Concat(inside.Select(f => f.SignerId).Where(id => id.StartsWith(SignatureVerdict.DonorPrefix, StringComparison.Ordinal))).Distinct().Count();
        Add(Genuine, "表单的每个签名与记录的签名相对应", inside.Count, Unpaired(records, inside).Concat(donors > 1 ? [new PackageFault(Package.Metadata, "献血者的签名出自不同的人")] : []));
    }

    /// <summary>Whoever signs a record signs the forms printed with it, and the record names each of them as it was then: neither is there without the other.</summary>
    private static List<PackageFault> Unpaired(IReadOnlyList<Judged> records, List<FormSignature> inside)
    {
        var (faults, left) = (new List<PackageFault>(), inside.ToList());
        foreach (var record in records.Where(r => r.Listed.Path is not null))
            foreach (var printed in Objects(record.Signed?["printed"]))
            {
                var (name, sha256) = (Text(printed["name"]), Text(printed["sha256"]));
                if (left.Find(f => f.Before == sha256 && f.Path.StartsWith($"forms/{name}-v", StringComparison.Ordinal) && f.SignerId == record.Verdict?.SignerId) is { } found) left.Remove(found);
                else faults.Add(new PackageFault($"forms/{name}", $"{record.Listed.Over} 签名时的这份表单不在档案包里，已被换过，或少了签名"));
            }
        return [.. faults, .. left.Select(f => new PackageFault(f.Path, $"签名“{f.Field}”不属于档案包里的任何一份记录"))];
    }
}
