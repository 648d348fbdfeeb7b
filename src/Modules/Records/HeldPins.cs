using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Modules.Records;

/// <summary>PINs proven for one act that was not finished, so that each person types his once: in this process's memory alone, for minutes, for the very same content, person and page. Nowhere else is one ever kept.</summary>
public sealed class HeldPins(TimeProvider clock)
{
    private const int Most = 2000;
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Entry> _held = new(StringComparer.Ordinal);

    /// <param name="act">Who signs in which capacity is part of the entries; what is signed, and on whose page, of this.</param>
    /// <param name="pins">By role: the account and its PIN.</param>
    /// <returns>What the page sends back; null when there is nothing to hold.</returns>
    internal string? Hold(string act, IReadOnlyDictionary<string, (string Account, string Pin)> pins)
    {
        Forget();
        if (pins.Count == 0 || _held.Count >= Most) return null;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _held[token] = new Entry(act, pins, clock.GetUtcNow() + Lasts);
        return token;
    }

    /// <summary>What is held for exactly this act; empty when it is another, or too late.</summary>
    internal IReadOnlyDictionary<string, (string Account, string Pin)> Find(string? token, string act) =>
        token is not null && _held.TryGetValue(token, out var entry) && entry.Act == act && entry.Until > clock.GetUtcNow() ? entry.Pins
            : new Dictionary<string, (string, string)>();

    internal void Drop(string? token)
    {
        if (token is not null) _held.TryRemove(token, out _);
    }

    private void Forget()
    {
        foreach (var (token, entry) in _held)
            if (entry.Until <= clock.GetUtcNow()) _held.TryRemove(token, out _);
    }

    private sealed record Entry(string Act, IReadOnlyDictionary<string, (string Account, string Pin)> Pins, DateTimeOffset Until);
}
