using System.Security.Claims;
using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Modules.Archive.Contracts;
using Platform.Audit;
using Platform.People;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Takes a package out of the store for somebody; each time is written down.</summary>
internal sealed class OpenPackage(Store store, IArchiveStore packages, TimeProvider clock)
{
    /// <param name="version">Null: the newest.</param>
    public async Task<(ArchiveItem Item, ArchiveVersion Version)?> FindAsync(Guid id, int? version, CancellationToken cancel)
    {
        if (await store.Set<ArchiveItem>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancel) is not { } item) return null;
        return await store.Set<ArchiveVersion>().AsNoTracking().SingleOrDefaultAsync(v => v.ItemId == id && v.Version == (version ?? item.Version), cancel) is { } found ? (item, found) : null;
    }

    /// <summary>A file that is whole, but under another's name or of another time.</summary>
    public const string Another = "不是归档时的那个档案包：与归档时封存的摘要不一致，可能被换成了别的档案包";

    /// <exception cref="ArchiveStoreException">Not there, changed, or another package than the one archived.</exception>
    public async Task<byte[]> ReadAsync(ArchiveVersion version, CancellationToken cancel)
    {
        var package = await packages.ReadAsync(version.File, cancel);
        return Digest.Of(package) == version.Sha256 ? package : throw new ArchiveStoreException($"存储文件 {version.File} {Another}");
    }

    /// <summary>A form of the package by its name; of several versions the newest unless the name says which.</summary>
    public static PackageFile? Form(byte[] package, string name)
    {
        var forms = Package.Unzip(new MemoryStream(package)).Where(f => f.Path.StartsWith("forms/", StringComparison.Ordinal)).ToList();
        return forms.Find(f => f.Path == $"forms/{name}.pdf")
            ?? forms.Where(f => f.Path.StartsWith($"forms/{name}-v", StringComparison.Ordinal)).OrderBy(f => f.Path.Length).ThenBy(f => f.Path, StringComparer.Ordinal).LastOrDefault();
    }

    public async Task NoteAsync(ArchiveItem item, string action, ClaimsPrincipal person, CancellationToken cancel, string? what = null, string? reason = null)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(person.Actor().Did(action, "archive:" + item.Id, clock.GetUtcNow(), new AuditChange(what, null, item.ArchiveNumber, reason)));
        await transaction.CommitAsync(cancel);
    }
}
