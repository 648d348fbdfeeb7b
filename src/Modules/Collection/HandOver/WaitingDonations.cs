using System.Globalization;
using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

public sealed record DonationToHandOver(Guid VisitId, string DonationNumber, DateOnly Day, string DonationType, decimal VolumeMl, decimal? Units)
{
    /// <summary>ABO and RhD in words, as this donation's own tests were signed; null where none were.</summary>
    public string? BloodGroup { get; init; }

    /// <summary>What the page shows of it, posted with it: nobody signs what was not on the screen.</summary>
    public string Shown => string.Create(CultureInfo.InvariantCulture, $"{DonationNumber} {DonationType} {BloodGroup} {VolumeMl:0.##} mL {Units:0.##}");

    /// <summary>Name of the page's input that says it.</summary>
    public string ShownInput => "shown-" + VisitId;
}

/// <summary>Finished donations nobody has handed over yet, as they are now.</summary>
internal sealed class WaitingDonations(Store store, Configuration configuration, CompiledPacks compiled, StationClock station)
{
    private const int Most = 200;

    private IQueryable<Visit> Waiting
    {
        get
        {
            var lines = store.Set<HandOverLine>();
            return store.Set<Visit>().AsNoTracking().Where(v => v.State == VisitStates.Completed && v.CollectedMl > 0 && !lines.Any(l => l.VisitId == v.Id));
        }
    }

    public async Task<(IReadOnlyList<DonationToHandOver> Donations, int Total)> PageAsync(CancellationToken cancel) =>
        (await ReadAsync(Waiting.OrderBy(v => v.DonationNumber).Take(Most), cancel), await Waiting.CountAsync(cancel));

    /// <summary>Those of these visits that wait.</summary>
    public Task<IReadOnlyList<DonationToHandOver>> OfAsync(IReadOnlyCollection<Guid> visits, CancellationToken cancel) =>
        ReadAsync(Waiting.Where(v => visits.Contains(v.Id)).OrderBy(v => v.DonationNumber), cancel);

    private async Task<IReadOnlyList<DonationToHandOver>> ReadAsync(IQueryable<Visit> visits, CancellationToken cancel)
    {
        var rows = await visits.ToListAsync(cancel);
        var set = VisitConfiguration.Of(await configuration.AtAsync(station.Now, cancel), compiled);
        return [.. rows.Select(v => new DonationToHandOver(v.Id, v.DonationNumber!, v.Day, set.DonationTypeTitle(v.DonationType), v.CollectedMl!.Value, v.CollectedUnits) { BloodGroup = BloodGroups.Words(v.Abo, v.RhD) })];
    }
}
