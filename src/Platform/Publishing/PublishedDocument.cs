using Microsoft.EntityFrameworkCore;
using Platform.Publishing.Changes;

namespace Platform.Publishing;

/// <summary>Where a document comes from. A later layer adds rules and replaces forms, flows, layouts and settings of the same name.</summary>
public enum DocumentLayer
{
    National,
    Province,
    Station,
}

public enum DocumentState
{
    /// <summary>Worked out, and in no store.</summary>
    Draft,

    /// <summary>Carried by a verifying approval; in force from <see cref="PublishedDocument.EffectiveFrom"/>.</summary>
    Approved,

    /// <summary>Ended by a later change.</summary>
    Retired,
}

/// <summary>One version of a rule pack, form, workflow, layout, test-item list, device profile or settings document. Its content never changes; a correction is a new version.</summary>
public sealed class PublishedDocument
{
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="DocumentKinds"/>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }
    public required DocumentLayer Layer { get; init; }

    /// <summary>Counts from 1 within kind, name and layer.</summary>
    public required int Version { get; init; }

    /// <summary>SHA-256 of the canonical content, lower-case hex.</summary>
    public required string Hash { get; init; }

    public required string Json { get; init; }

    /// <summary>The same document with what another has changed in it.</summary>
    internal PublishedDocument With(string json, string hash) => new()
    {
        Id = Id, Kind = Kind, Name = Name, Layer = Layer, Version = Version, Hash = hash, Json = json, State = State,
        EffectiveFrom = EffectiveFrom, EffectiveTo = EffectiveTo, Author = Author, Approver = Approver, Reason = Reason, CreatedAt = CreatedAt,
    };

    /// <summary>Cases of a rule pack or paths of a flow, as their file had them; they hold before it is approved. Null for other kinds.</summary>
    public string? CasesJson { get; init; }

    public DocumentState State { get; set; }

    /// <summary>First instant in force; an approved document without one is not in force. Of a draft: what its file says, to be held against its publication.</summary>
    public DateTimeOffset? EffectiveFrom { get; set; }

    /// <summary>First instant no longer in force; null while nothing retires it.</summary>
    public DateTimeOffset? EffectiveTo { get; set; }

    /// <summary>The change that brought it; null for the first set-up and what has come from the province.</summary>
    public Guid? ChangeId { get; init; }

    public required string Author { get; init; }
    public string? Approver { get; set; }
    public string? Reason { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>As it would be, published from an instant.</summary>
    public PublishedDocument PublishedFrom(DateTimeOffset instant)
    {
        var copy = (PublishedDocument)MemberwiseClone();
        copy.EffectiveFrom = instant;
        return copy;
    }

    /// <summary>As it would be, ended at an instant.</summary>
    public PublishedDocument EndedAt(DateTimeOffset instant)
    {
        var copy = (PublishedDocument)MemberwiseClone();
        copy.EffectiveTo = instant;
        return copy;
    }
}

/// <summary>The documents in force at one instant, by hash, as a visit pins them. Stored once and shared by all visits that pin the same.</summary>
public sealed class ConfigurationSet
{
    public required string Hash { get; init; }

    /// <summary>Ids of the documents, sorted.</summary>
    public required string DocumentIdsJson { get; init; }
}

/// <summary>Counts changes of the published documents; each step reads it in its own transaction.</summary>
public sealed class ConfigurationRevision
{
    public int Id { get; init; } = 1;
    public long Revision { get; set; }
}

public static class PublishingTables
{
    internal static void Map(ModelBuilder model)
    {
        model.Entity<PublishedDocument>(table =>
        {
            table.ToTable("documents", t => t.HasCheckConstraint("CK_documents_two_people", "\"Approver\" IS NULL OR \"Approver\" <> \"Author\"")).HasKey(d => d.Id);
            table.Property(d => d.Layer).HasConversion<string>();
            table.Property(d => d.State).HasConversion<string>();
            table.HasIndex(d => new { d.Kind, d.Name, d.Layer, d.Version }).IsUnique();
        });
        model.Entity<Change>(table =>
        {
            table.ToTable("changes").HasKey(c => c.Id);
            table.Property(c => c.State).HasConversion<string>();
            table.Property(c => c.Revision).IsConcurrencyToken();
            table.HasIndex(c => c.Number).IsUnique();
        });
        model.Entity<ChangeRevision>(table =>
        {
            table.ToTable("change_revisions").HasKey(r => new { r.ChangeId, r.Number });
            table.Property(r => r.Act).HasConversion<string>();
        });
        model.Entity<ChangeText>().ToTable("change_texts").HasKey(t => t.Sha256);
        model.Entity<ChangeCheck>().ToTable("change_checks").HasKey(c => new { c.ChangeId, c.Revision, c.SetHash });
        model.Entity<ChangeApproval>(table =>
        {
            table.ToTable("change_approvals").HasKey(a => a.Id);
            table.HasIndex(a => a.ChangeId);
        });
        model.Entity<OpenChange>().ToTable("open_changes").HasKey(o => o.PersonId);
        model.Entity<ConfigurationSet>().ToTable("configuration_sets").HasKey(s => s.Hash);
        model.Entity<ConfigurationRevision>(table =>
        {
            table.ToTable("configuration_revision").HasKey(r => r.Id);
            table.Property(r => r.Id).ValueGeneratedNever();
        });
    }
}
