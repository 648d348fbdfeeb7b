using Microsoft.AspNetCore.Antiforgery;
using Platform.Pages;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Answers without a page of their own get one that says what happened and what to do.</summary>
internal static class ErrorPages
{
    public static async Task EmptyAnswersAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response.HasStarted || http.Response.ContentType is not null || !WantsPage(http)) return;
        var refusal = http.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => new Refusal(RefusalKind.Forbidden, "登录已过期", "请重新登录；填写的内容以草稿保存"),
            StatusCodes.Status403Forbidden => new Refusal(RefusalKind.Forbidden, "您没有此操作的权限", "请由有权限的人员操作，或联系站点管理员"),
            StatusCodes.Status400BadRequest => new Refusal(RefusalKind.Invalid, "请求不完整或已过期", "请返回上一页刷新后重试"),
            StatusCodes.Status405MethodNotAllowed => new Refusal(RefusalKind.Invalid, "此地址不支持该操作", "请从页面上的按钮操作"),
            _ => null,
        };
        if (refusal is null) return;
        var status = http.Response.StatusCode;
        await http.RequestServices.GetRequiredService<IPages>().Show(refusal, status).ExecuteAsync(http);
    }

    /// <summary>A form whose anti-forgery token is missing or of another session changes nothing.</summary>
    public static Task ForgedAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false }) return next(http);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    public static async Task FailedAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        if (http.RequestServices.GetRequiredService<TenantContext>().IsSet && WantsPage(http))
            await http.RequestServices.GetRequiredService<IPages>()
                .Show(new Refusal(RefusalKind.Unavailable, "系统出错，刚才的操作没有保存", $"请重试；仍不行时把编号 {http.TraceIdentifier} 告诉系统管理员"), StatusCodes.Status500InternalServerError).ExecuteAsync(http);
    }

    private static bool WantsPage(HttpContext http) => !http.Request.Path.StartsWithSegments("/connect", StringComparison.Ordinal) && !http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
