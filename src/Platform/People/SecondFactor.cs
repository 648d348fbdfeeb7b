namespace Platform.People;

/// <summary>A person's device that shows one-time codes (RFC 6238).</summary>
public sealed class SecondFactor
{
    public required string PersonId { get; init; }

    /// <summary>The shared key, encrypted.</summary>
    public required string ProtectedKey { get; init; }

    /// <summary>Null until a code has shown that the device has the key; until then it is not asked for.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Period of the last code taken: no code is taken twice.</summary>
    public long LastPeriod { get; init; }
}
