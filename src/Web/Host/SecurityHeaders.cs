namespace Web.Host;

/// <summary>Pages load nothing from elsewhere, run no inline script, and are not kept in caches: they show health data.</summary>
internal static class SecurityHeaders
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (!Path.HasExtension(http.Request.Path.Value) || http.Request.Path.Value!.EndsWith(".pdf", StringComparison.Ordinal)) headers.CacheControl = "no-cache, no-store";
        return next(http);
    }
}
