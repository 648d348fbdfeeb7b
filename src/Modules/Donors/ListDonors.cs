using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Forms;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

public sealed record DonorRow(Guid Id, string ArchiveNumber, string MaskedName, string Sex, int Age, string? BloodGroup);

public sealed record DonorListModel(Paged<DonorRow> Donors, string? Archive, string? Error);

/// <summary>献血者档案: the list, and finding one by archive number or document number. A document number is posted, so it stands in no address and no log.</summary>
internal static class ListDonors
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/donors", ShowAsync).RequirePermission(DonorPermissions.View);
        endpoints.MapPost("/donors/find", FindAsync).RequirePermission(DonorPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> ShowAsync(string? archive, int? page, Store store, IDonors donors, StationClock station, IPages pages, CancellationToken cancel) =>
        pages.Show(await ModelAsync(archive, page, null, store, donors, station, cancel));

    private static async Task<IResult> FindAsync(HttpContext http, Store store, IDonors donors, StationClock station, IPages pages, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var id = ResidentIdNumber.ReadTyped(form["idNumber"].ToString(), await station.TodayAsync(cancel), out var fault);
        if (id is not null && await donors.FindByIdNumberAsync(id.Value, cancel) is { } donor) return Results.LocalRedirect($"{http.Request.PathBase}/donors/{donor.Id}");
        var error = fault is null ? "本站没有这位献血者的档案" : "身份证号码" + fault;
        return pages.Show(await ModelAsync(null, null, error, store, donors, station, cancel), StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<DonorListModel> ModelAsync(string? archive, int? page, string? error, Store store, IDonors donors, StationClock station, CancellationToken cancel)
    {
        var query = store.Set<Donor>().AsNoTracking();
        var wanted = TypedText.Number(archive ?? "");
        if (wanted.Length > 0) query = query.Where(d => d.ArchiveNumber == wanted);
        var ids = await query.OrderByDescending(d => d.ArchiveNumber).Select(d => d.Id).PageAsync(page, cancel);
        var found = await donors.FindManyAsync(ids.Items.ToList(), cancel);
        var today = await station.TodayAsync(cancel);
        return new DonorListModel(ids.With<DonorRow>([.. ids.Items.Select(id => Row(found[id], today))]), archive, error);
    }

    private static DonorRow Row(DonorRecord donor, DateOnly today) =>
        new(donor.Id, donor.ArchiveNumber, Mask.Name(donor.Name), donor.Sex, donor.AgeOn(today), donor.GroupInWords);
}
