using System.Text.Encodings.Web;
using System.Text.Unicode;
using Platform.Pages;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Puts the request into its tenant, moves the prefix to the path base, and answers for tenants that cannot serve.</summary>
internal sealed class TenantMiddleware(RequestDelegate next, Tenants tenants, TenantHealth health)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

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
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync(Closed(tenant, incident), http.RequestAborted);
            return;
        }
        context.Enter(tenant);
        // No address of the product has one, and a database refuses it only after it has been sent.
        if (http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true) throw new BadHttpRequestException("The address has a null character.");
        await next(http);
    }

    /// <summary>Stands alone: nothing of the tenant's own can be shown.</summary>
    private static string Closed(Tenant tenant, string incident)
    {
        var name = Encoder.Encode(tenant.Configuration().GetValueOrDefault("Description", tenant.Name));
        return $"""
            <!DOCTYPE html>
            <html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="10">
            <title>暂时不能使用 · {name}</title><link rel="stylesheet" href="/site.css"></head>
            <body><main class="page"><section class="card failed" role="alert"><h1>{name} 暂时不能使用</h1><p>{Encoder.Encode(incident)}</p><p>本页每 10 秒自动重试；一直不能使用时请联系系统管理员。</p></section></main></body></html>
            """;
    }
}

/// <summary>Whether a tenant's store may be served: looked at once, when the tenant is first used, so that a start opens no store it does not need.</summary>
internal sealed class TenantHealth(Migrator migrator, ILogger<TenantHealth> logger)
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
            logger.LogError(e, "The store of {Tenant} cannot be opened.", tenant.Name);
            return "数据库不能打开";
        }
    }
}
