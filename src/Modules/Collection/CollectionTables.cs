using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>One visit of a donor, from registration to its end. Everything it is judged by is pinned when it is registered.</summary>
public sealed class Visit
{
    /// <summary>Of records that are about a visit.</summary>
    public const string Kind = "visit";

    public required Guid Id { get; init; }

    public Subject Subject => new(Kind, Id);

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

internal sealed class CollectionTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence =>
        [new("verdicts", "判定"), .. HandOverTables.Evidence];

    public void Map(ModelBuilder model)
    {
        model.Entity<Visit>(table =>
        {
            table.ToTable("visits").HasKey(v => v.Id);
            table.Ignore(v => v.Subject);
            table.HasIndex(v => v.DonorId);
            // One visit at a time: two counters that register the same donor at once cannot both succeed.
            table.HasIndex(v => v.DonorId, "one_open_visit").IsUnique().HasFilter("\"State\" = 'open'");
            table.HasIndex(v => v.DonationNumber).IsUnique();
            table.HasIndex(v => v.SampleNumber).IsUnique();
            table.HasIndex(v => new { v.Day, v.QueueNumber }).IsUnique();
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
