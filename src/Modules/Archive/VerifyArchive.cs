using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Modules.Archive.Contracts;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>Checks the whole archive of the tenant of this scope: every package, every item number, every file in the store.</summary>
public sealed class VerifyArchive(Store store, IArchiveStore packages, ISignatureCheck check, ITrustSource trusts)
{
    private static readonly int AtOnce = Environment.ProcessorCount * 16;

    /// <summary>A package looked at.</summary>
    /// <param name="Verdict">Null when the file in the store cannot be had.</param>
    public sealed record Checked(Guid ItemId, int Version, string ArchiveNumber, PackageVerdict? Verdict, IReadOnlyList<PackageFault> Faults);

    public Task<int> CountAsync(CancellationToken cancel = default) => store.Set<ArchiveVersion>().CountAsync(cancel);

    /// <summary>Checks packages over all cores.</summary>
    /// <param name="after">Begins behind this item; null: with the first.</param>
    /// <param name="next">Told after every group, whose last item ends with all its versions.</param>
    /// <exception cref="InvalidOperationException">The authorities' certificates cannot be had; says why.</exception>
    public async Task RunAsync(Guid? after, Func<IReadOnlyList<Checked>, Task> next, CancellationToken cancel = default)
    {
        // Whoever put a root of his own into a package is not believed.
        var (trust, fault) = await trusts.CollectAsync([], cancel);
        if (trust is null) throw new InvalidOperationException($"{fault!.Message}。{fault.Remedy}");
        for (List<ArchiveVersion> group; (group = await GroupAsync(after, cancel)).Count > 0; after = group[^1].ItemId)
        {
            var done = new ConcurrentBag<Checked>();
            await Parallel.ForEachAsync(group, cancel, async (version, stop) => done.Add(await CheckAsync(version, trust.Roots, stop)));
            await next([.. done.OrderBy(c => c.ItemId).ThenBy(c => c.Version)]);
        }
    }

    private async Task<List<ArchiveVersion>> GroupAsync(Guid? after, CancellationToken cancel)
    {
        var items = await store.Set<ArchiveItem>().Where(i => after == null || i.Id.CompareTo(after.Value) > 0).OrderBy(i => i.Id).Select(i => i.Id).Take(AtOnce).ToListAsync(cancel);
        return await store.Set<ArchiveVersion>().AsNoTracking().Where(v => items.Contains(v.ItemId)).OrderBy(v => v.ItemId).ThenBy(v => v.Version).ToListAsync(cancel);
    }

    private async Task<Checked> CheckAsync(ArchiveVersion version, IReadOnlyList<byte[]> roots, CancellationToken cancel)
    {
        try
        {
            var zip = await packages.ReadAsync(version.File, cancel);
            var verdict = CheckPackage.Run(check, new MemoryStream(zip), roots);
            var faults = verdict.Faults.ToList();
            if (Convert.ToHexStringLower(SHA256.HashData(zip)) != version.Sha256) faults.Add(new PackageFault(version.File, "不是归档时的那个档案包"));
            if (verdict.ArchiveNumber != version.ArchiveNumber) faults.Add(new PackageFault(version.File, $"包内档号是 {verdict.ArchiveNumber}"));
            return new Checked(version.ItemId, version.Version, version.ArchiveNumber, verdict, faults);
        }
        catch (ArchiveStoreException e)
        {
            return new Checked(version.ItemId, version.Version, version.ArchiveNumber, null, [new PackageFault(version.File, e.Message)]);
        }
    }

    /// <summary>Each class with how many items it has and which numbers are missing or do not agree.</summary>
    public async Task<IReadOnlyList<ItemNumbers>> NumbersAsync(CancellationToken cancel = default)
    {
        var classes = await store.Set<ArchiveVersion>().Where(v => v.Version == 1).GroupBy(v => v.Series).Select(g => new { g.Key, Count = g.Count(), Last = g.Max(v => v.Item) }).ToListAsync(cancel);
        var given = await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key.StartsWith(ArchiveNumbering.SeriesPrefix)).ToDictionaryAsync(n => n.Key, n => n.Last, cancel);
        var numbers = new List<ItemNumbers>();
        foreach (var name in classes.Select(c => c.Key).Union(given.Keys).Order(StringComparer.Ordinal))
        {
            var (count, last) = classes.Where(c => c.Key == name).Select(c => (c.Count, c.Last)).SingleOrDefault();
            var top = Math.Max(last, given.GetValueOrDefault(name));
            numbers.Add(new ItemNumbers(name[ArchiveNumbering.SeriesPrefix.Length..], count, top, count == top ? [] : await MissingAsync(name, top, cancel)));
        }
        return numbers;
    }

    private async Task<IReadOnlyList<string>> MissingAsync(string series, long last, CancellationToken cancel)
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

    /// <summary>Files in the store no item names, such as one left by a try that was cut off.</summary>
    public async Task<IReadOnlyList<string>> ForeignAsync(CancellationToken cancel = default)
    {
        var known = await store.Set<ArchiveVersion>().Select(v => v.File).ToHashSetAsync(StringComparer.Ordinal, cancel);
        return [.. packages.List().Where(f => !known.Contains(f))];
    }
}

/// <summary>Item numbers of one class: year, retention and department.</summary>
/// <param name="Last">Highest number given.</param>
/// <param name="Missing">Numbers that have no item; empty as long as all is well.</param>
public sealed record ItemNumbers(string Class, int Count, long Last, IReadOnlyList<string> Missing);
