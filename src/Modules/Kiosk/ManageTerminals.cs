using System.Security.Cryptography;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Kiosk;

/// <param name="State">已登记, 等待输入登记码, 未登记, 已停用.</param>
public sealed record TerminalRow(Guid Id, string Name, string Place, string State, DateTimeOffset? EnrolledAt, bool Revoked);

/// <param name="Code">The one-time code, shown this once; null when none was made.</param>
public sealed record TerminalsModel(
    Paged<TerminalRow> Terminals, bool Enabled, TimeZoneInfo TimeZone, string? Code, string? CodeOf, string? NameError, string? PlaceError, string Name, string Place);

/// <summary>自助终端: the list, a new terminal, its one-time code, and its end.</summary>
internal sealed class ManageTerminals(Store store, KioskTokens tokens, StationClock station, IPages pages)
{
    /// <summary>Without letters and digits that look alike: 40 bits in eight characters.</summary>
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private const int CodeLength = 8;
    private const int LongestName = 40;
    private static readonly TimeSpan CodeLasts = TimeSpan.FromMinutes(15);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/kiosks", (int? page, ManageTerminals use, CancellationToken cancel) => use.ShowAsync(page, cancel)).RequirePermission(Contracts.Kiosk.Manage);
        endpoints.MapPost("/kiosks", (HttpContext http, ManageTerminals use, CancellationToken cancel) => use.AddAsync(http, cancel))
            .RequirePermission(Contracts.Kiosk.Manage).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/kiosks/{id:guid}/code", (Guid id, HttpContext http, ManageTerminals use, CancellationToken cancel) => use.RenewAsync(id, http, cancel))
            .RequirePermission(Contracts.Kiosk.Manage).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/kiosks/{id:guid}/revoke", (Guid id, HttpContext http, ManageTerminals use, CancellationToken cancel) => use.RevokeAsync(id, http, cancel))
            .RequirePermission(Contracts.Kiosk.Manage).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(int? page, CancellationToken cancel) => pages.Show(await ModelAsync(page, cancel));

    private async Task<IResult> AddAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (name, place) = (form["name"].ToString().Trim(), form["place"].ToString().Trim());
        var (nameError, placeError) = (Fault(name), Fault(place));
        if (nameError is not null || placeError is not null)
            return pages.Show(await ModelAsync(null, cancel) with { NameError = nameError, PlaceError = placeError, Name = name, Place = place }, StatusCodes.Status422UnprocessableEntity);
        var code = RandomNumberGenerator.GetString(Letters, CodeLength);
        await using (var transaction = await StoreTransaction.BeginAsync(store, cancel))
        {
            var terminal = new KioskTerminal
            {
                Id = Guid.CreateVersion7(station.Now), Name = name, Place = place, AddedAt = station.Now, AddedBy = http.User.FullNameOf(),
                CodeDigest = tokens.Digest(code), CodeExpiresAt = station.Now + CodeLasts,
            };
            store.Add(terminal);
            Audit(http, terminal, "添加自助终端");
            await transaction.CommitAsync(cancel);
        }
        return pages.Show(await ModelAsync(null, cancel) with { Code = code, CodeOf = name });
    }

    /// <summary>A new code: the browser enrolled before is no longer the terminal once it is used.</summary>
    private async Task<IResult> RenewAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        var code = RandomNumberGenerator.GetString(Letters, CodeLength);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await StandingAsync(id, cancel) is not { } terminal) return NotHere();
        (terminal.CodeDigest, terminal.CodeExpiresAt) = (tokens.Digest(code), station.Now + CodeLasts);
        Audit(http, terminal, "生成自助终端登记码");
        await transaction.CommitAsync(cancel);
        return pages.Show(await ModelAsync(null, cancel) with { Code = code, CodeOf = terminal.Name });
    }

    private async Task<IResult> RevokeAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await StandingAsync(id, cancel) is not { } terminal) return NotHere();
        (terminal.RevokedAt, terminal.CodeDigest, terminal.TokenDigest) = (station.Now, null, null);
        await store.Set<KioskSession>().Where(s => s.TerminalId == id).ExecuteDeleteAsync(cancel);
        Audit(http, terminal, "停用自助终端");
        await transaction.CommitAsync(cancel);
        return Results.LocalRedirect(http.Request.PathBase + "/kiosks");
    }

    private async Task<KioskTerminal?> StandingAsync(Guid id, CancellationToken cancel) =>
        await store.Set<KioskTerminal>().SingleOrDefaultAsync(t => t.Id == id && t.RevokedAt == null, cancel);

    private IResult NotHere() => pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这台自助终端，或已停用", "请从自助终端列表中选择"));

    private async Task<TerminalsModel> ModelAsync(int? page, CancellationToken cancel)
    {
        var terminals = await store.Set<KioskTerminal>().AsNoTracking().OrderBy(t => t.RevokedAt != null).ThenByDescending(t => t.AddedAt).ThenBy(t => t.Id).PageAsync(page, cancel);
        var settings = await station.SettingsAsync(cancel);
        var rows = terminals.Items.Select(t => new TerminalRow(t.Id, t.Name, t.Place, State(t), t.EnrolledAt, t.RevokedAt is not null));
        return new TerminalsModel(terminals.With<TerminalRow>([.. rows]), settings.Features.Contains(Contracts.Kiosk.Feature), settings.TimeZone, null, null, null, null, "", "");
    }

    private string State(KioskTerminal terminal) =>
        terminal.RevokedAt is not null ? "已停用"
        : terminal.CodeDigest is not null && terminal.CodeExpiresAt > station.Now ? "等待输入登记码"
        : terminal.TokenDigest is not null ? "已登记"
        : "未登记：登记码已过期";

    private static string? Fault(string text) => text.Length == 0 ? "必填，请填写" : TypedText.Fault(text, LongestName);

    private void Audit(HttpContext http, KioskTerminal terminal, string action) => 
        store.Add(http.User.Actor().Did(action, "kiosk:" + terminal.Id, station.Now, new AuditChange(New: $"{terminal.Name}（{terminal.Place}）")));
}
