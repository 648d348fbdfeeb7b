using Platform.Pages;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Puts the request into its tenant, moves the prefix to the path base, and answers for tenants that cannot serve.</summary>
internal sealed class TenantMiddleware(RequestDelegate next, Tenants tenants, TenantHealth health)
{
    public async Task InvokeAsync(HttpContext http, TenantContext context, IPages pages)
    {
        if (tenants.Resolve(http.Request.Host.Value ?? "", http.Request.Path.Value ?? "/") is not var (tenant, byPrefix))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (byPrefix && http.Request.Path.StartsWithSegments("/" + tenant.RequestUrlPrefix, StringComparison.OrdinalIgnoreCase, out var matched, out var rest))
        {
            http.Request.PathBase = http.Request.PathBase.Add(matched);
            http.Request.Path = rest.HasValue ? rest : "/";
        }
        var incident = tenant.State == TenantState.Running ? await health.IncidentAsync(tenant, http.RequestAborted) : tenant.Incident ?? "正在准备";
        if (incident is not null)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "10";
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync($"{tenant.Name} 暂时不能使用：{incident}", http.RequestAborted);
            return;
        }
        context.Enter(tenant);
        await next(http);
    }
}

/// <summary>Whether a tenant's store may be served: looked at once, when the tenant is first used, so that a start opens no store it does not need.</summary>
internal sealed class TenantHealth(Migrator migrator)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<string?>> _known = new(StringComparer.OrdinalIgnoreCase);

    public async Task<string?> IncidentAsync(Tenant tenant, CancellationToken cancel)
    {
        var looked = _known.GetOrAdd(tenant.Name, _ => LookAsync(tenant));
        var incident = await looked.WaitAsync(cancel);
        if (incident is not null) _known.TryRemove(tenant.Name, out _);
        return incident;
    }

    private async Task<string?> LookAsync(Tenant tenant)
    {
        try
        {
            var unguarded = await migrator.UnguardedAsync(tenant);
            return unguarded.Count == 0 ? null : $"证据表 {string.Join("、", unguarded)} 缺少防篡改保护，请运行 migrate";
        }
        catch (System.Data.Common.DbException e)
        {
            return "数据库不能打开：" + e.Message;
        }
    }
}
