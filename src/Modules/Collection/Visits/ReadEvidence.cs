using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Gathers what is on record of a visit, in clear, for the archive and for whoever checks it.</summary>
internal sealed class ReadEvidence(Store store, VisitFiles files, FieldCipher cipher) : IVisitEvidence
{
    private const string ResidentIdentityCard = "居民身份证";

    public IQueryable<ClosedVisit> Closed()
    {
        var (submissions, documents) = (store.Set<Submission>(), store.Set<RecordDocument>());
        return store.Set<Visit>().AsNoTracking().Where(v => v.State != VisitStates.Open).Select(v => new ClosedVisit
        {
            Id = v.Id, Day = v.Day, RegisteredAt = v.RegisteredAt, DonationNumber = v.DonationNumber,
            Records = submissions.Count(s => s.SubjectId == v.Id), Documents = documents.Where(d => d.SubjectId == v.Id).Select(d => d.Name).Distinct().Count(),
        });
    }

    public async Task<VisitEvidence?> ReadAsync(Guid visit, CancellationToken cancel = default) =>
        await files.ReadAsync(visit, cancel) is { } file ? await ReadAsync(file, cancel) : null;

    public async Task<VisitEvidence> ReadAsync(VisitFile file, CancellationToken cancel)
    {
        var (visit, subject) = (file.Visit, file.Subject.ToString());
        var audit = await store.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == subject).OrderBy(e => e.Id).ToListAsync(cancel);
        return new VisitEvidence(
            visit.Id, visit.Day, visit.State, visit.DonationNumber, visit.DonationType, file.Donor.Name, ResidentIdentityCard, file.Donor.IdNumber,
            visit.RegisteredAt, CollectedAt(file), file.Configuration.SignsElectronically, visit.ConfigurationHash,
            await DocumentsAsync(file, cancel), await RecordsAsync(file, cancel),
            [.. file.Verdicts.Select(v => new EvidenceVerdict(v.Stage, v.DonationType, v.Outcome, v.At, v.Json, v.ConfirmedBecause))],
            [.. audit.Select(e => new EvidenceAudit(e.At, e.PersonName, e.Action, e.Field, e.Old, e.New, e.Reason))]);
    }

    private async Task<IReadOnlyList<EvidenceDocument>> DocumentsAsync(VisitFile file, CancellationToken cancel) =>
        [.. (await store.Set<RecordDocument>().AsNoTracking().Where(d => d.SubjectId == file.Visit.Id).OrderBy(d => d.Name).ThenBy(d => d.Version).ToListAsync(cancel))
            .Select(d => (Row: d, Pdf: cipher.TryReveal(d.ProtectedPdf)))
            .Select(d => new EvidenceDocument(d.Row.Name, d.Row.Title, d.Row.Version, d.Pdf ?? [], d.Row.Sha256, d.Row.Signatures, SignersOf(file, d.Row), d.Row.At) { Damaged = d.Pdf is null ? "文件已损坏，不能读取" : null })];

    /// <summary>Of a form whose submission somebody has taken away it is not known: it counts as signed and stays.</summary>
    private static int SignersOf(VisitFile file, RecordDocument document) =>
        file.Submissions.SingleOrDefault(s => s.Id == document.SubmissionId) is { } submission ? StoredValues.Signers(submission).Count : 1;

    private async Task<IReadOnlyList<EvidenceRecord>> RecordsAsync(VisitFile file, CancellationToken cancel)
    {
        var ids = file.Submissions.Select(s => s.Id).ToList();
        var signatures = (await store.Set<StoredSignature>().AsNoTracking().Where(s => s.SubjectId == file.Visit.Id).ToListAsync(cancel)).ToDictionary(s => (s.SubmissionId, s.Role));
        var pictures = (await store.Set<StoredHandwriting>().AsNoTracking().Where(h => ids.Contains(h.SubmissionId)).ToListAsync(cancel)).ToDictionary(h => (h.SubmissionId, h.Role));
        return [.. file.Submissions.Select(s => Record(file, s, signatures, pictures))];
    }

    private EvidenceRecord Record(
        VisitFile file, Submission submission, Dictionary<(Guid, string), StoredSignature> signatures, Dictionary<(Guid, string), StoredHandwriting> pictures)
    {
        var form = file.Configuration.Form(submission.Form);
        var signers = StoredValues.Signers(submission);
        return new EvidenceRecord(
            submission.Step, form.Title, submission.Form, submission.Version, submission.AmendsVersion, submission.Reason, submission.PersonName, submission.At,
            files.Restored(form, submission).ToCanonicalJson(), submission.ContentHash,
            [.. signers.Select(s => Signature(s, signers, signatures.GetValueOrDefault((submission.Id, s.Role)), pictures.GetValueOrDefault((submission.Id, s.Role)))),
                .. signatures.Values.Where(s => s.SubmissionId == submission.Id && !signers.Any(signer => signer.Role == s.Role)).Select(Unclaimed)]);
    }

    /// <summary>Somebody has taken the signer out of the submission and left the signature.</summary>
    private static EvidenceSignature Unclaimed(StoredSignature stored) => new(stored.Role, stored.Role, 0, "", SigningMethods.Pin, "", stored.StampedAt, [], null, null) { Damaged = "有电子签名，表单上却没有这个签名人" };

    private EvidenceSignature Signature(Signer signer, IReadOnlyList<Signer> signers, StoredSignature? stored, StoredHandwriting? picture)
    {
        var record = stored is null ? signer.ToCanonicalJson(signers.FirstOrDefault(s => s.Order == signer.Order - 1)?.Sha256) : cipher.TryReveal(stored.ProtectedRecord);
        var (cms, png) = (stored is null ? null : cipher.TryReveal(stored.ProtectedCms), picture is null ? null : cipher.TryReveal(picture.ProtectedPng));
        var damaged = record is null || (stored is not null && cms is null) ? "签名数据已损坏，不能读取" : picture is not null && png is null ? "手写笔迹已损坏，不能读取" : null;
        return new EvidenceSignature(signer.Role, signer.Label, signer.Order, signer.PersonName, signer.Method, signer.Identity, signer.At, record ?? [], cms, png) { Damaged = damaged };
    }

    /// <summary>The moment of the needle as it was entered; when the record was made, where no form asks for it.</summary>
    private DateTimeOffset? CollectedAt(VisitFile file)
    {
        if (file.Visit.CollectedMl is null) return null;
        var settings = file.Configuration.Settings;
        return CollectionFacts.Minute(files.Facts(file), CollectionFacts.NeedleAt) is { } local
            ? new DateTimeOffset(local, settings.TimeZone.GetUtcOffset(local))
            : file.Submissions.Last(s => NeedleGate.Guards(file.Configuration.Form(s.Form))).At;
    }
}
