using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>A submission about to be written, and what is printed with it.</summary>
/// <param name="Documents">Record documents the step itself completes; those that already show this form are made anew besides.</param>
internal sealed record RecordToSign(
    VisitFile File, string Step, FormDefinition Form, FormSubmission Submission, IReadOnlyList<StepSigner> Signers,
    IReadOnlyList<(string Stage, Verdict Verdict)> Verdicts, IReadOnlyList<string> Documents);

/// <summary>The proof that goes with a submission.</summary>
/// <param name="Fault">Why there is none; then nothing is to be written.</param>
internal sealed record SignedRecord(IReadOnlyList<RecordSignature> Signatures, IReadOnlyList<RenderedRecord> Documents, FieldError? Fault)
{
    public static SignedRecord None { get; } = new([], [], null);

    /// <summary>Whether the same may be signed a little later, with nothing set right before.</summary>
    public bool Passes { get; init; }

    /// <summary>How many submissions of the visit the printed forms were drawn from: with one more they would be out of date.</summary>
    public int Seen { get; init; }

    public static SignedRecord Refused(string label, string words) => new([], [], new FieldError("", label, words));
}

/// <param name="Record">Canonical JSON (RFC 8785) that was signed.</param>
/// <param name="Cms">Detached, with timestamp.</param>
internal sealed record RecordSignature(StepSigner Signer, byte[] Record, byte[] Cms, DateTimeOffset StampedAt);

/// <summary>
/// Signs a submission electronically, each signer in turn: first the record, with the hash of the printed form as that signer found it, then the printed form itself.
/// One opening of a key for one act. Without electronic signing the forms are made all the same, to be signed in ink.
/// </summary>
internal sealed class SignRecord(ISigningKeys keys, RecordDocuments documents, TenantContext tenant)
{
    /// <summary>Of the signed record's format; grows when its members change.</summary>
    private const string Format = "signed-record/1";

    public async Task<SignedRecord> SignAsync(RecordToSign task, CancellationToken cancel)
    {
        var (rendered, problem) = await documents.RenderAsync(task, cancel);
        if (problem is not null) return SignedRecord.Refused("表单", problem);
        if (!task.File.Configuration.SignsElectronically) return SignedRecord.None with { Documents = rendered, Seen = task.File.Submissions.Count };
        var signatures = new List<RecordSignature>();
        foreach (var signer in task.Signers.Where(s => s.Method != SigningMethods.Wet))
        {
            using var opened = await OpenAsync(task.File, signer, cancel);
            if (opened.Fault is { } closed) return Fault(closed);
            var (signature, fault) = await SignAsync(opened.Act!, signer, Record(task, signer, rendered, signatures.LastOrDefault()?.Cms), cancel);
            if (fault is not null) return Fault(fault);
            signatures.Add(signature!);
            (rendered, fault) = await SignDocumentsAsync(opened.Act!, task, signer, rendered, cancel);
            if (fault is not null) return Fault(fault);
        }
        return new SignedRecord(signatures, rendered, null) { Seen = task.File.Submissions.Count };
    }

    /// <summary>Whoever gets it keeps what was filled in, on the page and as a draft.</summary>
    private static SignedRecord Fault(SigningFault fault) => SignedRecord.Refused("电子签名", $"{fault.Message}。填写的内容已保留。{fault.Remedy}") with { Passes = fault.Kind == SigningFaultKind.Unavailable };

    private Task<KeyOpening> OpenAsync(VisitFile file, StepSigner signer, CancellationToken cancel) => signer.Method == SigningMethods.Handwriting
        ? keys.OpenForDonorAsync(new DonorSubject(file.Donor.Name, file.Donor.IdNumber), cancel)
        : keys.OpenForStaffAsync(signer.PersonId, signer.Pin!, cancel);

    private static async Task<(RecordSignature?, SigningFault?)> SignAsync(ISigningAct act, StepSigner signer, byte[] record, CancellationToken cancel)
    {
        var signed = await act.SignAsync(record, cancel);
        return signed.Fault is { } fault ? (null, fault) : (new RecordSignature(signer, record, signed.Cms!, signed.StampedAt), null);
    }

    private static async Task<(IReadOnlyList<RenderedRecord>, SigningFault?)> SignDocumentsAsync(
        ISigningAct act, RecordToSign task, StepSigner signer, IReadOnlyList<RenderedRecord> rendered, CancellationToken cancel)
    {
        var signed = new List<RenderedRecord>();
        foreach (var document in rendered)
        {
            var prepared = PdfSignatures.Prepare(document.Pdf, document.FieldFor(task.Form, task.Step, signer));
            var signature = await act.SignAsync(prepared.SignedBytes, cancel);
            if ((signature.Fault ?? TooLarge(prepared, signature.Cms!)) is { } fault) return (rendered, fault);
            signed.Add(document with { Pdf = prepared.Complete(signature.Cms!), Signatures = document.Signatures + 1 });
        }
        return (signed, null);
    }

    private static SigningFault? TooLarge(PreparedSignature prepared, byte[] cms) => cms.Length <= prepared.Room ? null : new SigningFault(
        SigningFaultKind.Unusable, $"电子签名有 {cms.Length} 字节，表单里只留了 {prepared.Room} 字节，没有签名", "请联系系统管理员：认证机构或时间戳服务随签名附带的证书太多");

    /// <summary>Everything that must not change behind the signer's back (DOMAIN §4): forms and rules by hash, what was entered, what was judged, who signs as what and by which proof, and the signature before.</summary>
    private byte[] Record(RecordToSign task, StepSigner signer, IReadOnlyList<RenderedRecord> rendered, byte[]? before)
    {
        var (visit, donor) = (task.File.Visit, task.File.Donor);
        return CanonicalJson.Write(new JsonObject
        {
            ["format"] = Format, ["station"] = tenant.Current.Name, ["visit"] = visit.Id.ToString(), ["day"] = $"{visit.Day:yyyy-MM-dd}", ["donationNumber"] = visit.DonationNumber,
            ["donor"] = new JsonObject { ["name"] = UnicodeText.ToNfc(donor.Name), ["idNumber"] = donor.IdNumber },
            ["step"] = task.Step, ["configuration"] = task.File.Configuration.Hash, ["documents"] = task.File.Configuration.HashesFor(task.Form),
            ["submission"] = JsonNode.Parse(task.Submission.ToCanonicalJson()),
            ["verdicts"] = new JsonArray([.. task.Verdicts.Select(v => (JsonNode)new JsonObject
            {
                ["stage"] = v.Stage, ["donationType"] = v.Verdict.DonationType, ["outcome"] = v.Verdict.Outcome.ToString(),
                ["until"] = v.Verdict.Until is { } until ? $"{until:yyyy-MM-dd}" : null, ["sha256"] = AuditTables.Sha256(v.Verdict.ToJson()),
            })]),
            ["printed"] = new JsonArray([.. rendered.Select(d => (JsonNode)new JsonObject { ["name"] = d.Name, ["sha256"] = AuditTables.Sha256(d.Pdf) })]),
            ["signer"] = JsonNode.Parse(signer.ToCanonicalJson(task.Signers.FirstOrDefault(s => s.Order == signer.Order - 1)?.Sha256)),
            ["before"] = before is null ? null : AuditTables.Sha256(before),
        });
    }
}
