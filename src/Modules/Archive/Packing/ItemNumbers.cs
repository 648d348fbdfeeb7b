using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Item numbers of one class: year, retention and department.</summary>
/// <param name="Last">Highest number given.</param>
/// <param name="Missing">Numbers that have no item; empty as long as all is well.</param>
public sealed record ItemNumbers(string Class, int Count, long Last, IReadOnlyList<string> Missing)
{
    /// <summary>Each class with how many items it has and which numbers are missing or do not agree.</summary>
    public static async Task<IReadOnlyList<ItemNumbers>> AllAsync(Store store, CancellationToken cancel = default)
    {
        var classes = await store.Set<ArchiveVersion>().Where(v => v.Version == 1).GroupBy(v => v.Series).Select(g => new { g.Key, Count = g.Count(), Last = g.Max(v => v.Item) }).ToListAsync(cancel);
        var given = await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key.StartsWith(ArchiveNumbering.SeriesPrefix)).ToDictionaryAsync(n => n.Key, n => n.Last, cancel);
        var numbers = new List<ItemNumbers>();
        foreach (var name in classes.Select(c => c.Key).Union(given.Keys).Order(StringComparer.Ordinal))
        {
            var (count, last) = classes.Where(c => c.Key == name).Select(c => (c.Count, c.Last)).SingleOrDefault();
            var top = Math.Max(last, given.GetValueOrDefault(name));
            numbers.Add(new ItemNumbers(name[ArchiveNumbering.SeriesPrefix.Length..], count, top, count == top ? [] : await MissingAsync(store, name, top, cancel)));
        }
        return numbers;
    }

    private static async Task<IReadOnlyList<string>> MissingAsync(Store store, string series, long last, CancellationToken cancel)
    {
        var (missing, expected) = (new List<string>(), 1L);
        await foreach (var item in store.Set<ArchiveVersion>().Where(v => v.Series == series && v.Version == 1).OrderBy(v => v.Item).Select(v => v.Item).AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (item > expected) missing.Add(Range(expected, item - 1));
            expected = item + 1;
        }
        return expected > last ? missing : [.. missing, Range(expected, last)];
    }

    private static string Range(long first, long last) => first == last ? first.ToString(CultureInfo.InvariantCulture) : $"{first}–{last}";
}
