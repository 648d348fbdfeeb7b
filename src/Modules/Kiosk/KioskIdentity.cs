using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modules.Collection.Contracts;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Kiosk;

/// <summary>Who a terminal is: asked of the store of the resolved tenant at every request, so a token of another station is unknown and a revoked one is worth nothing at once.</summary>
internal sealed class KioskIdentity(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Store store, KioskTokens tokens, TenantContext tenant, StationClock station)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "kiosk";

    /// <summary>The one right of a terminal; no role can be given it.</summary>
    public const string Permission = "kiosk.use";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.Of(Request, KioskTokens.Terminal) is not { } digest) return AuthenticateResult.NoResult();
        var terminal = await store.Set<KioskTerminal>().AsNoTracking().SingleOrDefaultAsync(t => t.TokenDigest == digest && t.RevokedAt == null, Context.RequestAborted);
        if (terminal is null || !(await station.SettingsAsync(Context.RequestAborted)).Features.Contains(Contracts.Kiosk.Feature)) return AuthenticateResult.Fail("Not a terminal of this station.");
        var identity = new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, new SelfServiceTerminal(terminal.Id, terminal.Name).Actor.Id), new(ClaimTypes.Name, terminal.Name),
            new(PersonClaims.Tenant, tenant.Current.Name), new(PersonClaims.Permission, Permission),
        ], Scheme);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
    }

    /// <summary>The page that enrols, and with it nothing of what was sent.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Redirect(Request.PathBase + Contracts.Kiosk.Path);
        return Task.CompletedTask;
    }

    public static SelfServiceTerminal TerminalOf(ClaimsPrincipal user) =>
        new(Guid.Parse(user.Id()[SelfServiceTerminal.Prefix.Length..]), user.Identity!.Name!);
}

internal static class KioskEndpoints
{
    /// <summary>Only a terminal, by its own cookie; whoever is signed in as staff is nobody here.</summary>
    public static TBuilder OnlyTerminal<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequirePermission(KioskIdentity.Permission, KioskIdentity.Scheme);
}

/// <summary>The secrets a terminal's browser keeps. The store has keyed digests of them, of this tenant alone.</summary>
internal sealed class KioskTokens(FieldCipher cipher)
{
    public const string Terminal = "blood-station-kiosk";
    public const string Session = "blood-station-kiosk-session";

    /// <summary>The number of the donor who was here last, for the one page that shows it to him; it names nobody.</summary>
    private const string Queue = "blood-station-kiosk-queue";

    private static readonly TimeSpan QueueLasts = TimeSpan.FromMinutes(1);

    public static string? QueueOf(HttpRequest request) => request.Cookies[Queue] is { Length: > 0 and <= 10 } number && number.All(char.IsAsciiDigit) ? number : null;

    public static void GiveQueue(HttpContext http, string number) => http.Response.Cookies.Append(Queue, number, Options(http, QueueLasts));

    public static void TakeQueue(HttpContext http) => Take(http, Queue);

    public string? Of(HttpRequest request, string cookie) => request.Cookies[cookie] is { Length: > 0 and <= 100 } token ? Digest(token) : null;

    public string Digest(string secret) => cipher.Digest("kiosk:" + secret);

    /// <summary>Gives the browser a new secret; returns its digest.</summary>
    public string Give(HttpContext http, string cookie, TimeSpan? lasts)
    {
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        http.Response.Cookies.Append(cookie, token, Options(http, lasts));
        return Digest(token);
    }

    public static void Take(HttpContext http, string cookie) => http.Response.Cookies.Delete(cookie, Options(http, null));

    private static CookieOptions Options(HttpContext http, TimeSpan? lasts) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, IsEssential = true, MaxAge = lasts,
        Path = http.Request.PathBase + Contracts.Kiosk.Path,
    };
}
