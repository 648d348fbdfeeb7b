using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>One visit of a donor, from registration to its end. Everything it is judged by is pinned when it is registered.</summary>
public sealed class Visit
{
    public required Guid Id { get; init; }
    public required Guid DonorId { get; init; }

    /// <summary>Local date at the station.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Planned donation type, a code of the rule packs.</summary>
    public required string DonationType { get; set; }

    /// <summary>One of <see cref="Contracts.VisitStates"/>.</summary>
    public required string State { get; set; }

    /// <summary>排队号: running number of the day, from 1. The donor is told it; by it two of one masked name are told apart.</summary>
    public required int QueueNumber { get; init; }

    /// <summary>Hash of the pinned configuration set.</summary>
    public required string ConfigurationHash { get; init; }

    public required Guid InstanceId { get; init; }

    /// <summary>The donor's history as last looked up for this visit.</summary>
    public required string HistoryJson { get; set; }

    public string? DonationNumber { get; set; }

    /// <summary>On the tubes for the tests before donation, and in the analyser's sample id.</summary>
    public string? SampleNumber { get; set; }

    /// <summary>Therapeutic units to collect, as assessed.</summary>
    public int? TargetUnits { get; set; }

    /// <summary>ABO group found by this visit's own tests: A, B, O or AB.</summary>
    public string? Abo { get; set; }

    /// <summary>RhD found by this visit's own tests, a code of <see cref="Donors.Contracts.BloodGroups"/>.</summary>
    public string? RhD { get; set; }

    /// <summary>Collected, in mL without anticoagulant, once the collection is on record.</summary>
    public decimal? CollectedMl { get; set; }

    /// <summary>Collected, in therapeutic units.</summary>
    public decimal? CollectedUnits { get; set; }

    /// <summary>Documents the flow asked to print, for example <c>donation-label</c>.</summary>
    public string PrintsJson { get; set; } = "[]";

    public required DateTimeOffset RegisteredAt { get; init; }
    public required string RegisteredBy { get; init; }
}

/// <summary>A form as submitted. Never changed; an amendment is the next version.</summary>
public sealed class Submission
{
    public required Guid Id { get; init; }
    public required Guid VisitId { get; init; }
    public required Guid DonorId { get; init; }
    public required string Step { get; init; }
    public required string Form { get; init; }
    public required int Version { get; init; }

    /// <summary>Values as entered; those of protected fields are encrypted.</summary>
    public required string ValuesJson { get; init; }

    /// <summary>What was decided about another form's flagged answers; null when the form reviews none.</summary>
    public string? ReviewJson { get; init; }

    /// <summary>SHA-256 of the canonical JSON (RFC 8785) of the submission in clear.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The version this one corrects; null for a form submitted in its step.</summary>
    public int? AmendsVersion { get; init; }

    /// <summary>Why it was corrected.</summary>
    public string? Reason { get; init; }

    public required string SignersJson { get; init; }
    public required string PersonId { get; init; }
    public required string PersonName { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>A verdict as given, replayable for ever.</summary>
public sealed class StoredVerdict
{
    public required Guid Id { get; init; }
    public required Guid VisitId { get; init; }
    public required string Stage { get; init; }
    public required string DonationType { get; init; }
    public required string Outcome { get; init; }
    public DateOnly? Until { get; init; }
    public required string Json { get; init; }

    /// <summary>Reason with which a prompt was confirmed.</summary>
    public string? ConfirmedBecause { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>Somebody is to ask a donor how he is, on a day.</summary>
public sealed class FollowUp
{
    public required Guid Id { get; init; }
    public required Guid VisitId { get; init; }
    public required Guid DonorId { get; init; }

    /// <summary>The submission that asked for it.</summary>
    public required string Because { get; init; }

    /// <summary>Local date at the station.</summary>
    public required DateOnly DueOn { get; set; }

    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }
    public string? ClosedBy { get; set; }
}

/// <summary>The picture of a signature written by hand. Encrypted; its hash is part of what was signed.</summary>
public sealed class StoredHandwriting
{
    public required Guid SubmissionId { get; init; }
    public required string Role { get; init; }

    /// <summary>Of the PNG in clear, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required byte[] ProtectedPng { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>An electronic signature over a submission.</summary>
public sealed class StoredSignature
{
    public required Guid SubmissionId { get; init; }
    public required string Role { get; init; }
    public required Guid VisitId { get; init; }

    /// <summary>Canonical JSON (RFC 8785) that was signed, encrypted.</summary>
    public required byte[] ProtectedRecord { get; init; }

    /// <summary>Detached CMS with timestamp, DER, encrypted: the signer's certificate in it names a donor.</summary>
    public required byte[] ProtectedCms { get; init; }

    /// <summary>Set by the timestamp authority.</summary>
    public required DateTimeOffset StampedAt { get; init; }
}

/// <summary>A record document as signed: PDF/A, encrypted. Made anew, as the next version, when something on it is submitted or corrected later.</summary>
public sealed class RecordDocument
{
    public required Guid Id { get; init; }
    public required Guid VisitId { get; init; }

    /// <summary>Of its layout, for example <c>record-consent</c>.</summary>
    public required string Name { get; init; }

    public required int Version { get; init; }
    public required string Title { get; init; }

    /// <summary>The submission it was signed with.</summary>
    public required Guid SubmissionId { get; init; }

    /// <summary>Of the PDF in clear, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Digital signatures inside; 0 where it is signed in ink.</summary>
    public required int Signatures { get; init; }

    public required byte[] ProtectedPdf { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed class CollectionTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence =>
        [new("submissions", "提交的表单"), new("verdicts", "判定"), new("handwritings", "手写签名"), new("signatures", "电子签名"), new("record_documents", "记录单据"), .. HandOverTables.Evidence];

    public void Map(ModelBuilder model)
    {
        model.Entity<Visit>(table =>
        {
            table.ToTable("visits").HasKey(v => v.Id);
            table.HasIndex(v => v.DonorId);
            // One visit at a time: two counters that register the same donor at once cannot both succeed.
            table.HasIndex(v => v.DonorId, "one_open_visit").IsUnique().HasFilter("\"State\" = 'open'");
            table.HasIndex(v => v.DonationNumber).IsUnique();
            table.HasIndex(v => v.SampleNumber).IsUnique();
            table.HasIndex(v => new { v.Day, v.QueueNumber }).IsUnique();
        });
        model.Entity<Submission>(table =>
        {
            table.ToTable("submissions").HasKey(s => s.Id);
            table.HasIndex(s => new { s.VisitId, s.Step, s.Version }).IsUnique();
            table.HasIndex(s => new { s.DonorId, s.Form, s.At });
            table.HasIndex(s => new { s.Form, s.At });
        });
        model.Entity<StoredHandwriting>().ToTable("handwritings").HasKey(h => new { h.SubmissionId, h.Role });
        model.Entity<StoredSignature>(table =>
        {
            table.ToTable("signatures").HasKey(s => new { s.SubmissionId, s.Role });
            table.HasIndex(s => s.VisitId);
        });
        model.Entity<RecordDocument>(table =>
        {
            table.ToTable("record_documents").HasKey(d => d.Id);
            table.HasIndex(d => new { d.VisitId, d.Name, d.Version }).IsUnique();
        });
        model.Entity<FollowUp>(table =>
        {
            table.ToTable("follow_ups").HasKey(f => f.Id);
            table.HasIndex(f => new { f.ClosedAt, f.DueOn });
            table.HasIndex(f => f.VisitId);
        });
        HandOverTables.Map(model);
        model.Entity<StoredVerdict>(table =>
        {
            table.ToTable("verdicts").HasKey(v => v.Id);
            table.HasIndex(v => v.VisitId);
        });
    }
}
