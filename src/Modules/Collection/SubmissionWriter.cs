using System.Security.Cryptography;
using System.Text.Json;
using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Writes a form of a visit into the caller's transaction as its next version: the submission, its signatures, its audit entry and its evidence leaves.</summary>
internal sealed class SubmissionWriter(Store store, VisitFiles files, NeedleGate gate, FieldCipher cipher, TimeProvider clock)
{
    /// <param name="proof">Its electronic signatures, and the record documents made with it.</param>
    /// <param name="amends">The version this corrects, because of the reason; null for a form submitted in its step.</param>
    /// <exception cref="NeedleGateException">The form belongs behind the needle gate and the gate is closed; whoever may get here asks first.</exception>
    /// <exception cref="DbUpdateConcurrencyException">Another form came in between, which the printed ones do not show.</exception>
    public async Task<Submission> AddAsync(
        Visit visit, VisitConfiguration configuration, string step, FormDefinition form, FormSubmission submission, IReadOnlyList<StepSigner> signers, SignedRecord proof, string personId, string personName, CancellationToken cancel,
        int? amends = null, string? reason = null)
    {
        if (await gate.RefusalAsync(visit, configuration, form, submission, signers, amends, cancel) is { } refusal) throw new NeedleGateException(refusal);
        var now = clock.GetUtcNow();
        var versions = store.Set<Submission>().Where(s => s.VisitId == visit.Id && s.Step == step);
        var row = new Submission
        {
            Id = Guid.CreateVersion7(now), VisitId = visit.Id, DonorId = visit.DonorId, Step = step, Form = form.Code,
            Version = (await versions.MaxAsync(s => (int?)s.Version, cancel) ?? 0) + 1,
            ValuesJson = files.Stored(form, submission), ReviewJson = submission.Review is { } review ? JsonSerializer.Serialize(review) : null, ContentHash = submission.ContentHash,
            AmendsVersion = amends, Reason = amends is null ? null : reason,
            SignersJson = JsonSerializer.Serialize(signers), PersonId = personId, PersonName = personName, At = now,
        };
        store.Add(row);
        if (submission.Facts.Number(CollectionFacts.TargetUnits) is { } units) visit.TargetUnits = (int)units;
        store.Add(new AuditEntry { At = now, PersonId = personId, PersonName = personName, Action = (amends is null ? "提交" : "更正") + form.Title, Subject = StepWriter.Subject(visit), New = row.ContentHash, Reason = row.Reason });
        await store.AddLeafAsync("submission", StepWriter.Subject(visit), submission.ToCanonicalJson(), now, cancel);
        // The leaf holds the lock of all writers of evidence: nobody slips in after this look.
        if (proof.Documents.Count > 0 && await store.Set<Submission>().CountAsync(s => s.VisitId == visit.Id, cancel) != proof.Seen)
            throw new DbUpdateConcurrencyException("Another form of the visit was written while this one was printed and signed.");
        foreach (var signer in signers) await AddSignatureAsync(visit, row.Id, signer, signers.FirstOrDefault(s => s.Order == signer.Order - 1)?.Sha256, now, cancel);
        foreach (var signature in proof.Signatures) await AddAsync(visit, row.Id, signature, now, cancel);
        foreach (var document in proof.Documents) await AddAsync(visit, row.Id, document, now, cancel);
        return row;
    }

    private async Task AddAsync(Visit visit, Guid submission, RecordSignature signature, DateTimeOffset now, CancellationToken cancel)
    {
        store.Add(new StoredSignature
        {
            SubmissionId = submission, Role = signature.Signer.Role, VisitId = visit.Id, ProtectedRecord = cipher.Protect(signature.Record), ProtectedCms = cipher.Protect(signature.Cms), StampedAt = signature.StampedAt,
        });
        await store.AddLeafAsync("cms", StepWriter.Subject(visit), signature.Cms, now, cancel);
    }

    private async Task AddAsync(Visit visit, Guid submission, RenderedRecord document, DateTimeOffset now, CancellationToken cancel)
    {
        var versions = store.Set<RecordDocument>().Where(d => d.VisitId == visit.Id && d.Name == document.Name);
        store.Add(new RecordDocument
        {
            Id = Guid.CreateVersion7(now), VisitId = visit.Id, Name = document.Name, Version = (await versions.MaxAsync(d => (int?)d.Version, cancel) ?? 0) + 1, Title = document.Title,
            SubmissionId = submission, Sha256 = Convert.ToHexStringLower(SHA256.HashData(document.Pdf)), Signatures = document.Signatures, ProtectedPdf = cipher.Protect(document.Pdf), At = now,
        });
        await store.AddLeafAsync("document", StepWriter.Subject(visit), document.Pdf, now, cancel);
    }

    /// <param name="before">Hash of the signature before this one.</param>
    private async Task AddSignatureAsync(Visit visit, Guid submission, StepSigner signer, string? before, DateTimeOffset now, CancellationToken cancel)
    {
        if (signer.Drawn is { } drawn)
            store.Add(new StoredHandwriting { SubmissionId = submission, Role = signer.Role, Sha256 = drawn.Sha256, ProtectedPng = cipher.Protect(drawn.Png), At = now });
        await store.AddLeafAsync("signature", StepWriter.Subject(visit), signer.ToCanonicalJson(before), now, cancel);
    }
}
