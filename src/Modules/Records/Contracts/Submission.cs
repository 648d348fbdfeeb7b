namespace Modules.Records.Contracts;

/// <summary>A form as submitted. Never changed; an amendment is the next version.</summary>
public sealed class Submission
{
    public required Guid Id { get; init; }

    /// <summary>Kind and id of what it is about: <see cref="Contracts.Subject"/>.</summary>
    public required string SubjectKind { get; init; }

    public required Guid SubjectId { get; init; }

    /// <summary>The donor it tells of; null where it tells of none.</summary>
    public required Guid? DonorId { get; init; }

    /// <summary>Its place among the records of the subject.</summary>
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

    public Subject Subject => new(SubjectKind, SubjectId);
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
    public required Guid SubjectId { get; init; }

    /// <summary>Canonical JSON (RFC 8785) that was signed, encrypted.</summary>
    public required byte[] ProtectedRecord { get; init; }

    /// <summary>Detached CMS with timestamp, DER, encrypted: the signer's certificate in it names a donor.</summary>
    public required byte[] ProtectedCms { get; init; }

    /// <summary>Set by the timestamp authority.</summary>
    public required DateTimeOffset StampedAt { get; init; }
}

/// <summary>A printed form as signed: PDF/A, encrypted. Made anew, as the next version, when something on it is submitted or corrected later.</summary>
public sealed class RecordDocument
{
    public required Guid Id { get; init; }
    public required Guid SubjectId { get; init; }

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
