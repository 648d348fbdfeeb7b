namespace Platform.People;

/// <summary>How many wrong tries are free, and how long each further one makes its maker wait.</summary>
/// <param name="Kind">What is counted together; part of a count's key.</param>
/// <param name="Free">Wrong tries that come before the first wait; the last of them begins it.</param>
/// <param name="First">First wait; each further wrong try doubles it. Null: until somebody lifts it.</param>
/// <param name="Longest">No wait is longer.</param>
/// <param name="Memory">After so long without a wrong try, the wait included, they are forgotten; null: never.</param>
public sealed record TryLimit(string Kind, int Free, TimeSpan? First, TimeSpan Longest, TimeSpan? Memory)
{
    /// <summary>Signing in to one account from one browser that has been in it before.</summary>
    public static TryLimit Device { get; } = Password("device", 5);

    /// <summary>Signing in to one account from one address.</summary>
    public static TryLimit Address { get; } = Password("address", 5);

    /// <summary>Signing in to one account from wherever it has never been in from: many addresses together are one guesser.</summary>
    public static TryLimit Account { get; } = Password("account", 30);

    /// <summary>Signing in from one address, whatever the account: as many as a station of one address mistypes on a bad morning.</summary>
    public static TryLimit Source { get; } = new("source", 60, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30));

    /// <summary>One's own PIN: an administrator resets it.</summary>
    public static TryLimit OwnPin { get; } = new("pin", 5, null, TimeSpan.Zero, null);

    /// <summary>The PIN of one person typed at the workstation of another: it stops that other, never the person.</summary>
    public static TryLimit OthersPin { get; } = new("pin-by", 5, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), TimeSpan.FromDays(7));

    /// <summary>The secret of a program, from one address.</summary>
    public static TryLimit Client { get; } = new("client", 10, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1));

    /// <summary>One-time codes at one browser or address.</summary>
    public static TryLimit Code { get; } = Password("code", 5);

    /// <summary>One-time codes of one account from wherever it has never been in from.</summary>
    public static TryLimit Codes { get; } = Password("codes", 30);

    private static TryLimit Password(string kind, int free) => new(kind, free, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15), TimeSpan.FromDays(1));
}

/// <summary>Wrong tries of one kind so far.</summary>
/// <param name="Failures">Since the last right one.</param>
/// <param name="Until">Nothing is looked at before.</param>
public sealed record Tries(int Failures, DateTimeOffset LastAt, DateTimeOffset Until)
{
    public static Tries None { get; } = new(0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>Until somebody lifts it.</summary>
    public static DateTimeOffset UntilLifted { get; } = DateTimeOffset.FromUnixTimeMilliseconds(253402300799999);

    public bool Wait(DateTimeOffset now) => Until > now;

    /// <summary>After one more wrong try.</summary>
    public Tries Another(TryLimit limit, DateTimeOffset now)
    {
        var since = Until > LastAt ? Until : LastAt;
        var failures = limit.Memory is { } memory && since < UntilLifted && now - since > memory ? 1 : Failures + 1;
        return new Tries(failures, now, failures < limit.Free ? DateTimeOffset.UnixEpoch : limit.First is { } first ? now + Doubled(first, failures - limit.Free, limit.Longest) : UntilLifted);
    }

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan longest) =>
        TimeSpan.FromTicks((long)Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(times, 30))));
}
