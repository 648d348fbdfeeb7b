using Platform.Storage;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>A request whose transaction the database has ended, because another one and it waited for each other, is answered anew, once and in a scope of its own: whoever sent it has done nothing wrong.</summary>
internal static class SecondTry
{
    public static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when (Deadlock.Ended(e) && !http.Response.HasStarted)
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SecondTry)).LogWarning(e, "{Method} {Path} is answered anew", http.Request.Method, http.Request.Path);
            await AgainAsync(http, next);
        }
    }

    private static async Task AgainAsync(HttpContext http, RequestDelegate next)
    {
        var first = http.RequestServices;
        await using var scope = first.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(first.GetRequiredService<TenantContext>().Current);
        http.RequestServices = scope.ServiceProvider;
        try
        {
            await next(http);
        }
        finally
        {
            http.RequestServices = first;
        }
    }
}
