using Modules.Archive;
using Modules.Collection;
using Modules.Donors;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Stations a visitor of the province's address can choose from.</summary>
public sealed record StationsModel(IReadOnlyList<StationLink> Stations);

public sealed record StationLink(string Name, string Address);

/// <summary>The first page: at a station the worklist, at the province the list of stations.</summary>
internal static class Home
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/", Show).AllowAnonymous();

    private static IResult Show(HttpContext http, TenantContext tenant, Tenants tenants, IPages pages)
    {
        if (!tenant.Current.IsProvince) return AtStation(http, pages);
        var stations = new List<StationLink>();
        foreach (var station in tenants.All.Where(t => !t.IsProvince && t.State == TenantState.Running && t.RequestUrlPrefix.Length > 0))
            stations.Add(new StationLink(station.Configuration().GetValueOrDefault("Description", station.Name), $"{http.Request.PathBase}/{station.RequestUrlPrefix}/"));
        return pages.Show(new StationsModel(stations));
    }

    /// <summary>Everybody arrives where his work is.</summary>
    private static IResult AtStation(HttpContext http, IPages pages) =>
        http.User.Identity?.IsAuthenticated != true ? Results.LocalRedirect(http.Request.PathBase + "/sign-in")
        : http.User.Has(CollectionPermissions.Work) ? Results.LocalRedirect(http.Request.PathBase + "/worklist")
        : http.User.Has(ArchivePermissions.View) ? Results.LocalRedirect(http.Request.PathBase + "/archive")
        : http.User.Has(DonorPermissions.View) ? Results.LocalRedirect(http.Request.PathBase + "/donors")
        : http.User.Has(CollectionPermissions.DailyList) ? Results.LocalRedirect(http.Request.PathBase + "/daily")
        : http.User.Has(Modules.Configuring.Contracts.ConfiguringPermissions.View) ? Results.LocalRedirect(http.Request.PathBase + "/config")
        : http.User.Has(PeoplePermissions.Manage) ? Results.LocalRedirect(http.Request.PathBase + ShowPeople.Path)
        : http.User.Has(Modules.Kiosk.Contracts.Kiosk.Manage) ? Results.LocalRedirect(http.Request.PathBase + "/kiosks")
        : http.User.Has(Platform.Audit.AuditModule.Read) ? Results.LocalRedirect(http.Request.PathBase + Platform.Audit.ShowAudit.Path)
        : pages.Refuse(new Refusal(RefusalKind.Forbidden, "您的账号还没有可用的功能", "请联系站点管理员分配岗位"));
}
