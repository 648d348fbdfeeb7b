using System.Globalization;
using System.Text;

namespace Engine.Canonical;

/// <summary>Unicode normalization form C. The runtime's own does nothing while globalization is invariant, and a signature must not depend on how a machine is set up.</summary>
public static class UnicodeText
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<NormalizationData> Data = new(NormalizationData.Load);

    /// <summary>The text in NFC. An unpaired surrogate becomes U+FFFD.</summary>
    public static string ToNfc(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF') < 0) return text;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points);
        Reorder(points);
        Compose(points);
        var result = new StringBuilder(text.Length);
        foreach (var point in points) result.Append(new Rune(point).ToString());
        return result.ToString();
    }

    private static void Decompose(int point, List<int> into)
    {
        var syllable = point - HangulBase;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            into.Add(LeadBase + syllable / (Vowels * Tails));
            into.Add(VowelBase + syllable % (Vowels * Tails) / Tails);
            if (syllable % Tails > 0) into.Add(TailBase + syllable % Tails);
        }
        else if (Data.Value.Decompositions.TryGetValue(point, out var parts))
        {
            foreach (var part in parts) Decompose(part, into);
        }
        else
        {
            into.Add(point);
        }
    }

    // Canonical ordering: marks after a starter sort by class, equal classes keep their order.
    private static void Reorder(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var rank = Rank(points[i]);
            for (var j = i; rank > 0 && j > 0 && Rank(points[j - 1]) > rank; j--)
                (points[j], points[j - 1]) = (points[j - 1], points[j]);
        }
    }

    private static void Compose(List<int> points)
    {
        var starter = -1;
        var lastRank = -1;
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var rank = Rank(point);
            if (starter >= 0 && lastRank < rank && Pair(points[starter], point) is { } joined)
            {
                points[starter] = joined;
                continue;
            }
            if (rank == 0) (starter, lastRank) = (kept, -1);
            else lastRank = rank;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            return HangulBase + ((first - LeadBase) * Vowels + second - VowelBase) * Tails;
        var syllable = first - HangulBase;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && second is > TailBase and < TailBase + Tails)
            return first + second - TailBase;
        return Data.Value.Compositions.TryGetValue((first, second), out var joined) ? joined : null;
    }

    private static int Rank(int point) => Data.Value.Classes.GetValueOrDefault(point);
}
