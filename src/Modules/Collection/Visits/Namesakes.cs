using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>A donor who is, or was today, in the house.</summary>
public sealed record PresentDonor(Guid VisitId, Guid DonorId, string MaskedName, QueuePlace Place)
{
    /// <summary>Others of the same masked name, by their numbers.</summary>
    /// <param name="present">All who are in the house.</param>
    public static IReadOnlyList<PresentDonor> Namesakes(IEnumerable<PresentDonor> present, Guid donor, string maskedName) =>
        [.. present.Where(p => p.DonorId != donor && p.MaskedName == maskedName).OrderBy(p => p.Place.Day).ThenBy(p => p.Place.Number)];
}

/// <summary>Finds donors who could be taken for one another: names are masked, so that two may look the same.</summary>
public sealed class Namesakes(Store store, IDonors donors, StationClock station)
{
    /// <summary>Everybody with a visit that is open, or of today.</summary>
    public async Task<IReadOnlyList<PresentDonor>> PresentAsync(CancellationToken cancel = default)
    {
        var today = await station.TodayAsync(cancel);
        var visits = await store.Set<Visit>().AsNoTracking().Where(v => v.State == VisitStates.Open || v.Day == today).Select(v => new { v.Id, v.DonorId, v.Day, v.QueueNumber }).ToListAsync(cancel);
        var names = await NamesAsync([.. visits.Select(v => v.DonorId).Distinct()], cancel);
        return [.. visits.Select(v => new PresentDonor(v.Id, v.DonorId, names[v.DonorId], new QueuePlace(v.Day, v.QueueNumber)))];
    }

    public Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default) => donors.MaskedNamesAsync(ids, cancel);

    /// <summary>Others who look like the donor of a visit.</summary>
    public async Task<IReadOnlyList<PresentDonor>> OfAsync(Guid visitId, string maskedName, CancellationToken cancel = default)
    {
        var donor = await store.Set<Visit>().Where(v => v.Id == visitId).Select(v => v.DonorId).SingleAsync(cancel);
        return PresentDonor.Namesakes(await PresentAsync(cancel), donor, maskedName);
    }
}
