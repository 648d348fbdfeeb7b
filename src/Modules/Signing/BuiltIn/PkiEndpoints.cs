using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Platform.Pages;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing.BuiltIn;

/// <summary>What the built-in authority shows the world: anybody who has to check a signature may ask, nobody is named in the answers.</summary>
internal static class PkiEndpoints
{
    public const string Root = "/pki/root.cer";
    public const string Issuer = "/pki/ca.cer";
    public const string Crl = "/pki/crl";
    public const string Ocsp = "/pki/ocsp";
    public const string Tsa = "/pki/tsa";
    public const string Limit = "pki";

    private const int MostPerMinute = 1200;
    private const int LargestRequest = 16 * 1024;
    private const string CertificateType = "application/pkix-cert";

    public static void Limits(RateLimiterOptions limits) => limits.AddPolicy(Limit, http => RateLimitPartition.GetFixedWindowLimiter(
        LimitedRoute.Of(http), _ => new FixedWindowRateLimiterOptions { PermitLimit = MostPerMinute, Window = TimeSpan.FromMinutes(1) }));

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        Get(endpoints, Root, (HttpContext http, Store store, CancellationToken cancel) => CertificateAsync(http, store, AuthorityRoles.Root, cancel));
        Get(endpoints, Issuer, (HttpContext http, Store store, CancellationToken cancel) => CertificateAsync(http, store, AuthorityRoles.Issuing, cancel));
        Get(endpoints, Crl, async (HttpContext http, BuiltInAuthority authority, CancellationToken cancel) =>
            Bytes(http, await authority.CrlAsync(cancel), "application/pkix-crl", TimeSpan.FromMinutes(1)));
        Get(endpoints, Ocsp + "/{**request}", (string request, HttpContext http, Store store, TenantContext tenant, OcspResponder responder, CancellationToken cancel) =>
            OcspAsync(http, store, tenant, responder, Decode(request), cancel));
        Post(endpoints, Ocsp, async (HttpContext http, Store store, TenantContext tenant, OcspResponder responder, CancellationToken cancel) =>
            await OcspAsync(http, store, tenant, responder, await ReadAsync(http, cancel), cancel));
        Post(endpoints, Tsa, async (HttpContext http, BuiltInTimestamps timestamps, CancellationToken cancel) =>
            Bytes(http, await timestamps.AskAsync(await ReadAsync(http, cancel), cancel), "application/timestamp-reply", null));
    }

    private static void Get(IEndpointRouteBuilder endpoints, string path, Delegate handler) => endpoints.MapGet(path, handler).AllowAnonymous().RequireRateLimiting(Limit);

    private static void Post(IEndpointRouteBuilder endpoints, string path, Delegate handler) =>
        endpoints.MapPost(path, handler).AllowAnonymous().DisableAntiforgery().RequireRateLimiting(Limit);

    private static async Task<IResult> CertificateAsync(HttpContext http, Store store, string role, CancellationToken cancel) =>
        Bytes(http, (await BuiltInAuthority.RowAsync(store, role, cancel)).Certificate, CertificateType, TimeSpan.FromDays(1));

    private static async Task<IResult> OcspAsync(HttpContext http, Store store, TenantContext tenant, OcspResponder responder, byte[] request, CancellationToken cancel) =>
        Bytes(http, await responder.AnswerAsync(store, tenant.Current, request, cancel), "application/ocsp-response", null);

    private static IResult Bytes(HttpContext http, byte[] bytes, string type, TimeSpan? keep)
    {
        http.Response.Headers.CacheControl = keep is { } time ? $"public, max-age={(int)time.TotalSeconds}" : "no-store";
        return Results.Bytes(bytes, type);
    }

    /// <summary>Base64 in the path (RFC 6960 A.1); nothing where it is none.</summary>
    private static byte[] Decode(string request)
    {
        var text = Uri.UnescapeDataString(request).Replace(' ', '+');
        var bytes = new byte[text.Length];
        return text.Length <= LargestRequest && Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static async Task<byte[]> ReadAsync(HttpContext http, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var part = new byte[4096];
        while (await http.Request.Body.ReadAsync(part, cancel) is var read and > 0 && body.Length <= LargestRequest) body.Write(part, 0, read);
        return body.Length <= LargestRequest ? body.ToArray() : [];
    }
}
