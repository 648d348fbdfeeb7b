using System.Text;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What the leaves of a visit stand for: its submissions, verdicts, signatures and record documents as they are stored now.</summary>
internal sealed class EvidenceLeaves(Store store, FieldCipher cipher) : ILeafContent
{
    public IReadOnlyCollection<string> Kinds { get; } = ["submission", "verdict", "signature", "cms", "document"];

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        var visits = subjects.Select(s => Guid.Parse(s.AsSpan("visit:".Length))).ToList();
        var verdicts = await store.Set<StoredVerdict>().AsNoTracking().Where(v => visits.Contains(v.VisitId)).Select(v => new { v.VisitId, v.Json }).ToListAsync(cancel);
        var submissions = await store.Set<Submission>().AsNoTracking().Where(s => visits.Contains(s.VisitId)).ToListAsync(cancel);
        var signed = await store.Set<StoredSignature>().AsNoTracking().Where(s => visits.Contains(s.VisitId)).Select(s => new { s.VisitId, s.ProtectedCms }).ToListAsync(cancel);
        var documents = await store.Set<RecordDocument>().AsNoTracking().Where(d => visits.Contains(d.VisitId)).Select(d => new { d.VisitId, d.Sha256 }).ToListAsync(cancel);
        // What was changed leaves its leaf without content.
        return verdicts.Select(v => ("verdict", "visit:" + v.VisitId, AuditTables.Sha256(Encoding.UTF8.GetBytes(v.Json))))
            .Concat(submissions.SelectMany(OfSubmission))
            .Concat(signed.Select(s => ("cms", "visit:" + s.VisitId, cipher.TryReveal(s.ProtectedCms) is { } cms ? AuditTables.Sha256(cms) : "")))
            .Concat(documents.Select(d => ("document", "visit:" + d.VisitId, d.Sha256))).ToHashSet();
    }

    private static IEnumerable<(string, string, string)> OfSubmission(Submission submission)
    {
        var subject = "visit:" + submission.VisitId;
        yield return ("submission", subject, submission.ContentHash);
        string? before = null;
        foreach (var signer in VisitFiles.Signers(submission).OrderBy(s => s.Order))
        {
            yield return ("signature", subject, AuditTables.Sha256(signer.ToCanonicalJson(before)));
            before = signer.Sha256;
        }
    }
}
