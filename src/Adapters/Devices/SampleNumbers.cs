using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Adapters.Devices;

/// <summary>The sample number inside what a device sends: padded with zeros, between stars, with a letter before it.</summary>
internal static class SampleNumbers
{
    private const int MostKept = 100;
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">Not a regular expression.</exception>
    /// <exception cref="NotSupportedException">One that looks around or back: its time would not be bounded.</exception>
    public static Regex Compiled(string pattern)
    {
        if (Patterns.TryGetValue(pattern, out var known)) return known;
        var made = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        if (Patterns.Count < MostKept) Patterns[pattern] = made;
        return made;
    }

    /// <param name="pattern">Its one group is the number; null or no match leaves what was sent.</param>
    public static string? Of(string? sent, string? pattern) =>
        sent is not null && pattern is not null && Compiled(pattern)
            .Match(sent) is { Success: true, Groups: [_, { Length: > 0 } number, ..] } ? number.Value : sent;
}
