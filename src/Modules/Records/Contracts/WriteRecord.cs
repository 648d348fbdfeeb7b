using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Records.Contracts;

/// <summary>Writes a filled form into the frame's transaction as its next version: the submission, its signatures, its audit entry and its leaves of the evidence.</summary>
internal sealed class WriteRecord(Store store, StoredValues values, IEnumerable<IRecordGuard> guards, FieldCipher cipher,
    TimeProvider clock)
{
    /// <exception cref="RecordRefusedException">A guard of the subject has refused it; whoever may get here asks first.</exception>
    /// <exception cref="DbUpdateConcurrencyException">Another form came in between, which the printed ones do not show.</exception>
    public async Task<Submission> AddAsync(FilledRecord record, Proof proof, CancellationToken cancel)
    {
        await GuardAsync(record, cancel);
        var row = Row(record, await NextVersionAsync(record, cancel));
        var (subject, hash) = (record.Subject.ToString(), row.ContentHash);
        store.Add(row);
        store.Add(record.By.Did((record.Amends is null ? "提交" : "更正") + record.Form.Title, subject, row.At,
            new AuditChange(New: hash, Reason: row.Reason)));
        await store.AddLeafAsync("submission", subject, record.Submission.ToCanonicalJson(), row.At, cancel);
        // The leaf holds the lock of all writers of evidence: nobody slips in after this look.
        if (proof.Documents.Count > 0 && await store.Set<Submission>().CountAsync(s => s.SubjectId == row.SubjectId, cancel) != proof.Seen)
            throw new DbUpdateConcurrencyException("Another form of the subject was written while this one was printed and signed.");
        foreach (var signer in record.Signers) await AddSignerAsync(row, signer,
            record.Signers.FirstOrDefault(s => s.Order == signer.Order - 1)?.Sha256, cancel);
        foreach (var signature in proof.Signatures) await AddSignatureAsync(row, signature, cancel);
        foreach (var document in proof.Documents) await AddDocumentAsync(row, document, cancel);
        return row;
    }

    private async Task GuardAsync(FilledRecord record, CancellationToken cancel)
    {
        foreach (var guard in guards.Where(g => g.Kind == record.Subject.Kind))
            if (await guard.RefusalAsync(record, cancel) is { } refusal)
                throw new RecordRefusedException(refusal,
                    record.By.Did(guard.Noted, record.Subject.ToString(), clock.GetUtcNow(), new AuditChange(New: refusal)));
    }

    private async Task<int> NextVersionAsync(FilledRecord record, CancellationToken cancel)
    {
        var (subject, step) = (record.Subject.Id, record.Step);
        return (await store.Set<Submission>().Where(s => s.SubjectId == subject && s.Step == step).MaxAsync(s => (int?)s.Version, cancel)
            ?? 0) + 1;
    }

    private Submission Row(FilledRecord record, int version)
    {
        var (now, submission) = (clock.GetUtcNow(), record.Submission);
        return new Submission
        {
            Id = Guid.CreateVersion7(now), SubjectKind = record.Subject.Kind, SubjectId = record.Subject.Id, DonorId = record.DonorId,
            Step = record.Step, Form = record.Form.Code, Version = version,
            ValuesJson = values.Stored(record.Form, submission),
            ReviewJson = submission.Review is { } review ? JsonSerializer.Serialize(review) : null, ContentHash = submission.ContentHash,
            AmendsVersion = record.Amends, Reason = record.Because, SignersJson = JsonSerializer.Serialize(record.Signers),
            PersonId = record.By.Id, PersonName = record.By.Name, At = now,
        };
    }

    private async Task AddSignatureAsync(Submission row, SignatureMade signature, CancellationToken cancel)
    {
        store.Add(new StoredSignature
        {
            SubmissionId = row.Id, Role = signature.Signer.Role, SubjectId = row.SubjectId,
            ProtectedRecord = cipher.Protect(signature.Record), ProtectedCms = cipher.Protect(signature.Cms),
            StampedAt = signature.StampedAt,
        });
        await store.AddLeafAsync("cms", row.Subject.ToString(), signature.Cms, row.At, cancel);
    }

    private async Task AddDocumentAsync(Submission row, PrintedForm document, CancellationToken cancel)
    {
        var versions = store.Set<RecordDocument>().Where(d => d.SubjectId == row.SubjectId && d.Name == document.Name);
        store.Add(new RecordDocument
        {
            Id = Guid.CreateVersion7(row.At), SubjectId = row.SubjectId, Name = document.Name,
            Version = (await versions.MaxAsync(d => (int?)d.Version, cancel) ?? 0) + 1, Title = document.Title,
            SubmissionId = row.Id, Sha256 = AuditTables.Sha256(document.Pdf), Signatures = document.Signatures,
            ProtectedPdf = cipher.Protect(document.Pdf), At = row.At,
        });
        await store.AddLeafAsync("document", row.Subject.ToString(), document.Pdf, row.At, cancel);
    }

    /// <param name="before">Hash of the signature before this one.</param>
    private async Task AddSignerAsync(Submission row, Signer signer, string? before, CancellationToken cancel)
    {
        if (signer.Drawn is { } drawn)
            store.Add(new StoredHandwriting { SubmissionId = row.Id, Role = signer.Role, Sha256 = drawn.Sha256,
                ProtectedPng = cipher.Protect(drawn.Png), At = row.At });
        await store.AddLeafAsync("signature", row.Subject.ToString(), signer.ToCanonicalJson(before), row.At, cancel);
    }
}
