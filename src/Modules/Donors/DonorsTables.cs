using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Donors;

/// <summary>A person who gives blood. Name, ID number, phone and address are encrypted at rest.</summary>
public sealed class Donor
{
    public required Guid Id { get; init; }

    /// <summary>献血者档案编号, running number of this station.</summary>
    public required string ArchiveNumber { get; init; }

    /// <summary>Keyed digest by which the donor is found; unique.</summary>
    public required string IdNumberDigest { get; init; }

    public required string IdNumber { get; init; }
    public required string Name { get; set; }

    /// <summary>Keyed digest of the full name, by which it is looked for.</summary>
    public required string NameDigest { get; set; }

    public required string Sex { get; set; }
    public required DateOnly BirthDate { get; set; }
    public required string Phone { get; set; }
    public required string Address { get; set; }
    public string? BloodGroup { get; set; }

    /// <summary>A code of <see cref="Contracts.BloodGroups"/>; null when none is on file.</summary>
    public string? RhD { get; set; }

    /// <summary>Other values of the registration form, by field code.</summary>
    public required string DetailsJson { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public long Revision { get; set; }
}

/// <summary>A donation at this station.</summary>
public sealed class Donation
{
    public required Guid Id { get; init; }
    public required Guid DonorId { get; init; }
    public required string DonationType { get; set; }
    public required DateOnly On { get; set; }

    /// <summary>mL without samples and anticoagulant.</summary>
    public required decimal VolumeMl { get; set; }

    public required bool Reaction { get; set; }

    /// <summary>How often it has been corrected.</summary>
    public long Revision { get; set; }
}

/// <summary>An entry of this station's deferral file. It is never deleted or changed; what does not hold any more is lifted.</summary>
public sealed class Deferral
{
    public required Guid Id { get; init; }
    public required Guid DonorId { get; init; }
    public Guid? VisitId { get; init; }
    public required string RuleId { get; init; }

    /// <summary>Null: all types.</summary>
    public string? DonationType { get; init; }

    public required DateOnly From { get; init; }

    /// <summary>First day the donor may come again; null: permanent or undated.</summary>
    public DateOnly? Until { get; init; }

    /// <inheritdoc cref="Contracts.EarlierDeferral.Undated"/>
    public bool Undated { get; init; }

    public required string Reason { get; init; }

    /// <summary>Null while it holds.</summary>
    public DateTimeOffset? LiftedAt { get; set; }

    public string? LiftedBy { get; set; }
    public string? LiftedBecause { get; set; }
}

internal sealed class DonorsTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [];

    public void Map(ModelBuilder model)
    {
        model.Entity<Donor>(table =>
        {
            table.ToTable("donors").HasKey(d => d.Id);
            table.HasIndex(d => d.IdNumberDigest).IsUnique();
            table.HasIndex(d => d.ArchiveNumber).IsUnique();
            table.HasIndex(d => d.NameDigest);
            table.Property(d => d.Revision).IsConcurrencyToken();
        });
        model.Entity<Donation>(table =>
        {
            table.ToTable("donations").HasKey(d => d.Id);
            table.HasIndex(d => new { d.DonorId, d.On });
            table.Property(d => d.Revision).IsConcurrencyToken();
        });
        model.Entity<Deferral>(table =>
        {
            table.ToTable("deferrals").HasKey(d => d.Id);
            table.HasIndex(d => d.DonorId);
            table.HasIndex(d => d.VisitId);
            table.Property(d => d.Undated).HasDefaultValue(false);
        });
    }
}
