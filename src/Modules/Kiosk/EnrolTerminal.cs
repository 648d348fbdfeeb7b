using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Kiosk;

/// <param name="Enabled">Whether the station has terminals at all.</param>
public sealed record EnrolModel(bool Enabled, string? Error);

/// <summary>The first page of a terminal: asks once for the enrolment code, afterwards leads on.</summary>
internal sealed class EnrolTerminal(Store store, KioskTokens tokens, StationClock station, IPages pages)
{
    /// <summary>As long as browsers keep a cookie.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(400);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Contracts.Kiosk.Path, (HttpContext http, EnrolTerminal use, CancellationToken cancel) => use.ShowAsync(http, cancel)).AllowAnonymous();
        endpoints.MapPost(Contracts.Kiosk.Path + "/enrol", (HttpContext http, EnrolTerminal use, CancellationToken cancel) => use.EnrolAsync(http, cancel))
            .AllowAnonymous().WithMetadata(new RequireAntiforgeryTokenAttribute()).RequireRateLimiting(KioskModule.Attempts);
    }

    private async Task<IResult> ShowAsync(HttpContext http, CancellationToken cancel) =>
        (await http.AuthenticateAsync(KioskIdentity.Scheme)).Succeeded ? Results.LocalRedirect(http.Request.PathBase + ServeDonor.Start) : pages.Show(new EnrolModel(await EnabledAsync(cancel), null));

    private async Task<IResult> EnrolAsync(HttpContext http, CancellationToken cancel)
    {
        if (!await EnabledAsync(cancel)) return pages.Show(new EnrolModel(false, null), StatusCodes.Status422UnprocessableEntity);
        var digest = tokens.Digest(TypedText.Number((await http.Request.ReadFormAsync(cancel))["code"].ToString()));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var terminal = await store.Set<KioskTerminal>().SingleOrDefaultAsync(t => t.CodeDigest == digest && t.RevokedAt == null && t.CodeExpiresAt > station.Now, cancel);
        if (terminal is null) return pages.Show(new EnrolModel(true, "登记码不正确或已过期，请向站点管理员索取新的登记码"), StatusCodes.Status422UnprocessableEntity);
        (terminal.TokenDigest, terminal.CodeDigest, terminal.EnrolledAt) = (tokens.Give(http, KioskTokens.Terminal, Lasts), null, station.Now);
        await store.Set<KioskSession>().Where(s => s.TerminalId == terminal.Id).ExecuteDeleteAsync(cancel);
        var self = new SelfServiceTerminal(terminal.Id, terminal.Name).Actor;
        store.Add(self.Did("登记自助终端", self.Id, station.Now, new AuditChange(New: terminal.Place)));
        await transaction.CommitAsync(cancel);
        return Results.LocalRedirect(http.Request.PathBase + ServeDonor.Start);
    }

    private async Task<bool> EnabledAsync(CancellationToken cancel) => (await station.SettingsAsync(cancel)).Features.Contains(Contracts.Kiosk.Feature);
}
