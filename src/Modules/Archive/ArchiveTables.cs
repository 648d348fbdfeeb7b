using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>One item of the archive: a visit, as its newest version shows it. Found and listed by these columns; what was archived is in the versions.</summary>
public sealed class ArchiveItem
{
    public required Guid Id { get; init; }
    public required Guid VisitId { get; init; }

    /// <summary>档号.</summary>
    public required string ArchiveNumber { get; init; }

    /// <summary>Year of the visit; with retention and department the class the item number runs in.</summary>
    public required int Year { get; init; }

    /// <summary>Y, D30 or D10.</summary>
    public required string Retention { get; init; }

    /// <summary>Code of the department in the archive number.</summary>
    public required string Department { get; init; }

    public required string DepartmentTitle { get; init; }

    /// <summary>件号, from 1, without gaps in its class.</summary>
    public required long Item { get; init; }

    /// <summary>Local date of the visit.</summary>
    public required DateOnly Day { get; init; }

    public DateTimeOffset? CollectedAt { get; set; }
    public required string ProtectedName { get; set; }
    public required string NameDigest { get; set; }
    public required string DocumentType { get; set; }
    public required string ProtectedDocumentNumber { get; set; }
    public required string DocumentNumberDigest { get; set; }
    public string? DonationNumber { get; set; }

    /// <summary>Whether the visit was signed electronically; otherwise on paper.</summary>
    public required bool Signed { get; set; }

    public required int Version { get; set; }

    /// <summary>电子全文数: forms, without counting their versions.</summary>
    public required int Documents { get; set; }

    public required DateTimeOffset ArchivedAt { get; set; }
}

/// <summary>A package as archived. Never changed; a visit amended later has a next version.</summary>
public sealed class ArchiveVersion
{
    public required Guid ItemId { get; init; }
    public required int Version { get; init; }
    public required Guid VisitId { get; init; }
    public required string ArchiveNumber { get; init; }

    /// <summary>Number series of the class, and the item's number in it.</summary>
    public required string Series { get; init; }
    public required long Item { get; init; }

    /// <summary>Submissions the visit had: more of them means a next version (<see cref="OutstandingVisits"/>).</summary>
    public required int Records { get; init; }

    /// <summary>Name in the archive store.</summary>
    public required string File { get; init; }

    /// <summary>Of the package in clear.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }
    public required string PersonId { get; init; }
    public required string PersonName { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>What the evidence was at a moment, signed by the station.</summary>
public sealed class TreeHead
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Canonical JSON (RFC 8785) of the head, as signed.</summary>
    public required byte[] Json { get; init; }

    /// <summary>Detached CMS with timestamp, DER.</summary>
    public required byte[] Cms { get; init; }

    /// <summary>Set by the timestamp authority.</summary>
    public required DateTimeOffset StampedAt { get; init; }
}

internal sealed class ArchiveTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [new("archive_versions", "归档版本"), new("tree_heads", "证据树头")];

    public void Map(ModelBuilder model)
    {
        model.Entity<ArchiveItem>(table =>
        {
            table.ToTable("archive_items").HasKey(i => i.Id);
            table.HasIndex(i => i.VisitId).IsUnique();
            table.HasIndex(i => i.ArchiveNumber).IsUnique();
            table.HasIndex(i => new { i.Year, i.Retention, i.Department, i.Item }).IsUnique();
            table.HasIndex(i => new { i.Day, i.Id });
            table.HasIndex(i => new { i.Department, i.Day, i.Id });
            table.HasIndex(i => i.NameDigest);
            table.HasIndex(i => i.DocumentNumberDigest);
            table.HasIndex(i => i.DonationNumber);
        });
        model.Entity<ArchiveVersion>(table =>
        {
            table.ToTable("archive_versions").HasKey(v => new { v.ItemId, v.Version });
            table.HasIndex(v => new { v.VisitId, v.Version }).IsUnique();
            table.HasIndex(v => new { v.Series, v.Item, v.Version }).IsUnique();
        });
        model.Entity<TreeHead>(table =>
        {
            table.ToTable("tree_heads").HasKey(h => h.Id);
            table.HasIndex(h => h.At);
        });
    }
}
