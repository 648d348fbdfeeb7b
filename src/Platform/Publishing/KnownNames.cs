namespace Platform.Publishing;

/// <summary>What to say where a document names something that there is not: the name most likely meant, and all there are.</summary>
public static class KnownNames
{
    /// <summary>A word this long, in letters, says enough to be looked for inside a name.</summary>
    private const int TellingWord = 4;

    /// <summary>For example 是不是 stationPhone？可用：department、stationPhone.</summary>
    public static string Remedy(string wrong, IEnumerable<string> known)
    {
        var names = known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var all = "可用：" + string.Join("、", names);
        return Nearest(wrong, names) is { } nearest ? $"是不是 {nearest}？{all}" : "更正拼写，" + all;
    }

    /// <summary>The name that differs in the fewest letters, at most a third of them; case and signs between words do not count. Otherwise the only name it is a word of. Null when none is near.</summary>
    public static string? Nearest(string wrong, IReadOnlyCollection<string> known)
    {
        var letters = Letters(wrong);
        var near = known.Select(name => (Name: name, Letters: Letters(name))).Where(n => Math.Abs(n.Letters.Length - letters.Length) <= Allowed(n.Letters))
            .Select(n => (n.Name, Steps: Steps(letters, n.Letters), Allowed: Allowed(n.Letters))).Where(n => n.Steps <= n.Allowed).OrderBy(n => n.Steps).Select(n => n.Name).FirstOrDefault();
        if (near is not null || letters.Length < TellingWord) return near;
        var containing = known.Where(name => Letters(name).Contains(letters, StringComparison.Ordinal)).Take(2).ToList();
        return containing.Count == 1 ? containing[0] : null;
    }

    private static int Allowed(string letters) => Math.Max(1, letters.Length / 3);

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Letters put in, left out, changed or swapped with their neighbour (optimal string alignment).</summary>
    private static int Steps(string a, string b)
    {
        var steps = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) steps[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) steps[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var other = a[i - 1] == b[j - 1] ? 0 : 1;
                steps[i, j] = Math.Min(Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1, steps[i - 1, j - 1] + other);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
            }
        return steps[a.Length, b.Length];
    }
}
