namespace Web.Host;

/// <summary>Pages load nothing from elsewhere, run no inline script, and are not kept in caches: they show health data.</summary>
internal static class SecurityHeaders
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>What shows nobody's data: the parts of the pages, and the authority's certificates.</summary>
    private static readonly HashSet<string?> Lasting = new(StringComparer.OrdinalIgnoreCase) { ".css", ".js", ".svg", ".png", ".ico", ".woff2", ".cer" };

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        // Browsers heed it only on an encrypted answer (RFC 6797 §8.1).
        if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        if (!Lasting.Contains(Path.GetExtension(http.Request.Path.Value))) headers.CacheControl = "no-cache, no-store";
        return next(http);
    }
}
