using System.Text.Json;
using Engine.Documents;
using Engine.Forms;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Tenancy;

namespace Modules.Records;

/// <summary>
/// Signs electronically, each signer in turn: first the record, with the hashes of the printed forms as that signer found them, then the printed forms themselves.
/// One opening of a key for one act, outside the lock. Without electronic signing the forms are made all the same, to be signed in ink.
/// </summary>
internal sealed class SignRecord(ISigningKeys keys, ITrustSource trusts, PrintForms forms, TenantContext tenant)
{
    public async Task<Proof> SignAsync(ToSign task, CancellationToken cancel)
    {
        var (printed, problem) = task is FormToSign form ? await forms.RenderAsync(form, cancel) : ([], null);
        if (problem is not null) return Refused(new FieldError("", "表单", problem));
        var seen = (task as FormToSign)?.About.Records.Count ?? 0;
        if (!task.Electronic) return Proof.None with { Documents = printed, Seen = seen };
        var made = new List<SignatureMade>();
        foreach (var signer in task.Signers.Where(s => s.Method != SigningMethods.Wet))
        {
            using var opened = await OpenAsync(task, signer, cancel);
            var (signature, fault) = opened.Fault is { } closed ? (null, closed)
                : await SignAsync(opened.Act!, task.RecordFor(Turn(signer)), signer, cancel);
            if (fault is null) (printed, fault) = await SignFormsAsync(opened.Act!, (task as FormToSign)?.Record, signer, printed, cancel);
            if (fault is not null) return Refused(task.Words(fault, signer)) with { Passes = fault.Kind == SigningFaultKind.Unavailable };
            made.Add(signature!);
        }
        var proof = new Proof(made, printed, null) { Seen = seen };
        return task.KeepsTrust ? await WithTrustAsync(task, proof, cancel) : proof;

        SigningTurn Turn(Signer signer) => new(tenant.Current.Name, signer, printed, made.LastOrDefault()?.Cms);
    }

    private static Proof Refused(FieldError fault) => new([], [], fault);

    private Task<KeyOpening> OpenAsync(ToSign task, Signer signer, CancellationToken cancel) =>
        signer.Method == SigningMethods.Handwriting ? keys.OpenForDonorAsync(task.Donor!, cancel)
            : keys.OpenForStaffAsync(signer.PersonId, signer.Pin!, cancel);

    private static async Task<(SignatureMade?, SigningFault?)> SignAsync(ISigningAct act, byte[] record, Signer signer,
        CancellationToken cancel)
    {
        var signed = await act.SignAsync(record, cancel);
        return signed.Fault is { } fault ? (null, fault) : (new SignatureMade(signer, record, signed.Cms!, signed.StampedAt), null);
    }

    private static async Task<(IReadOnlyList<PrintedForm>, SigningFault?)> SignFormsAsync(
        ISigningAct act, FilledRecord? record, Signer signer, IReadOnlyList<PrintedForm> printed, CancellationToken cancel)
    {
        var signed = new List<PrintedForm>();
        foreach (var form in printed)
        {
            var prepared = PdfSignatures.Prepare(form.Pdf, form.FieldFor(record!, signer));
            var signature = await act.SignAsync(prepared.SignedBytes, cancel);
            if ((signature.Fault ?? TooLarge(prepared, signature.Cms!)) is { } fault) return (printed, fault);
            signed.Add(form with { Pdf = prepared.Complete(signature.Cms!), Signatures = form.Signatures + 1 });
        }
        return (signed, null);
    }

    private static SigningFault? TooLarge(PreparedSignature prepared, byte[] cms) => cms.Length <= prepared.Room ? null : new SigningFault(
        SigningFaultKind.Unusable, $"电子签名有 {cms.Length} 字节，表单里只留了 {prepared.Room} 字节，没有签名", "请联系系统管理员：认证机构或时间戳服务随签名附带的证书太多");

    /// <summary>Asked now, so that the check of later years needs no authority.</summary>
    private async Task<Proof> WithTrustAsync(ToSign task, Proof proof, CancellationToken cancel)
    {
        var certificates = proof.Signatures.SelectMany(s =>
            new[] { SignatureParts.Certificate(s.Cms), SignatureParts.StampCertificate(s.Cms) }).OfType<byte[]>();
        var (trust, fault) = await trusts.CollectAsync([.. certificates.DistinctBy(Convert.ToHexString)], cancel);
        return trust is null ? Refused(task.Words(fault!, null))
            : proof with { Trust = JsonSerializer.SerializeToUtf8Bytes(trust with { Roots = [] }) };
    }
}
