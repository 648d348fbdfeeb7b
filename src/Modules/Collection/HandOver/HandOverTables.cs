using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Donations handed over to preparation and testing, signed by both sides.</summary>
public sealed class HandOver
{
    public required Guid Id { get; init; }

    /// <summary>Running number of the day, yyyyMMdd-nn.</summary>
    public required string Number { get; init; }

    public required DateTimeOffset At { get; init; }
    public required string GivenById { get; init; }
    public required string GivenBy { get; init; }
    public required string TakenById { get; init; }
    public required string TakenBy { get; init; }
    public string? Remarks { get; init; }

    /// <summary>How both sides have signed, one of <see cref="HandOverMethods"/>; null for the hand-overs of before, which were signed by PIN.</summary>
    public string? Method { get; init; }

    /// <summary>SHA-256 of the canonical list (RFC 8785) both have signed.</summary>
    public required string ContentHash { get; init; }

    public bool Electronic => Method == HandOverMethods.Certificate;
}

public static class HandOverMethods
{
    /// <summary>By the own key of each side, with timestamp.</summary>
    public const string Certificate = "certificate";

    /// <summary>In ink on the printed list, which is kept.</summary>
    public const string Ink = "ink";
}

/// <summary>One donation of a hand-over; a donation is handed over once.</summary>
public sealed class HandOverLine
{
    public required Guid VisitId { get; init; }
    public required Guid HandOverId { get; init; }
    public required string DonationNumber { get; init; }
    public required string DonationType { get; init; }

    /// <summary>ABO and RhD in words, as this donation's own tests were signed; null where none were.</summary>
    public string? BloodGroup { get; init; }

    public required decimal VolumeMl { get; init; }
    public decimal? Units { get; init; }
}

/// <summary>The electronic signature of one side over the list of a hand-over.</summary>
public sealed class HandOverSignature
{
    public required Guid HandOverId { get; init; }

    /// <summary>One of <see cref="HandOverRoles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Canonical JSON (RFC 8785) that was signed, encrypted.</summary>
    public required byte[] ProtectedRecord { get; init; }

    /// <summary>Detached CMS with timestamp, DER, encrypted.</summary>
    public required byte[] ProtectedCms { get; init; }

    /// <summary>What was said of the certificates when it was signed, encrypted: by this it is checked later without the authorities.</summary>
    public required byte[] ProtectedTrust { get; init; }

    /// <summary>Set by the timestamp authority.</summary>
    public required DateTimeOffset StampedAt { get; init; }
}

public static class HandOverRoles
{
    public const string Giver = "giver";
    public const string Taker = "taker";

    /// <summary>In the order of signing.</summary>
    public static IReadOnlyList<string> All { get; } = [Giver, Taker];

    public static string Title(string role) => role == Giver ? "交出人" : "接收人";
}

internal static class HandOverTables
{
    public static IReadOnlyList<EvidenceTable> Evidence => [new("hand_overs", "交接单"), new("hand_over_lines", "交接的献血"), new("hand_over_signatures", "交接签名")];

    public static void Map(ModelBuilder model)
    {
        model.Entity<HandOver>(table =>
        {
            table.ToTable("hand_overs").HasKey(h => h.Id);
            table.HasIndex(h => h.Number).IsUnique();
            table.Ignore(h => h.Electronic);
        });
        model.Entity<HandOverLine>(table =>
        {
            table.ToTable("hand_over_lines").HasKey(l => l.VisitId);
            table.HasIndex(l => l.HandOverId);
        });
        model.Entity<HandOverSignature>().ToTable("hand_over_signatures").HasKey(s => new { s.HandOverId, s.Role });
    }
}
