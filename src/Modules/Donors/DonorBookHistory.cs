using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Exchange.Contracts;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>What they have given and what keeps them from giving. Whatever is entered or corrected here goes to the province with the same transaction.</summary>
public sealed partial class DonorBook
{
    public Task<DonorHistory> HistoryAsync(string idNumber, CancellationToken cancel = default) => HistoryAsync(idNumber, null, cancel);

    public Task<DonorHistory> HistoryBesidesAsync(string idNumber, Guid visitId, CancellationToken cancel = default) => HistoryAsync(idNumber, visitId, cancel);

    private async Task<DonorHistory> HistoryAsync(string idNumber, Guid? besides, CancellationToken cancel)
    {
        var (entries, unreachable) = await index.FindAsync(idNumber, cancel);
        var digest = cipher.Digest(idNumber);
        var file = await store.Set<Donor>().Where(d => d.IdNumberDigest == digest).Select(d => new { d.Id, d.BloodGroup, d.RhD }).SingleOrDefaultAsync(cancel);
        var donor = file?.Id;
        var own = await store.Set<Donation>().AsNoTracking().Where(d => d.DonorId == donor).ToListAsync(cancel);
        var deferrals = await store.Set<Deferral>().AsNoTracking().Where(d => d.DonorId == donor).ToListAsync(cancel);
        // The station knows its own better than the province, which may not have heard the last of them yet.
        var elsewhere = entries.Where(e => own.All(d => d.Id != e.SourceId) && deferrals.All(d => d.Id != e.SourceId)).ToList();
        return new DonorHistory(
            [.. own.Select(d => new EarlierDonation(tenant.Current.Name, d.DonationType, d.On, d.VolumeMl, d.Reaction))
                .Concat(elsewhere.Where(e => e.Kind == IndexEntry.Donation).Select(e => new EarlierDonation(e.Station, e.DonationType!, e.On, e.VolumeMl, e.Reaction)))
                .OrderByDescending(d => d.On)],
            [.. deferrals.Where(d => d.LiftedAt is null && (besides is null || d.VisitId != besides)).Select(Earlier)
                .Concat(elsewhere.Where(e => e.Kind == IndexEntry.Deferral).Select(e => new EarlierDeferral(e.Station, e.DonationType, e.On, e.Until, "") { Undated = e.Undated }))
                .OrderByDescending(d => d.From)],
            unreachable)
        {
            BloodGroup = file?.BloodGroup, RhD = file?.RhD,
            Lifted = [.. deferrals.Where(d => d.LiftedAt is not null).OrderByDescending(d => d.From).Select(d => new LiftedDeferral(Earlier(d), d.LiftedAt!.Value, d.LiftedBy!, d.LiftedBecause!))],
        };
    }

    public async Task<IReadOnlyList<EarlierDeferral>> DeferralsAsync(Guid id, CancellationToken cancel = default) =>
        [.. (await store.Set<Deferral>().AsNoTracking().Where(d => d.DonorId == id && d.LiftedAt == null).ToListAsync(cancel)).Select(Earlier)];

    private EarlierDeferral Earlier(Deferral d) => new(tenant.Current.Name, d.DonationType, d.From, d.Until, d.Reason) { Undated = d.Undated };

    public async Task<HistoryView> ViewAsync(DonorHistory history, CancellationToken cancel = default)
    {
        var set = await configuration.AtAsync(clock.GetUtcNow(), cancel);
        var settings = StationSettings.Of(set);
        var types = PackDocuments.Of(set).SelectMany(p => p.DonationTypes).ToLookup(t => t.Code, t => t.Label, StringComparer.Ordinal);
        return new HistoryView(
            [.. history.Donations.Select(d => new DonationView(d.On, Title(d.DonationType), Station(d.Station), d.VolumeMl, d.Reaction))],
            [.. history.Deferrals.Select(View).Concat(history.Lifted.Select(l => View(l.Deferral) with { Lifted = $"{settings.LocalDate(l.At):yyyy-MM-dd} 由{l.By}解除：{l.Because}" }))],
            history.Gap);

        DeferralView View(EarlierDeferral d) => new(d.From, Ends(d), d.DonationType is null ? null : Title(d.DonationType), Station(d.Station), d.Reason);

        string Ends(EarlierDeferral d) => d.Until is { } until ? $"{until:yyyy-MM-dd}" : d.Undated ? "日期待定" : "永久";

        string Title(string code) => types[code].FirstOrDefault() ?? code;

        string Station(string name) =>
            tenants.All.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Configuration().GetValueOrDefault("Description") ?? name;
    }

    public void AddFacts(FactBag facts, DonorHistory history, string donationType, DateOnly day) => DonorsFacts.Add(facts, history, donationType, day);

    public async Task AddDonationAsync(NewDonation donation, CancellationToken cancel = default)
    {
        var said = (donation.DonationType, donation.On, donation.VolumeMl, donation.Reaction);
        var row = await store.Set<Donation>().SingleOrDefaultAsync(d => d.Id == donation.Id, cancel);
        if (row is null)
            store.Add(row = new Donation
            {
                Id = donation.Id, DonorId = donation.DonorId, DonationType = donation.DonationType, On = donation.On, VolumeMl = donation.VolumeMl, Reaction = donation.Reaction,
            });
        else if ((row.DonationType, row.On, row.VolumeMl, row.Reaction) == said) return;
        else
        {
            (row.DonationType, row.On, row.VolumeMl, row.Reaction) = said;
            row.Revision++;
        }
        await SendAsync(row, cancel);
    }

    public async Task SetReactionAsync(Guid donationId, bool reaction, CancellationToken cancel = default)
    {
        if (await store.Set<Donation>().SingleOrDefaultAsync(d => d.Id == donationId, cancel) is not { } row || row.Reaction == reaction) return;
        row.Reaction = reaction;
        row.Revision++;
        await SendAsync(row, cancel);
    }

    public async Task DeferAsync(NewDeferral deferral, CancellationToken cancel = default)
    {
        var row = new Deferral
        {
            Id = deferral.Id ?? Guid.CreateVersion7(), DonorId = deferral.DonorId, VisitId = deferral.VisitId, RuleId = deferral.RuleId,
            DonationType = deferral.DonationType, From = deferral.From, Until = deferral.Until, Undated = deferral.Undated, Reason = deferral.Reason,
        };
        store.Add(row);
        await SendAsync(row, cancel);
    }

    public async Task<IReadOnlyList<VisitDeferral>> DeferralsOfVisitAsync(Guid donorId, Guid visitId, CancellationToken cancel = default)
    {
        await store.Set<Deferral>().Where(d => d.DonorId == donorId && (d.VisitId == visitId || d.Undated)).LoadAsync(cancel);
        return [.. store.Set<Deferral>().Local.Where(d => d.DonorId == donorId && d.LiftedAt is null && (d.VisitId == visitId || d.Undated))
            .Select(d => new VisitDeferral(d.Id, d.RuleId, d.DonationType, d.Until, d.Undated))];
    }

    public async Task LiftAsync(Guid deferralId, string personName, string because, CancellationToken cancel = default)
    {
        var row = (await store.Set<Deferral>().FindAsync([deferralId], cancel))!;
        (row.LiftedAt, row.LiftedBy, row.LiftedBecause) = (clock.GetUtcNow(), personName, because);
        await SendAsync(row, cancel);
    }

    private async Task SendAsync(Donation row, CancellationToken cancel) => index.Send(
        await IdNumberAsync(row.DonorId, cancel),
        new IndexEntry(row.Id, tenant.Current.Name, IndexEntry.Donation, row.DonationType, row.On, row.VolumeMl, null, row.Reaction, Revision: row.Revision));

    /// <summary>Lifted once and never entered again: the only correction a deferral knows.</summary>
    private async Task SendAsync(Deferral row, CancellationToken cancel)
    {
        var lifted = row.LiftedAt is not null;
        index.Send(
            await IdNumberAsync(row.DonorId, cancel),
            new IndexEntry(row.Id, tenant.Current.Name, IndexEntry.Deferral, row.DonationType, row.From, 0, row.Until, null, lifted, lifted ? 1 : 0) { Undated = row.Undated });
    }

    private async Task<string> IdNumberAsync(Guid donorId, CancellationToken cancel) =>
        cipher.Reveal((await store.Set<Donor>().FindAsync([donorId], cancel))!.IdNumber);
}
