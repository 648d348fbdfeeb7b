using System.Collections.Concurrent;
using System.Security.Cryptography;
using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Modules.Archive.Contracts;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Checks the whole archive of the tenant of this scope. What has to be there is told by the versions, whose rows are sealed; the items, which are not, are compared with them.</summary>
public sealed class VerifyArchive(Store store, IArchiveStore packages, ISignatureCheck check, ITrustSource trusts, FieldCipher cipher)
{
    private static readonly int AtOnce = Environment.ProcessorCount * 16;

    private readonly ConcurrentDictionary<string, SignedHead> _heads = new(StringComparer.Ordinal);

    /// <summary>Heads of the evidence found in the packages so far, each once.</summary>
    public IReadOnlyCollection<SignedHead> Heads => [.. _heads.Values];

    /// <summary>A package looked at.</summary>
    /// <param name="Verdict">Null when the file in the store cannot be had.</param>
    public sealed record Checked(Guid ItemId, int Version, string ArchiveNumber, PackageVerdict? Verdict, IReadOnlyList<PackageFault> Faults);

    public Task<int> CountAsync(CancellationToken cancel = default) => store.Set<ArchiveVersion>().CountAsync(cancel);

    /// <summary>Checks packages over all cores.</summary>
    /// <param name="after">Begins behind this item; null: with the first.</param>
    /// <param name="next">Told after every group, whose last item ends with all its versions.</param>
    public async Task RunAsync(Guid? after, Func<IReadOnlyList<Checked>, Task> next, CancellationToken cancel = default)
    {
        // Whoever put a root of his own into a package is not believed.
        var roots = await trusts.RootsAsync(cancel);
        for (List<ArchiveVersion> group; (group = await GroupAsync(after, cancel)).Count > 0; after = group[^1].ItemId)
        {
            var ids = group.Select(v => v.ItemId).Distinct().ToList();
            var items = await store.Set<ArchiveItem>().AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, cancel);
            var done = new ConcurrentBag<Checked>();
            await Parallel.ForEachAsync(group, cancel, async (version, stop) => done.Add(await CheckAsync(version, roots, stop)));
            await next([.. done.OrderBy(c => c.ItemId).ThenBy(c => c.Version).Select(c => c with { Faults = [.. c.Faults, .. Unlike(c, group, items.GetValueOrDefault(c.ItemId))] })]);
        }
    }

    /// <summary>By the key of the versions; an item is never cut in two.</summary>
    private async Task<List<ArchiveVersion>> GroupAsync(Guid? after, CancellationToken cancel)
    {
        var versions = store.Set<ArchiveVersion>().AsNoTracking();
        var group = await versions.Where(v => after == null || v.ItemId.CompareTo(after.Value) > 0).OrderBy(v => v.ItemId).ThenBy(v => v.Version).Take(AtOnce).ToListAsync(cancel);
        if (group.Count < AtOnce) return group;
        var (item, last) = (group[^1].ItemId, group[^1].Version);
        return [.. group, .. await versions.Where(v => v.ItemId == item && v.Version > last).OrderBy(v => v.Version).ToListAsync(cancel)];
    }

    private async Task<Checked> CheckAsync(ArchiveVersion version, IReadOnlyList<byte[]> roots, CancellationToken cancel)
    {
        try
        {
            var zip = await packages.ReadAsync(version.File, cancel);
            var verdict = CheckPackage.Run(check, new MemoryStream(zip), roots);
            if (verdict.Head is { } head) _heads.TryAdd(Convert.ToHexString(SHA256.HashData([.. head.Json, .. head.Cms])), head);
            var faults = verdict.Faults.ToList();
            if (Digest.Of(zip) != version.Sha256) faults.Add(new PackageFault(version.File, OpenPackage.Another));
            if (verdict.Metadata is { } metadata && UnlikeVersion(metadata, version) is { } unlike) faults.Add(new PackageFault(version.File, unlike));
            return new Checked(version.ItemId, version.Version, version.ArchiveNumber, verdict, faults);
        }
        catch (ArchiveStoreException e)
        {
            return new Checked(version.ItemId, version.Version, version.ArchiveNumber, null, [new PackageFault(version.File, e.Message)]);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever somebody has made of one package, the others are still to be looked at.
            return new Checked(version.ItemId, version.Version, version.ArchiveNumber, null, [new PackageFault(version.File, $"不能核查：{e.Message}")]);
        }
    }

    private static string? UnlikeVersion(PackageMetadata metadata, ArchiveVersion version)
    {
        var (label, subject) = (metadata.Label, metadata.Subject);
        return label.ArchiveNumber != version.ArchiveNumber ? $"包内档号是 {label.ArchiveNumber}"
            : label.Version != version.Version ? $"包内是第 {label.Version} 版"
            : subject.VisitId != version.VisitId.ToString() ? "包内是另一次献血"
            : null;
    }

    /// <summary>What the item's row says otherwise than its newest version and the package.</summary>
    private IEnumerable<PackageFault> Unlike(Checked version, List<ArchiveVersion> group, ArchiveItem? item)
    {
        var all = group.Where(v => v.ItemId == version.ItemId).ToList();
        if (version.Version != all[^1].Version) return [];
        var place = "目录 " + version.ArchiveNumber;
        var broken = all.Select(v => v.Version).SequenceEqual(Enumerable.Range(1, all.Count)) ? Array.Empty<PackageFault>() : [new PackageFault(place, "版本号中断：有的版本被删去")];
        if (item is null) return [.. broken, new PackageFault(place, "档案目录中没有这一件")];
        return [.. broken, .. ItemComparison.Unlike(item, all[^1], version.Verdict?.Metadata, cipher).Select(what => new PackageFault(place, $"档案目录中的{what}与归档时不一致，已被改动"))];
    }

    /// <summary>Items in the list that no version stands for: nobody has archived them.</summary>
    public async Task<IReadOnlyList<string>> WithoutVersionAsync(CancellationToken cancel = default)
    {
        var versions = store.Set<ArchiveVersion>();
        return await store.Set<ArchiveItem>().Where(i => !versions.Any(v => v.ItemId == i.Id)).OrderBy(i => i.Id).Select(i => i.ArchiveNumber).ToListAsync(cancel);
    }

    /// <summary>Files in the store no item names, such as one left by a try that was cut off.</summary>
    public async Task<IReadOnlyList<string>> ForeignAsync(CancellationToken cancel = default)
    {
        var known = await store.Set<ArchiveVersion>().Select(v => v.File).ToHashSetAsync(StringComparer.Ordinal, cancel);
        return [.. packages.List().Where(f => !known.Contains(f))];
    }
}
