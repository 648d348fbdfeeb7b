using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Forms;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>From a scanned or typed number to the visit: a donation number is one visit's own; an archive number leads to the donor's open visit, else the last.</summary>
internal sealed class FindVisit(Store store, IDonors donors, ShowWorklist worklist)
{
    private const int LongestNumber = 40;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/find", (string? number, HttpContext http, FindVisit use, CancellationToken cancel) => use.HandleAsync(number, http, cancel))
            .RequirePermission(CollectionPermissions.Work);

    private async Task<IResult> HandleAsync(string? number, HttpContext http, CancellationToken cancel)
    {
        var wanted = TypedText.Number(number ?? "");
        if (wanted.Length == 0) return Results.LocalRedirect(http.Request.PathBase + "/worklist");
        var found = wanted.Length > LongestNumber ? null : await FindAsync(wanted, cancel);
        return found is { } id ? Results.LocalRedirect($"{http.Request.PathBase}/visits/{id}")
            : await worklist.HandleAsync(null, null, wanted.Length > LongestNumber ? wanted[..LongestNumber] + "…" : wanted, http, cancel);
    }

    private async Task<Guid?> FindAsync(string number, CancellationToken cancel)
    {
        var visits = store.Set<Visit>().AsNoTracking();
        if (await visits.Where(v => v.DonationNumber == number).Select(v => (Guid?)v.Id).SingleOrDefaultAsync(cancel) is { } visit) return visit;
        if (await donors.FindByArchiveNumberAsync(number, cancel) is not { } donor) return null;
        return await visits.Where(v => v.DonorId == donor).OrderByDescending(v => v.State == VisitStates.Open).ThenByDescending(v => v.Id)
            .Select(v => (Guid?)v.Id).FirstOrDefaultAsync(cancel);
    }
}
