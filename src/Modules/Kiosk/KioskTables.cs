using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Kiosk;

/// <summary>A terminal for donors. Codes and tokens are kept as keyed digests only.</summary>
public sealed class KioskTerminal
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Place { get; init; }

    /// <summary>Of the one-time code that waits to be typed in; null when none does.</summary>
    public string? CodeDigest { get; set; }

    public DateTimeOffset? CodeExpiresAt { get; set; }

    /// <summary>Of the token in the browser that was enrolled; null before.</summary>
    public string? TokenDigest { get; set; }

    public DateTimeOffset? EnrolledAt { get; set; }
    public required DateTimeOffset AddedAt { get; init; }
    public required string AddedBy { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>The donor before a terminal: one at a time.</summary>
public sealed class KioskSession
{
    public required Guid TerminalId { get; init; }

    /// <summary>Of the token in the browser; another one belongs to a session that is over.</summary>
    public required string TokenDigest { get; set; }

    /// <summary>What was typed, encrypted as a whole.</summary>
    public required string ProtectedState { get; set; }

    public required DateTimeOffset UsedAt { get; set; }
}

internal sealed class KioskTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [];

    public void Map(ModelBuilder model)
    {
        model.Entity<KioskTerminal>(table =>
        {
            table.ToTable("kiosk_terminals").HasKey(t => t.Id);
            table.HasIndex(t => t.TokenDigest).IsUnique();
            table.HasIndex(t => t.CodeDigest).IsUnique();
        });
        model.Entity<KioskSession>().ToTable("kiosk_sessions").HasKey(s => s.TerminalId);
    }
}
