using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Platform.Pages;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Answers without a page of their own get one that says what happened and what to do.</summary>
internal static class ErrorPages
{
    public static async Task EmptyAnswersAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response.HasStarted || http.Response.ContentType is not null || !WantsPage(http)) return;
        if (SurfaceOf(http) is { } surface && http.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            await ShowAsync(surface, http);
            return;
        }
        var refusal = http.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => new Refusal(RefusalKind.Forbidden, "登录已过期", "什么也没有保存，请重新登录"),
            StatusCodes.Status403Forbidden => new Refusal(RefusalKind.Forbidden, "您没有此操作的权限", "请由有权限的人员操作，或联系站点管理员"),
            StatusCodes.Status400BadRequest => new Refusal(RefusalKind.Invalid, "请求不完整或已过期", "请返回上一页刷新后重试"),
            StatusCodes.Status405MethodNotAllowed => new Refusal(RefusalKind.Invalid, "此地址不支持该操作", "请从页面上的按钮操作"),
            _ => null,
        };
        if (refusal is null) return;
        if (http.Response.StatusCode == StatusCodes.Status401Unauthorized && await UnsentForm.ReadAsync(http, Expired, keepToken: true) is { } unsent)
        {
            await http.RequestServices.GetRequiredService<IPages>().Show(unsent, StatusCodes.Status401Unauthorized).ExecuteAsync(http);
            return;
        }
        var status = http.Response.StatusCode;
        await http.RequestServices.GetRequiredService<IPages>().Show(refusal, status).ExecuteAsync(http);
    }

    /// <summary>A form whose anti-forgery token is missing or of another session changes nothing.</summary>
    public static async Task ForgedAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false } invalid)
        {
            await next(http);
            return;
        }
        if (invalid.Error?.InnerException is BadHttpRequestException or InvalidDataException) throw invalid.Error.InnerException;
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        if (SurfaceOf(http) is { } surface)
        {
            http.Response.Redirect(http.Request.PathBase + surface.Path);
            return;
        }
        var pages = http.RequestServices.GetRequiredService<IPages>();
        if (http.User.Identity?.IsAuthenticated == true && await UnsentForm.ReadAsync(http, Stale, keepToken: false) is { } unsent)
            await pages.Show(unsent, StatusCodes.Status400BadRequest).ExecuteAsync(http);
        else if (WantsPage(http))
            await pages.Show(new Refusal(RefusalKind.Invalid, "页面已过期，没有提交", "可能已在另一窗口登录或退出。请返回首页重新进入"), StatusCodes.Status400BadRequest).ExecuteAsync(http);
    }

    private static Refusal Expired => new(RefusalKind.Forbidden, "登录已过期，刚才的内容没有提交", "填写的内容还在本页。请先在新窗口登录，再回到本页继续提交；签名须重新进行。");

    private static Refusal Stale => new(RefusalKind.Invalid, "页面已过期，刚才的内容没有提交", "可能已换人登录或重新登录过。填写的内容还在，请确认由您提交；签名须重新进行。");

    public static async Task FailedAsync(HttpContext http)
    {
        var (status, refusal) = Answer(http.Features.Get<IExceptionHandlerFeature>()!.Error, http.TraceIdentifier);
        http.Response.StatusCode = status;
        if (!http.RequestServices.GetRequiredService<TenantContext>().IsSet) return;
        if (SurfaceOf(http) is { } surface) await ShowAsync(surface, http);
        else if (WantsPage(http))
            await http.RequestServices.GetRequiredService<IPages>().Show(refusal, status).ExecuteAsync(http);
    }

    private static (int Status, Refusal Refusal) Answer(Exception error, string trace) => error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, new Refusal(RefusalKind.Invalid, "提交的内容过长，没有保存", "请返回上一页，删减过长的内容后重新提交")),
        InvalidDataException =>
            (StatusCodes.Status400BadRequest, new Refusal(RefusalKind.Invalid, "提交的内容过长，或含有无法识别的字符，没有保存", "请返回上一页，删去过长的内容和特殊字符后重新提交")),
        BadHttpRequestException bad => (bad.StatusCode, new Refusal(RefusalKind.Invalid, "地址或内容不完整，没有保存", "请返回首页重新进入")),
        DamagedValueException => (StatusCodes.Status500InternalServerError, new Refusal(RefusalKind.Unavailable, "存储的内容已被改动或损坏，不能读取",
            $"请保留现场，不要重新录入；把编号 {trace} 告诉系统管理员，用 verify 命令核查本站")),
        _ when IsOfDatabase(error) => (StatusCodes.Status503ServiceUnavailable, new Refusal(RefusalKind.Unavailable, "数据库暂时不能使用，刚才的操作没有保存", $"请稍后重试；仍不行时把编号 {trace} 告诉系统管理员")),
        _ => (StatusCodes.Status500InternalServerError, new Refusal(RefusalKind.Unavailable, "系统出错，刚才的操作没有保存", $"请重试；仍不行时把编号 {trace} 告诉系统管理员")),
    };

    /// <summary>EF Core hands on what may pass by itself inside an error of its own.</summary>
    private static bool IsOfDatabase(Exception? error) => error is not null && (error is System.Data.Common.DbException || IsOfDatabase(error.InnerException));

    private static OwnSurface? SurfaceOf(HttpContext http) => http.RequestServices.GetServices<OwnSurface>().FirstOrDefault(s => http.Request.Path.StartsWithSegments(s.Path, StringComparison.Ordinal));

    private static Task ShowAsync(OwnSurface surface, HttpContext http) => surface.Fault(http.RequestServices.GetRequiredService<IPages>(), http.Response.StatusCode).ExecuteAsync(http);

    private static bool WantsPage(HttpContext http) => !http.Request.Path.StartsWithSegments("/connect", StringComparison.Ordinal) && !http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
