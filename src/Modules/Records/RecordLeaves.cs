using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Records;

/// <summary>What the leaves of records stand for: submissions, signatures and printed forms as they are stored now.</summary>
internal sealed class RecordLeaves(Store store, FieldCipher cipher) : ILeafContent
{
    public IReadOnlyCollection<string> Kinds { get; } = ["submission", "signature", "cms", "document"];

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects,
        CancellationToken cancel)
    {
        var words = subjects.ToDictionary(s => Subject.Parse(s).Id, s => s);
        var ids = words.Keys.ToList();
        var submissions = await store.Set<Submission>().AsNoTracking().Where(s => ids.Contains(s.SubjectId)).ToListAsync(cancel);
        var signed = await store.Set<StoredSignature>().AsNoTracking().Where(s => ids.Contains(s.SubjectId))
            .Select(s => new { s.SubjectId, s.ProtectedCms }).ToListAsync(cancel);
        var documents = await store.Set<RecordDocument>().AsNoTracking().Where(d => ids.Contains(d.SubjectId))
            .Select(d => new { d.SubjectId, d.Sha256 }).ToListAsync(cancel);
        // What was changed leaves its leaf without content.
        return submissions.SelectMany(OfSubmission)
            .Concat(signed.Select(s =>
                ("cms", words[s.SubjectId], cipher.TryReveal(s.ProtectedCms) is { } cms ? AuditTables.Sha256(cms) : "")))
            .Concat(documents.Select(d => ("document", words[d.SubjectId], d.Sha256))).ToHashSet();
    }

    private static IEnumerable<(string, string, string)> OfSubmission(Submission submission)
    {
        var subject = submission.Subject.ToString();
        yield return ("submission", subject, submission.ContentHash);
        string? before = null;
        foreach (var signer in StoredValues.Signers(submission).OrderBy(s => s.Order))
        {
            yield return ("signature", subject, AuditTables.Sha256(signer.ToCanonicalJson(before)));
            before = signer.Sha256;
        }
    }
}
