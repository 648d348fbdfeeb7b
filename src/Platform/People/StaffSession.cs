namespace Platform.People;

/// <summary>One sign-in of one person, from the password to its end. The cookie has its id and nothing else that counts.</summary>
public sealed class StaffSession
{
    /// <summary>Untouched for so many minutes, a session is over where no role of the person says otherwise.</summary>
    public const int IdleMinutes = 60;

    /// <summary>However it is used, it ends after so long: a shift.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>Its last use is known to this exactly: it is written no more often.</summary>
    public static readonly TimeSpan Exactly = TimeSpan.FromMinutes(1);

    /// <summary>Ended sessions are kept for so long, so that a person's browsers and addresses are known.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public required Guid Id { get; init; }
    public required string PersonId { get; init; }

    /// <summary>Keyed digest of the secret by which the browser is known again.</summary>
    public required string Device { get; init; }

    /// <summary>As <see cref="SignInFrom.Source"/> names it.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why it ended, zh-CN.</summary>
    public string? EndedBy { get; set; }
}

/// <summary>Where somebody signs in from.</summary>
/// <param name="Source">Address: of version 6 the network of 64 bits, because a machine has all of it.</param>
/// <param name="Device">Keyed digest; empty when the browser has not been here before.</param>
public sealed record SignInFrom(string Source, string Device);

/// <summary>What is known of a session and its person at this request, from one query.</summary>
/// <param name="IdleMinutes">The shortest of the person's roles.</param>
public sealed record FoundSession(StaffSession Session, Person Person, int IdleMinutes, IReadOnlyList<string> Permissions)
{
    /// <summary>Why it is over, zh-CN; null while it goes on.</summary>
    public string? Over(DateTimeOffset now) =>
        now - Session.StartedAt >= StaffSession.Longest ? "已满一个班次"
        : now - Session.LastSeenAt >= TimeSpan.FromMinutes(IdleMinutes) ? "闲置超时"
        : null;

    /// <summary>Whether its last use is written now.</summary>
    public bool Stale(DateTimeOffset now) => now - Session.LastSeenAt >= StaffSession.Exactly;
}
