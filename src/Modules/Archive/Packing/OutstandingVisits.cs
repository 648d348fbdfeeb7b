using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Pages;
using Platform.Storage;

namespace Modules.Archive;

/// <param name="Label">Donation number, or the day of a visit that has none.</param>
/// <param name="Archived">Whether there is an item that is behind; otherwise there is none yet.</param>
public sealed record OutstandingVisit(Guid Id, DateOnly Day, string Label, bool Archived);

/// <summary>Closed visits that no package holds as they are now: never archived, or amended since. The database compares, by the keys of both sides; only what differs is loaded.</summary>
internal sealed class OutstandingVisits(Store store, IVisitEvidence evidence)
{
    /// <summary>The one place that says when a package is behind its visit: whatever else becomes part of a package is compared here.</summary>
    public IQueryable<ClosedVisit> All()
    {
        var (items, versions) = (store.Set<ArchiveItem>(), store.Set<ArchiveVersion>());
        return evidence.Closed().Where(v => !items.Any(i => i.VisitId == v.Id && i.Documents == v.Documents && versions.Any(p => p.ItemId == i.Id && p.Version == i.Version && p.Records == v.Records)));
    }

    public Task<bool> HasAsync(Guid visit, CancellationToken cancel) => All().AnyAsync(v => v.Id == visit, cancel);

    /// <summary>Oldest first, as their keys are.</summary>
    public async Task<Paged<OutstandingVisit>> PageAsync(int? page, CancellationToken cancel)
    {
        var found = await All().OrderBy(v => v.Id).PageAsync(page, cancel);
        var ids = found.Items.Select(v => v.Id).ToList();
        var archived = await store.Set<ArchiveItem>().Where(i => ids.Contains(i.VisitId)).Select(i => i.VisitId).ToListAsync(cancel);
        return found.With<OutstandingVisit>([.. found.Items.Select(v => new OutstandingVisit(v.Id, v.Day, ArchiveVisit.LabelOf(v), archived.Contains(v.Id)))]);
    }
}
