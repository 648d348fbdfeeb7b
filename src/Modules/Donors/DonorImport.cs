using System.Security.Cryptography;
using System.Text;
using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>What an import has added.</summary>
public sealed record Imported(int Donors, int Donations, int Deferrals);

/// <summary>Takes over donors with their donations and deferrals from an earlier system. Of a donor the station knows already, only what is missing is added; the same file again changes nothing.</summary>
public sealed class DonorImport(Store store, DonorBook donors, FieldCipher cipher, StationClock station)
{
    private const string RuleId = "import";

    /// <summary>The donors of a file, as <see cref="DonorFile"/> reads them.</summary>
    /// <exception cref="Platform.Publishing.DocumentException">Names the entry, the field and what to do; nothing is imported then.</exception>
    public async Task<IReadOnlyList<ImportedDonor>> ReadAsync(string name, string json, CancellationToken cancel = default) => new DonorFile(name, await station.TodayAsync(cancel)).Read(json);

    /// <summary>How many of them bring something this station does not know yet.</summary>
    public async Task<int> CountNewAsync(IReadOnlyList<ImportedDonor> all, CancellationToken cancel = default)
    {
        var today = await station.TodayAsync(cancel);
        var added = 0;
        foreach (var donor in all)
        {
            var known = await donors.FindByIdNumberAsync(donor.IdNumber, cancel);
            if (known is null || await MissingAsync(known.Id, donor, false, today, cancel) is not ([], [])) added++;
        }
        return added;
    }

    /// <summary>Writes inside the caller's transaction.</summary>
    public async Task<Imported> WriteAsync(IReadOnlyList<ImportedDonor> all, CancellationToken cancel = default)
    {
        var today = await station.TodayAsync(cancel);
        var added = new Imported(0, 0, 0);
        foreach (var donor in all)
        {
            var known = await donors.FindByIdNumberAsync(donor.IdNumber, cancel);
            var id = known?.Id ?? await donors.SaveAsync(Values(donor, today), Actor.Operator, cancel);
            var (donations, deferrals) = await MissingAsync(id, donor, known is null, today, cancel);
            foreach (var donation in donations) await donors.AddDonationAsync(donation, cancel);
            foreach (var deferral in deferrals) await donors.DeferAsync(deferral, cancel);
            await store.SaveChangesAsync(cancel);
            added = new Imported(added.Donors + (known is null ? 1 : 0), added.Donations + donations.Count, added.Deferrals + deferrals.Count);
        }
        return added;
    }

    /// <summary>Days counted back mean the day of the first import; a donor who is known already had his then.</summary>
    private async Task<(IReadOnlyList<NewDonation> Donations, IReadOnlyList<NewDeferral> Deferrals)> MissingAsync(Guid id, ImportedDonor donor, bool isNew, DateOnly today, CancellationToken cancel)
    {
        var given = await store.Set<Donation>().Where(d => d.DonorId == id).Select(d => new { d.DonationType, d.On }).ToListAsync(cancel);
        var deferred = await store.Set<Deferral>().Where(d => d.DonorId == id).Select(d => d.Id).ToListAsync(cancel);
        var donations = (donor.Donations ?? []).Where(d => isNew || d.On is not null)
            .Select(d => Donation(id, donor, d, d.On ?? today.AddDays(-d.DaysAgo!.Value))).Where(d => !given.Any(g => (g.DonationType, g.On) == (d.DonationType, d.On)));
        var deferrals = (donor.Deferrals ?? []).Select(d => Deferral(id, donor, d)).Where(d => !deferred.Contains(d.Id!.Value)).DistinctBy(d => d.Id);
        return ([.. donations], [.. deferrals]);
    }

    private NewDonation Donation(Guid id, ImportedDonor donor, ImportedDonation donation, DateOnly on) =>
        new(IdOf(donor, $"donation|{donation.Type}|{on:yyyy-MM-dd}"), id, donation.Type, on, donation.VolumeMl!.Value, donation.Reaction);

    private NewDeferral Deferral(Guid id, ImportedDonor donor, ImportedDeferral deferral) => new(id, null, RuleId, deferral.Type, deferral.From, deferral.Until, deferral.Reason)
    {
        Id = IdOf(donor, $"deferral|{deferral.Type}|{deferral.From:yyyy-MM-dd}|{deferral.Until:yyyy-MM-dd}"),
    };

    /// <summary>The same entry always has the same id; nobody without the station's key can tell whose it is.</summary>
    private Guid IdOf(ImportedDonor donor, string entry) => new(SHA256.HashData(Encoding.UTF8.GetBytes(cipher.Digest(donor.IdNumber) + "|" + entry)).AsSpan(0, 16));

    private static Dictionary<string, string> Values(ImportedDonor donor, DateOnly today)
    {
        var id = ResidentIdNumber.Read(donor.IdNumber, today, out _)!;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["idNumber"] = id.Value, ["name"] = donor.Name, ["sex"] = id.Sex, ["birthDate"] = id.BirthDate.ToString("yyyy-MM-dd"),
            ["phone"] = donor.Phone ?? "", ["address"] = donor.Address ?? "",
        };
        if (donor.BloodGroup is { } group) values["abo"] = group;
        if (donor.RhD is { } rhd) values["rhd"] = rhd;
        return values;
    }
}

/// <summary><c>Donors.Import</c>: <c>{ "Files": [ { "SourcePath": "donors.json" } ] }</c>; in demonstrations only.</summary>
internal sealed class DonorImportStep(DonorImport import) : IRecipeStep
{
    public string Name => "Donors.Import";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        if (!plan.Demo) return;
        foreach (var file in step.Parts("Files").Select(f => f.Text("SourcePath")))
        {
            var donors = await import.ReadAsync(file, plan.Recipe.Files.Text(file), cancel);
            var added = await import.CountNewAsync(donors, cancel);
            if (added == 0) plan.Unchanged.Add($"演示献血者（{file}）");
            else plan.Changes.Add(new PlannedChange($"+ 演示献血者 {added} 人（{file}）", () => import.WriteAsync(donors, cancel)));
        }
    }
}
