using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Forms;
using Modules.Donors.Contracts;
using Platform.Publishing;

namespace Modules.Donors;

/// <summary>A donor of an earlier system.</summary>
public sealed record ImportedDonor(
    string IdNumber, string Name, string? Phone, string? Address, string? BloodGroup, IReadOnlyList<ImportedDonation>? Donations, IReadOnlyList<ImportedDeferral>? Deferrals)
{
    /// <summary>A code of <see cref="BloodGroups"/>.</summary>
    public string? RhD { get; init; }
}

/// <param name="Type">One of <see cref="DonorsFacts.Counted"/>.</param>
/// <param name="On">Local date.</param>
/// <param name="DaysAgo">In its place, for demonstrations: counted back from the day of the first import.</param>
/// <param name="VolumeMl">mL without samples and anticoagulant; 0 when nothing was collected.</param>
public sealed record ImportedDonation(string Type, DateOnly? On, int? DaysAgo, decimal? VolumeMl, bool Reaction = false);

/// <param name="Type">Null: all types.</param>
/// <param name="Until">First day the donor may come again.</param>
/// <param name="Permanent">In its place: for ever. One of the two is said, so that a forgotten date is no answer.</param>
public sealed record ImportedDeferral(string? Type, DateOnly From, DateOnly? Until, bool Permanent, string Reason);

/// <summary>Reads a list of donors of an earlier system. What cannot be believed refuses the whole file: a history that is half there lets a donor pass.</summary>
internal sealed class DonorFile(string name, DateOnly today)
{
    private const string Empty = "不能为空";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false,
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    /// <summary>The donors, each by the ID number as it is printed.</summary>
    /// <exception cref="DocumentException">Names the entry, the field and what to do; nothing is imported then.</exception>
    public IReadOnlyList<ImportedDonor> Read(string json)
    {
        try
        {
            var all = JsonSerializer.Deserialize<List<ImportedDonor>>(json, Strict) ?? [];
            return [.. all.Select((donor, i) => Checked(donor, $"$[{i}]"))];
        }
        catch (JsonException e)
        {
            throw new DocumentException(name, e.Path ?? "$", $"第 {e.LineNumber + 1} 行不是可导入的献血者清单：每人需要 idNumber、name，可有 phone、address、bloodGroup、donations[{{type,on,volumeMl,reaction}}]、deferrals[{{type,from,until 或 permanent,reason}}]");
        }
    }

    private ImportedDonor Checked(ImportedDonor donor, string path)
    {
        if (donor is null) throw Wrong(path, Empty);
        if (ResidentIdNumber.Read(donor.IdNumber ?? "", today, out var fault) is not { } id) throw Wrong(path + ".idNumber", fault!);
        if (string.IsNullOrWhiteSpace(donor.Name)) throw Wrong(path + ".name", "必填");
        if (donor.BloodGroup is not (null or "A" or "B" or "O" or "AB")) throw Wrong(path + ".bloodGroup", "血型请写 A、B、O 或 AB；不清楚的请删去");
        if (donor.RhD is not (null or BloodGroups.Positive or BloodGroups.Negative)) throw Wrong(path + ".rhD", "RhD 请写 pos（阳性）或 neg（阴性）；不清楚的请删去");
        var donations = donor.Donations ?? [];
        for (var i = 0; i < donations.Count; i++) Check(donations[i], $"{path}.donations[{i}]");
        for (var i = 0; i < donations.Count; i++)
            if (donations.Take(i).Any(d => (d.Type, d.On, d.DaysAgo) == (donations[i].Type, donations[i].On, donations[i].DaysAgo))) throw Wrong($"{path}.donations[{i}]", "同一天同一类型的献血重复，请合并为一次");
        for (var i = 0; i < donor.Deferrals?.Count; i++) Check(donor.Deferrals[i], $"{path}.deferrals[{i}]");
        return donor with { IdNumber = id.Value };
    }

    private void Check(ImportedDonation donation, string path)
    {
        if (donation is null) throw Wrong(path, Empty);
        CheckType(donation.Type, path);
        if (donation.On is null == donation.DaysAgo is null) throw Wrong(path + ".on", "需要 on 或 daysAgo 之一");
        if (donation.On > today) throw Wrong(path + ".on", $"{donation.On:yyyy-MM-dd} 在今天之后，请核对");
        if (donation.DaysAgo < 0) throw Wrong(path + ".daysAgo", "不能小于 0");
        if (donation.VolumeMl is not >= 0) throw Wrong(path + ".volumeMl", "必填，不能小于 0（单位 mL，不含抗凝剂和标本）");
    }

    private void Check(ImportedDeferral deferral, string path)
    {
        if (deferral is null) throw Wrong(path, Empty);
        if (deferral.Type is { } type) CheckType(type, path);
        if (deferral.From == default || deferral.From > today) throw Wrong(path + ".from", "必填，不能在今天之后");
        if (deferral.Permanent == deferral.Until is not null) throw Wrong(path + ".until", "需要 until（可再献血的第一天）或 permanent: true 之一");
        if (deferral.Until <= deferral.From) throw Wrong(path + ".until", $"须在 {deferral.From:yyyy-MM-dd} 之后");
        if (string.IsNullOrWhiteSpace(deferral.Reason)) throw Wrong(path + ".reason", "必填");
    }

    private void CheckType(string? type, string path)
    {
        if (!DonorsFacts.Counted.Contains(type)) throw Wrong(path + ".type", $"不认识的献血类型“{type}”，可用：{string.Join("、", DonorsFacts.Counted)}");
    }

    private DocumentException Wrong(string path, string message) => new(name, path, message);
}
