using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Exchange.Contracts;
using Platform.Audit;
using Platform.Forms;
using Platform.Publishing;
using Platform.Rules;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>The donors of this station: found by document number, kept up to date by registration.</summary>
public sealed class DonorBook(
    Store store, FieldCipher cipher, IDonorIndex index, TenantContext tenant, Tenants tenants, Configuration configuration, TimeProvider clock) : IDonors
{
    /// <summary>Field codes of the registration form that are columns of the donor; the others are kept as details.</summary>
    private static readonly string[] Columns = ["idNumber", "name", "sex", "birthDate", "phone", "address", "abo"];

    public async Task<DonorRecord?> FindAsync(Guid id, CancellationToken cancel = default) =>
        Record(await store.Set<Donor>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancel));

    public async Task<DonorRecord?> FindByIdNumberAsync(string idNumber, CancellationToken cancel = default)
    {
        var digest = cipher.Digest(idNumber);
        return Record(await store.Set<Donor>().AsNoTracking().SingleOrDefaultAsync(d => d.IdNumberDigest == digest, cancel));
    }

    public async Task<IReadOnlyDictionary<Guid, DonorRecord>> FindManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default) =>
        (await store.Set<Donor>().AsNoTracking().Where(d => ids.Contains(d.Id)).ToListAsync(cancel)).ToDictionary(d => d.Id, d => Record(d)!);

    public async Task<DonorHistory> HistoryAsync(string idNumber, CancellationToken cancel = default)
    {
        var (entries, unreachable) = await index.FindAsync(idNumber, cancel);
        var digest = cipher.Digest(idNumber);
        var file = await store.Set<Donor>().Where(d => d.IdNumberDigest == digest).Select(d => new { d.Id, d.BloodGroup }).SingleOrDefaultAsync(cancel);
        var donor = file?.Id;
        var own = await store.Set<Donation>().AsNoTracking().Where(d => d.DonorId == donor).ToListAsync(cancel);
        var deferrals = await store.Set<Deferral>().AsNoTracking().Where(d => d.DonorId == donor).ToListAsync(cancel);
        var elsewhere = entries.Where(e => own.All(d => d.Id != e.SourceId) && deferrals.All(d => d.Id != e.SourceId)).ToList();
        return new DonorHistory(
            [.. own.Select(d => new EarlierDonation(tenant.Current.Name, d.DonationType, d.On, d.VolumeMl, d.Reaction))
                .Concat(elsewhere.Where(e => e.Kind == IndexEntry.Donation).Select(e => new EarlierDonation(e.Station, e.DonationType!, e.On, e.VolumeMl, null)))
                .OrderByDescending(d => d.On)],
            [.. deferrals.Select(Earlier)
                .Concat(elsewhere.Where(e => e.Kind == IndexEntry.Deferral).Select(e => new EarlierDeferral(e.Station, e.DonationType, e.On, e.Until, "")))
                .OrderByDescending(d => d.From)],
            unreachable) { BloodGroup = file?.BloodGroup };
    }

    public async Task<IReadOnlyList<EarlierDeferral>> DeferralsAsync(Guid id, CancellationToken cancel = default) =>
        [.. (await store.Set<Deferral>().AsNoTracking().Where(d => d.DonorId == id).ToListAsync(cancel)).Select(Earlier)];

    private EarlierDeferral Earlier(Deferral d) => new(tenant.Current.Name, d.DonationType, d.From, d.Until, d.Reason);

    public async Task<HistoryView> ViewAsync(DonorHistory history, CancellationToken cancel = default)
    {
        var set = await configuration.AtAsync(clock.GetUtcNow(), cancel);
        var types = set.All(DocumentKinds.RulePack).SelectMany(d => set.Parsed(d, RulePackJson.Read).DonationTypes).ToLookup(t => t.Code, t => t.Label, StringComparer.Ordinal);
        return new HistoryView(
            [.. history.Donations.Select(d => new DonationView(d.On, Title(d.DonationType), Station(d.Station), d.VolumeMl, d.Reaction))],
            [.. history.Deferrals.Select(d => new DeferralView(d.From, d.Until, d.DonationType is null ? null : Title(d.DonationType), Station(d.Station), d.Reason))],
            history.Gap);

        string Title(string code) => types[code].FirstOrDefault() ?? code;

        string Station(string name) =>
            tenants.All.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Configuration().GetValueOrDefault("Description") ?? name;
    }

    public async Task<Guid?> FindByArchiveNumberAsync(string archiveNumber, CancellationToken cancel = default) =>
        await store.Set<Donor>().Where(d => d.ArchiveNumber == archiveNumber).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancel);

    public void AddFacts(FactBag facts, DonorHistory history, string donationType, DateOnly day) => DonorsFacts.Add(facts, history, donationType, day);

    public async Task<Guid> SaveAsync(IReadOnlyDictionary<string, string> values, string personId, string personName, CancellationToken cancel = default)
    {
        var digest = cipher.Digest(values["idNumber"]);
        var donor = await store.Set<Donor>().SingleOrDefaultAsync(d => d.IdNumberDigest == digest, cancel);
        if (donor is null)
        {
            donor = await NewAsync(values, digest, cancel);
            Audit(donor, personId, personName, "新建献血者档案", null, null, donor.ArchiveNumber);
            return donor.Id;
        }
        Update(donor, values, (field, old, now) => Audit(donor, personId, personName, "更新献血者资料", field, old, now));
        donor.Revision++;
        return donor.Id;
    }

    public async Task AmendAsync(Guid id, IReadOnlyDictionary<string, string> values, string personId, string personName, CancellationToken cancel = default)
    {
        var donor = await store.Set<Donor>().SingleAsync(d => d.Id == id, cancel);
        var known = Record(donor)!;
        var all = new Dictionary<string, string>(known.Details, StringComparer.Ordinal) { ["name"] = known.Name, ["phone"] = known.Phone, ["address"] = known.Address };
        foreach (var (field, value) in values) all[field] = value;
        Update(donor, all, (field, old, now) => Audit(donor, personId, personName, "更新献血者资料", field, old, now));
        donor.Revision++;
    }

    public async Task EnterBloodGroupAsync(Guid id, string group, bool replace, string personId, string personName, CancellationToken cancel = default)
    {
        var donor = await store.Set<Donor>().SingleAsync(d => d.Id == id, cancel);
        if (donor.BloodGroup == group || donor.BloodGroup is not null && !replace) return;
        Audit(donor, personId, personName, "更新献血者资料", "abo", donor.BloodGroup, group);
        donor.BloodGroup = group;
        donor.Revision++;
    }

    public async Task DeferAsync(NewDeferral deferral, CancellationToken cancel = default)
    {
        var donor = Record(await store.Set<Donor>().SingleAsync(d => d.Id == deferral.DonorId, cancel))!;
        var row = new Deferral
        {
            Id = Guid.CreateVersion7(), DonorId = donor.Id, VisitId = deferral.VisitId, RuleId = deferral.RuleId,
            DonationType = deferral.DonationType, From = deferral.From, Until = deferral.Until, Reason = deferral.Reason,
        };
        store.Add(row);
        index.Send(donor.IdNumber, new IndexEntry(row.Id, tenant.Current.Name, IndexEntry.Deferral, row.DonationType, row.From, 0, row.Until));
    }

    public async Task AddDonationAsync(NewDonation donation, CancellationToken cancel = default)
    {
        if (await store.Set<Donation>().SingleOrDefaultAsync(d => d.Id == donation.Id, cancel) is { } entered)
        {
            (entered.VolumeMl, entered.Reaction) = (donation.VolumeMl, entered.Reaction || donation.Reaction);
            return;
        }
        var donor = (await FindAsync(donation.DonorId, cancel))!;
        AddDonation(donor.IdNumber, new Donation
        {
            Id = donation.Id, DonorId = donation.DonorId, DonationType = donation.DonationType, On = donation.On, VolumeMl = donation.VolumeMl, Reaction = donation.Reaction,
        });
    }

    public async Task MarkReactionAsync(Guid donationId, CancellationToken cancel = default)
    {
        if (await store.Set<Donation>().SingleOrDefaultAsync(d => d.Id == donationId, cancel) is { } entered) entered.Reaction = true;
    }

    /// <summary>Enters a donation of this station and tells the province; part of the caller's transaction.</summary>
    public void AddDonation(string idNumber, Donation donation)
    {
        store.Add(donation);
        index.Send(idNumber, new IndexEntry(donation.Id, tenant.Current.Name, IndexEntry.Donation, donation.DonationType, donation.On, donation.VolumeMl, null));
    }

    private async Task<Donor> NewAsync(IReadOnlyDictionary<string, string> values, string digest, CancellationToken cancel)
    {
        var donor = new Donor
        {
            Id = Guid.CreateVersion7(), ArchiveNumber = $"D{await store.NextNumberAsync("donor-archive", cancel):00000000}", IdNumberDigest = digest,
            IdNumber = cipher.Protect(values["idNumber"]), Name = cipher.Protect(values["name"]), Sex = values["sex"],
            BirthDate = DateOnly.ParseExact(values["birthDate"], "yyyy-MM-dd"), Phone = cipher.Protect(values.GetValueOrDefault("phone", "")),
            Address = cipher.Protect(values.GetValueOrDefault("address", "")), BloodGroup = values.GetValueOrDefault("abo"),
            DetailsJson = JsonSerializer.Serialize(Details(values)), CreatedAt = clock.GetUtcNow(),
        };
        store.Add(donor);
        return donor;
    }

    private void Update(Donor donor, IReadOnlyDictionary<string, string> values, Action<string, string, string> changed)
    {
        donor.Name = Protected("name", donor.Name, Mask.Name);
        donor.Phone = Protected("phone", donor.Phone, Mask.Phone);
        donor.Address = Protected("address", donor.Address, Mask.Number);
        var old = JsonSerializer.Deserialize<Dictionary<string, string>>(donor.DetailsJson)!;
        var now = Details(values);
        foreach (var field in now.Keys.Union(old.Keys).Order(StringComparer.Ordinal))
            if (old.GetValueOrDefault(field, "") != now.GetValueOrDefault(field, "")) changed(field, old.GetValueOrDefault(field, ""), now.GetValueOrDefault(field, ""));
        donor.DetailsJson = JsonSerializer.Serialize(now);

        string Protected(string field, string stored, Func<string, string> mask)
        {
            var (before, after) = (cipher.Reveal(stored), values.GetValueOrDefault(field, ""));
            if (before == after) return stored;
            changed(field, mask(before), mask(after));
            return cipher.Protect(after);
        }
    }

    private static Dictionary<string, string> Details(IReadOnlyDictionary<string, string> values) =>
        values.Where(v => !Columns.Contains(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);

    private void Audit(Donor donor, string personId, string personName, string action, string? field, string? old, string? now) => store.Add(new AuditEntry
    {
        At = clock.GetUtcNow(), PersonId = personId, PersonName = personName, Action = action, Subject = "donor:" + donor.Id, Field = field, Old = old, New = now,
    });

    private DonorRecord? Record(Donor? donor) => donor is null ? null : new DonorRecord(
        donor.Id, donor.ArchiveNumber, cipher.Reveal(donor.IdNumber), cipher.Reveal(donor.Name), donor.Sex, donor.BirthDate,
        cipher.Reveal(donor.Phone), cipher.Reveal(donor.Address), donor.BloodGroup, JsonSerializer.Deserialize<Dictionary<string, string>>(donor.DetailsJson)!);
}
