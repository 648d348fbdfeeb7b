using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

public sealed record DonorRow(Guid Id, string ArchiveNumber, string MaskedName, string Sex, int Age, string? BloodGroup);

public sealed record DonorListModel(Paged<DonorRow> Donors, string? Archive, string? Error)
{
    /// <summary>Digest of the full name looked for; null when none was.</summary>
    public string? Name { get; init; }
}

/// <summary>献血者档案: the list, and finding one by archive number, document number or full name. Number and name are posted, so they stand in no address and no log.</summary>
internal static class ListDonors
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/donors", ShowAsync).RequirePermission(DonorPermissions.View);
        endpoints.MapPost("/donors/find", FindAsync).RequirePermission(DonorPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> ShowAsync(string? archive, string? name, int? page, Store store, IDonors donors, StationClock station, IPages pages, CancellationToken cancel) =>
        pages.Show(await ModelAsync(new(archive, name, page), null, store, donors, station, cancel));

    /// <summary>A document number leads to its donor, a full name to the list of those who have it: the address holds a keyed digest of it.</summary>
    private static async Task<IResult> FindAsync(HttpContext http, Store store, DonorBook book, IDonors donors, StationClock station, IPages pages, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (number, name) = (form["idNumber"].ToString(), form["name"].ToString().Trim());
        if (number.Length == 0 && name.Length > 0)
        {
            var digest = book.NameDigest(name);
            return await store.Set<Donor>().AnyAsync(d => d.NameDigest == digest, cancel) ? Results.LocalRedirect($"{http.Request.PathBase}/donors?name={digest}")
                : pages.Show(await ModelAsync(new(null, null, null), "没有找到叫这个名字的献血者：请输入完整的姓名，或按证件号码查找", store, donors, station, cancel), StatusCodes.Status422UnprocessableEntity);
        }
        var id = ResidentIdNumber.ReadTyped(number, await station.TodayAsync(cancel), out var fault);
        if (id is not null && await donors.FindByIdNumberAsync(id.Value, cancel) is { } donor) return Results.LocalRedirect($"{http.Request.PathBase}/donors/{donor.Id}");
        var error = fault is null ? "本站没有这位献血者的档案" : "身份证号码" + fault;
        return pages.Show(await ModelAsync(new(null, null, null), error, store, donors, station, cancel), StatusCodes.Status422UnprocessableEntity);
    }

    /// <param name="Name">Digest of a full name.</param>
    private sealed record Wanted(string? Archive, string? Name, int? Page);

    private static async Task<DonorListModel> ModelAsync(Wanted wanted, string? error, Store store, IDonors donors, StationClock station, CancellationToken cancel)
    {
        var query = store.Set<Donor>().AsNoTracking();
        var number = TypedText.Number(wanted.Archive ?? "");
        if (number.Length > 0) query = query.Where(d => d.ArchiveNumber == number);
        if (wanted.Name is { } name) query = query.Where(d => d.NameDigest == name);
        var ids = await query.OrderByDescending(d => d.ArchiveNumber).Select(d => d.Id).PageAsync(wanted.Page, cancel);
        var found = await donors.FindManyAsync(ids.Items.ToList(), cancel);
        var today = await station.TodayAsync(cancel);
        return new DonorListModel(ids.With<DonorRow>([.. ids.Items.Select(id => Row(found[id], today))]), wanted.Archive, error) { Name = wanted.Name };
    }

    private static DonorRow Row(DonorRecord donor, DateOnly today) =>
        new(donor.Id, donor.ArchiveNumber, Mask.Name(donor.Name), donor.Sex, donor.AgeOn(today), donor.GroupInWords);
}
