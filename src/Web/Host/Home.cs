using Microsoft.AspNetCore.Mvc;
using Platform.Pages;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Stations a visitor of the province's address can choose from.</summary>
public sealed record StationsModel(IReadOnlyList<StationLink> Stations);

public sealed record StationLink(string Name, string Address);

/// <summary>The first page: at a station the worklist, at the province the list of stations.</summary>
internal static class Home
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/", ShowAsync).AllowAnonymous();

    private static async Task<IResult> ShowAsync(HttpContext http, TenantContext tenant, Tenants tenants, [FromServices] IEnumerable<MenuEntry> menu, StationClock station, IPages pages)
    {
        if (!tenant.Current.IsProvince) return http.User.Identity?.IsAuthenticated != true ? Results.LocalRedirect(http.Request.PathBase + "/sign-in") : Arrive(http, menu, await station.SettingsAsync(http.RequestAborted), pages);
        var stations = new List<StationLink>();
        foreach (var other in tenants.All.Where(t => !t.IsProvince && t.State == TenantState.Running && t.RequestUrlPrefix.Length > 0))
            stations.Add(new StationLink(other.Configuration().GetValueOrDefault("Description", other.Name), $"{http.Request.PathBase}/{other.RequestUrlPrefix}/"));
        return pages.Show(new StationsModel(stations));
    }

    /// <summary>Everybody arrives where his work is.</summary>
    private static IResult Arrive(HttpContext http, IEnumerable<MenuEntry> menu, StationSettings settings, IPages pages) =>
        Menu.Landing(menu, http.User, settings.Features) is { } first ? Results.LocalRedirect(http.Request.PathBase + first)
        : pages.Refuse(new Refusal(RefusalKind.Forbidden, "您的账号还没有可用的功能", "请联系站点管理员分配岗位"));
}
