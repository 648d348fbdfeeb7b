using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Forms;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>A donor's page. The personal values are masked unless <paramref name="Revealed"/>.</summary>
public sealed record DonorPageModel(
    DonorRecord Donor, int Age, HistoryView History, IReadOnlyList<VisitSummary> Visits, bool Revealed, bool MayReveal, string? Error)
{
    public string Name => Revealed ? Donor.Name : Mask.Name(Donor.Name);
    public string IdNumber => Revealed ? Donor.IdNumber : Mask.Number(Donor.IdNumber);
    public string Phone => Revealed ? Donor.Phone : Mask.Phone(Donor.Phone);
    public string Address => Revealed ? Donor.Address : Mask.Number(Donor.Address);
}

/// <summary>献血者档案 of one donor; the full view needs a right and a reason, and is logged.</summary>
internal static class ShowDonor
{
    private const int ReasonMin = 2;
    private const int ReasonMax = 200;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/donors/{id:guid}", ShowAsync).RequirePermission(DonorPermissions.View);
        endpoints.MapPost("/donors/{id:guid}/reveal", RevealAsync).RequirePermission(DonorPermissions.Reveal).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> ShowAsync(Guid id, HttpContext http, IDonors donors, IVisits visits, StationClock station, IPages pages, CancellationToken cancel) =>
        await ModelAsync(id, false, null, http, donors, visits, station, cancel) is { } model ? pages.Show(model) : pages.Refuse(NotHere);

    private static async Task<IResult> RevealAsync(
        Guid id, HttpContext http, IDonors donors, IVisits visits, StationClock station, Store store, IPages pages, CancellationToken cancel)
    {
        var reason = (await http.Request.ReadFormAsync(cancel))["reason"].ToString().Trim();
        var error = reason.Length < ReasonMin ? "请写明查看完整信息的原因" : TypedText.Fault(reason, ReasonMax) is { } fault ? "原因" + fault : null;
        if (await ModelAsync(id, error is null, error, http, donors, visits, station, cancel) is not { } model) return pages.Refuse(NotHere);
        if (error is not null) return pages.Show(model, StatusCodes.Status422UnprocessableEntity);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(new AuditEntry
        {
            At = station.Now, PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), Action = "查看完整个人信息", Subject = "donor:" + id, Reason = reason,
        });
        await transaction.CommitAsync(cancel);
        return pages.Show(model);
    }

    private static Refusal NotHere => new(RefusalKind.NotFound, "没有这位献血者", "请从献血者档案列表中选择");

    private static async Task<DonorPageModel?> ModelAsync(
        Guid id, bool revealed, string? error, HttpContext http, IDonors donors, IVisits visits, StationClock station, CancellationToken cancel)
    {
        if (await donors.FindAsync(id, cancel) is not { } donor) return null;
        return new DonorPageModel(donor, donor.AgeOn(await station.TodayAsync(cancel)), await donors.ViewAsync(await donors.HistoryAsync(donor.IdNumber, cancel), cancel),
            await visits.OfDonorAsync(id, cancel), revealed, http.User.Has(DonorPermissions.Reveal), error);
    }
}
