using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tenancy;

namespace Platform.Pages;

/// <summary>What requests are counted on together: one route of one tenant from one address. The address bar's spelling of it, which has no end of ways, does not count.</summary>
public static class LimitedRoute
{
    public static string Of(HttpContext http) =>
        $"{http.RequestServices.GetRequiredService<TenantContext>().Current.TenantId}|{(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}|{http.Connection.RemoteIpAddress}";
}
