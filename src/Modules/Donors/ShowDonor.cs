using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Pages;
using Platform.People;
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
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/donors/{id:guid}", ShowAsync).RequirePermission(DonorPermissions.View);
        endpoints.MapPost("/donors/{id:guid}/reveal", RevealAsync).RequirePermission(FullViews.Permission).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> ShowAsync(Guid id, HttpContext http, IDonors donors, IVisits visits, StationClock station, IPages pages, CancellationToken cancel) =>
        await ModelAsync(id, false, null, http, donors, visits, station, cancel) is { } model ? pages.Show(model) : pages.Refuse(NotHere);

    /// <summary>Leads on to what was asked for; without that, to the donor's own page, which is for those who may see it masked.</summary>
    private static async Task<IResult> RevealAsync(Guid id, HttpContext http, IDonors donors, IVisits visits, IFullView full, StationClock station, IPages pages, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var then = FullViews.Onward(form["then"]);
        if (then is null && !http.User.Has(DonorPermissions.View)) return pages.Refuse(new Refusal(RefusalKind.Forbidden, "您没有查看献血者档案的权限", "请由有权限的人员操作，或联系站点管理员"));
        if (await ModelAsync(id, false, null, http, donors, visits, station, cancel) is not { } model) return pages.Refuse(NotHere);
        var error = await full.OpenAsync("donor:" + id, form["reason"], http.User, cancel);
        if (error is null) return then is null ? pages.Show(model with { Revealed = true }) : Results.LocalRedirect(http.Request.PathBase + then);
        return then is null ? pages.Show(model with { Error = error }, StatusCodes.Status422UnprocessableEntity)
            : pages.Show(new FullViewModel("查看完整信息", $"/donors/{id}/reveal", then, error), StatusCodes.Status422UnprocessableEntity);
    }

    private static Refusal NotHere => new(RefusalKind.NotFound, "没有这位献血者", "请从献血者档案列表中选择");

    private static async Task<DonorPageModel?> ModelAsync(
        Guid id, bool revealed, string? error, HttpContext http, IDonors donors, IVisits visits, StationClock station, CancellationToken cancel)
    {
        if (await donors.FindAsync(id, cancel) is not { } donor) return null;
        return new DonorPageModel(donor, donor.AgeOn(await station.TodayAsync(cancel)), await donors.ViewAsync(await donors.HistoryAsync(donor.IdNumber, cancel), cancel),
            await visits.OfDonorAsync(id, cancel), revealed, http.User.Has(FullViews.Permission), error);
    }
}
