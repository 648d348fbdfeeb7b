using System.Security.Claims;
using Modules.Collection;
using Modules.Donors;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Stations a visitor of the province's address can choose from.</summary>
public sealed record StationsModel(IReadOnlyList<StationLink> Stations);

public sealed record StationLink(string Name, string Address);

/// <summary>The first page: at a station the worklist or, without the right to it, the donors; at the province the list of stations.</summary>
internal static class Home
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/", Show).AllowAnonymous();

    private static IResult Show(HttpContext http, TenantContext tenant, Tenants tenants, IPages pages)
    {
        if (!tenant.Current.IsProvince) return Results.LocalRedirect(http.Request.PathBase + FirstPage(http.User));
        var stations = new List<StationLink>();
        foreach (var station in tenants.All.Where(t => !t.IsProvince && t.State == TenantState.Running && t.RequestUrlPrefix.Length > 0))
            stations.Add(new StationLink(station.Configuration().GetValueOrDefault("Description", station.Name), $"{http.Request.PathBase}/{station.RequestUrlPrefix}/"));
        return pages.Show(new StationsModel(stations));
    }

    private static string FirstPage(ClaimsPrincipal user) =>
        !user.Has(CollectionPermissions.Work) && user.Has(DonorPermissions.View) ? "/donors" : "/worklist";
}
