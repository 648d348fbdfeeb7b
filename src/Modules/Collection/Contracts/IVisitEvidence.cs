using Engine.Documents;
using Modules.Signing.Contracts;

namespace Modules.Collection.Contracts;

/// <summary>All that is on record of a visit, for whoever keeps or proves it.</summary>
public interface IVisitEvidence
{
    /// <summary>Every closed visit. A query of the store of this scope, so that whoever keeps visits compares them in the database and loads only what differs.</summary>
    IQueryable<ClosedVisit> Closed();

    Task<VisitEvidence?> ReadAsync(Guid visit, CancellationToken cancel = default);
}

/// <summary>A closed visit, and by what it is seen that more has come on its record since.</summary>
public sealed class ClosedVisit
{
    public required Guid Id { get; init; }

    /// <summary>Local date at the station.</summary>
    public required DateOnly Day { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }
    public string? DonationNumber { get; init; }

    /// <summary>Submissions so far: grows when something is amended.</summary>
    public required int Records { get; init; }

    /// <summary>Printed forms so far, without counting their versions: each version comes with a submission.</summary>
    public required int Documents { get; init; }
}

/// <param name="Signed">Whether the visit's configuration has electronic signatures on.</param>
/// <param name="ConfigurationHash">Of the forms, packs, flow and settings the visit was judged by.</param>
/// <param name="CollectedAt">When the collection went on record; null without one.</param>
public sealed record VisitEvidence(
    Guid VisitId, DateOnly Day, string State, string? DonationNumber, string DonationType, string DonorName, string DocumentType, string DocumentNumber,
    DateTimeOffset RegisteredAt, DateTimeOffset? CollectedAt, bool Signed, string ConfigurationHash,
    IReadOnlyList<EvidenceDocument> Documents, IReadOnlyList<EvidenceRecord> Records, IReadOnlyList<EvidenceVerdict> Verdicts, IReadOnlyList<EvidenceAudit> Audit)
{
    /// <summary>What cannot be read because somebody or something has changed it; empty as it should be.</summary>
    public IReadOnlyList<string> Damaged =>
        [.. Records.SelectMany(r => r.Signatures.Where(s => s.Damaged is not null).Select(s => $"{r.Title} 第 {r.Version} 版 {s.Label}：{s.Damaged}")),
            .. Documents.Where(d => d.Damaged is not null).Select(d => $"{d.Title} 第 {d.Version} 版（PDF）：{d.Damaged}")];

    /// <summary>Certificates (DER) of all who have signed, each once; a signature that cannot be read has none.</summary>
    public IReadOnlyList<byte[]> SignerCertificates() => Distinct(SignatureParts.Certificate);

    /// <summary>Certificates (DER) of all who have signed and of those who stamped: whose standing has to be asked for.</summary>
    public IReadOnlyList<byte[]> AllCertificates() => [.. SignerCertificates(), .. Distinct(SignatureParts.StampCertificate)];

    private List<byte[]> Distinct(Func<byte[], byte[]?> part) =>
        [.. Records.SelectMany(r => r.Signatures).Select(s => s.Cms).Concat(Documents.SelectMany(d => d.Reading.Signatures).Select(s => s.Cms))
            .OfType<byte[]>().Select(part).OfType<byte[]>().DistinctBy(Convert.ToHexString)];
}

/// <summary>A printed form of the record as PDF/A-2b; an amended one has a later version, both stay.</summary>
/// <param name="Name">Of its layout, for example <c>record-consent</c>.</param>
/// <param name="Signatures">Digital signatures inside.</param>
/// <param name="Sha256">As noted when it was written.</param>
/// <param name="Signers">Who signed, in whatever way, the submission it was made with.</param>
public sealed record EvidenceDocument(string Name, string Title, int Version, byte[] Pdf, string Sha256, int Signatures, int Signers, DateTimeOffset At)
{
    private readonly Lazy<PdfSignatureReading> _reading = new(() => PdfSignatures.Read(Pdf));

    /// <summary>The signatures inside: read once, and none in a file that cannot be read.</summary>
    public PdfSignatureReading Reading => _reading.Value;

    /// <summary>Why there is no file, zh-CN; null as it should be.</summary>
    public string? Damaged { get; init; }
}

/// <summary>A submitted form.</summary>
/// <param name="Content">Canonical JSON (RFC 8785) of what was submitted.</param>
/// <param name="ContentHash">SHA-256 noted when it was submitted.</param>
public sealed record EvidenceRecord(
    string Step, string Title, string Form, int Version, int? AmendsVersion, string? Reason, string PersonName, DateTimeOffset At,
    byte[] Content, string ContentHash, IReadOnlyList<EvidenceSignature> Signatures);

/// <param name="SignedRecord">Canonical JSON (RFC 8785) the signature is over.</param>
/// <param name="Cms">Detached CMS over it, with timestamp; null where the visit signs on paper.</param>
/// <param name="Picture">PNG of the handwriting; null without one.</param>
public sealed record EvidenceSignature(
    string Role, string Label, int Order, string PersonName, string Method, string Identity, DateTimeOffset At, byte[] SignedRecord, byte[]? Cms, byte[]? Picture)
{
    /// <summary>What of it is missing because it cannot be read, zh-CN; null as it should be.</summary>
    public string? Damaged { get; init; }
}

public sealed record EvidenceVerdict(string Stage, string DonationType, string Outcome, DateTimeOffset At, string Json, string? ConfirmedBecause);

public sealed record EvidenceAudit(DateTimeOffset At, string PersonName, string Action, string? Field, string? Old, string? New, string? Reason);
