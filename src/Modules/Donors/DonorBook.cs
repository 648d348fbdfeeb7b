using System.Text.Json;
using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Exchange.Contracts;
using Platform.Audit;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>The donors of this station: found by document number, kept up to date by registration.</summary>
public sealed partial class DonorBook(
    Store store, FieldCipher cipher, IDonorIndex index, TenantContext tenant, Tenants tenants, Configuration configuration, TimeProvider clock) : IDonors
{
    private const string Abo = "abo", RhD = "rhd";

    /// <summary>Field codes of the registration form that are columns of the donor; the others are kept as details.</summary>
    private static readonly string[] Columns = ["idNumber", "name", "sex", "birthDate", "phone", "address", Abo, RhD];

    public async Task<DonorRecord?> FindAsync(Guid id, CancellationToken cancel = default) =>
        Record(await store.Set<Donor>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancel));

    public async Task<DonorRecord?> FindByIdNumberAsync(string idNumber, CancellationToken cancel = default)
    {
        var digest = cipher.Digest(idNumber);
        return Record(await store.Set<Donor>().AsNoTracking().SingleOrDefaultAsync(d => d.IdNumberDigest == digest, cancel));
    }

    public async Task<IReadOnlyDictionary<Guid, DonorRecord>> FindManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default) =>
        (await store.Set<Donor>().AsNoTracking().Where(d => ids.Contains(d.Id)).ToListAsync(cancel)).ToDictionary(d => d.Id, d => Record(d)!);

    public async Task<Guid?> FindByArchiveNumberAsync(string archiveNumber, CancellationToken cancel = default) =>
        await store.Set<Donor>().Where(d => d.ArchiveNumber == archiveNumber).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancel);

    public async Task<Guid> SaveAsync(IReadOnlyDictionary<string, string> values, Actor by, CancellationToken cancel = default)
    {
        var digest = cipher.Digest(values["idNumber"]);
        var donor = await store.Set<Donor>().SingleOrDefaultAsync(d => d.IdNumberDigest == digest, cancel);
        if (donor is null)
        {
            donor = await NewAsync(values, digest, cancel);
            Audit(donor, by, "新建献血者档案", new AuditChange(New: donor.ArchiveNumber));
            return donor.Id;
        }
        Update(donor, values, (field, old, now) => Audit(donor, by, "更新献血者资料", new AuditChange(field, old, now)));
        donor.Revision++;
        return donor.Id;
    }

    public async Task AmendAsync(Guid id, IReadOnlyDictionary<string, string> values, Actor by, CancellationToken cancel = default)
    {
        var donor = await store.Set<Donor>().SingleAsync(d => d.Id == id, cancel);
        var known = Record(donor)!;
        var all = new Dictionary<string, string>(known.Details, StringComparer.Ordinal) { ["name"] = known.Name, ["phone"] = known.Phone, ["address"] = known.Address };
        foreach (var (field, value) in values) all[field] = value;
        Update(donor, all, (field, old, now) => Audit(donor, by, "更新献血者资料", new AuditChange(field, old, now)));
        donor.Revision++;
    }

    public async Task<IReadOnlyDictionary<Guid, string>> MaskedNamesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default) =>
        (await store.Set<Donor>().Where(d => ids.Contains(d.Id)).Select(d => new { d.Id, d.Name }).ToListAsync(cancel)).ToDictionary(d => d.Id, d => Mask.Name(cipher.Reveal(d.Name)));

    public async Task EnterBloodGroupAsync(Guid id, FoundGroup found, Actor by, CancellationToken cancel = default)
    {
        var donor = await store.Set<Donor>().SingleAsync(d => d.Id == id, cancel);
        var (abo, rhd) = (OnFile(Abo, donor.BloodGroup, found.Abo, found.ReplacesAbo), OnFile(RhD, donor.RhD, found.RhD, found.ReplacesRhD));
        if ((abo, rhd) == (donor.BloodGroup, donor.RhD)) return;
        (donor.BloodGroup, donor.RhD) = (abo, rhd);
        donor.Revision++;

        string? OnFile(string field, string? old, string? now, bool replaces)
        {
            if (now is null || old == now || (old is not null && !replaces)) return old;
            Audit(donor, by, "更新献血者资料", new AuditChange(field, old, now));
            return now;
        }
    }

    private async Task<Donor> NewAsync(IReadOnlyDictionary<string, string> values, string digest, CancellationToken cancel)
    {
        var donor = new Donor
        {
            Id = Guid.CreateVersion7(), ArchiveNumber = $"D{await store.NextNumberAsync("donor-archive", cancel):00000000}", IdNumberDigest = digest,
            IdNumber = cipher.Protect(values["idNumber"]), Name = cipher.Protect(values["name"]), NameDigest = NameDigest(values["name"]), Sex = values["sex"],
            BirthDate = DateOnly.ParseExact(values["birthDate"], "yyyy-MM-dd"), Phone = cipher.Protect(values.GetValueOrDefault("phone", "")),
            Address = cipher.Protect(values.GetValueOrDefault("address", "")), BloodGroup = values.GetValueOrDefault(Abo), RhD = values.GetValueOrDefault(RhD),
            DetailsJson = JsonSerializer.Serialize(Details(values)), CreatedAt = clock.GetUtcNow(),
        };
        store.Add(donor);
        return donor;
    }

    private void Update(Donor donor, IReadOnlyDictionary<string, string> values, Action<string, string, string> changed)
    {
        donor.Name = Protected("name", donor.Name, Mask.Name);
        donor.NameDigest = NameDigest(values.GetValueOrDefault("name", ""));
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

    /// <summary>By which people of a full name are found.</summary>
    internal string NameDigest(string name) => cipher.Digest("name:" + TypedText.NameKey(name));

    private static Dictionary<string, string> Details(IReadOnlyDictionary<string, string> values) =>
        values.Where(v => !Columns.Contains(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);

    private void Audit(Donor donor, Actor by, string action, AuditChange change) => store.Add(by.Did(action, "donor:" + donor.Id, clock.GetUtcNow(), change));

    private DonorRecord? Record(Donor? donor) => donor is null ? null : new DonorRecord(
        donor.Id, donor.ArchiveNumber, cipher.Reveal(donor.IdNumber), cipher.Reveal(donor.Name), donor.Sex, donor.BirthDate,
        cipher.Reveal(donor.Phone), cipher.Reveal(donor.Address), donor.BloodGroup, JsonSerializer.Deserialize<Dictionary<string, string>>(donor.DetailsJson)!) { RhD = donor.RhD };
}
