using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Exchange.Contracts;
using Platform.Forms;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>Takes over donors with their donations from an earlier system. Importing the same file again changes nothing.</summary>
public sealed class DonorImport(Store store, DonorBook donors, StationClock station)
{
    /// <summary>A donor of the file. Dates are absolute (<c>on</c>), or for demonstrations counted back from today (<c>daysAgo</c>).</summary>
    public sealed record ImportedDonor(string IdNumber, string Name, string? Phone, string? Address, string? BloodGroup, IReadOnlyList<ImportedDonation>? Donations);

    public sealed record ImportedDonation(string Type, DateOnly? On, int? DaysAgo, decimal VolumeMl, bool Reaction = false);

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    /// <exception cref="DocumentException">Not readable, or a donor whose ID number is wrong; nothing is imported then.</exception>
    public static IReadOnlyList<ImportedDonor> Read(string name, string json, DateOnly today)
    {
        try
        {
            var all = JsonSerializer.Deserialize<List<ImportedDonor>>(json, Strict) ?? [];
            for (var i = 0; i < all.Count; i++) Check(name, $"$[{i}]", all[i], today);
            return all;
        }
        catch (JsonException e)
        {
            throw new DocumentException(name, e.Path ?? "$", "不是可导入的献血者清单：每人需要 idNumber、name，可有 phone、address、bloodGroup、donations[{type,on,volumeMl}]");
        }
    }

    /// <summary>How many of them this station does not know yet.</summary>
    public async Task<int> CountNewAsync(IReadOnlyList<ImportedDonor> all, CancellationToken cancel = default)
    {
        var added = 0;
        foreach (var donor in all)
            if (await donors.FindByIdNumberAsync(donor.IdNumber, cancel) is null) added++;
        return added;
    }

    /// <summary>Writes inside the caller's transaction; gives the number of donors that were new.</summary>
    public async Task<int> WriteAsync(IReadOnlyList<ImportedDonor> all, CancellationToken cancel = default)
    {
        var today = await station.TodayAsync(cancel);
        var added = 0;
        foreach (var donor in all)
        {
            if (await donors.FindByIdNumberAsync(donor.IdNumber, cancel) is not null) continue;
            var id = await donors.SaveAsync(Values(donor, today), "operator", "系统操作员", cancel);
            foreach (var donation in donor.Donations ?? [])
                donors.AddDonation(donor.IdNumber, new Donation
                {
                    Id = Guid.CreateVersion7(), DonorId = id, DonationType = donation.Type, VolumeMl = donation.VolumeMl, Reaction = donation.Reaction,
                    On = donation.On ?? today.AddDays(-donation.DaysAgo!.Value),
                });
            await store.SaveChangesAsync(cancel);
            added++;
        }
        return added;
    }

    private static void Check(string name, string path, ImportedDonor donor, DateOnly today)
    {
        if (ResidentIdNumber.Read(donor.IdNumber, today, out var fault) is null) throw new DocumentException(name, path + ".idNumber", fault!);
        if (donor.BloodGroup is not (null or "A" or "B" or "O" or "AB")) throw new DocumentException(name, path + ".bloodGroup", "血型请写 A、B、O 或 AB；不清楚的请删去");
        foreach (var donation in donor.Donations ?? [])
            if (donation.On is null == donation.DaysAgo is null) throw new DocumentException(name, path + ".donations", "每次献血需要 on 或 daysAgo 之一");
    }

    private static Dictionary<string, string> Values(ImportedDonor donor, DateOnly today)
    {
        var id = ResidentIdNumber.Read(donor.IdNumber, today, out _)!;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["idNumber"] = donor.IdNumber, ["name"] = donor.Name, ["sex"] = id.Sex, ["birthDate"] = id.BirthDate.ToString("yyyy-MM-dd"),
            ["phone"] = donor.Phone ?? "", ["address"] = donor.Address ?? "",
        };
        if (donor.BloodGroup is { } group) values["abo"] = group;
        return values;
    }
}

/// <summary><c>Donors.Import</c>: <c>{ "Files": [ { "SourcePath": "donors.json" } ] }</c>; in demonstrations only.</summary>
internal sealed class DonorImportStep(DonorImport import, StationClock station) : IRecipeStep
{
    public string Name => "Donors.Import";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        if (!plan.Demo) return;
        foreach (var file in step.Parts("Files").Select(f => f.Text("SourcePath")))
        {
            var donors = DonorImport.Read(file, plan.Recipe.Files.Text(file), await station.TodayAsync(cancel));
            var added = await import.CountNewAsync(donors, cancel);
            if (added == 0) plan.Unchanged.Add($"演示献血者（{file}）");
            else plan.Changes.Add(new PlannedChange($"+ 演示献血者 {added} 人（{file}）", () => import.WriteAsync(donors, cancel)));
        }
    }
}
