using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <param name="Chosen">Visits ticked; null: all.</param>
public sealed record HandOverModel(
    IReadOnlyList<DonationToHandOver> Donations, int Left, Paged<HandOver> Earlier, Guid OperationId, IReadOnlySet<Guid>? Chosen, string? TakenBy, string? Remarks, IReadOnlyList<FieldError> Errors, TimeZoneInfo TimeZone)
{
    /// <summary>PINs proven before a refusal that still count.</summary>
    public KeptSignatures Kept { get; init; } = KeptSignatures.None;
}

/// <summary>What both sides have agreed on and proved, about to be signed and written.</summary>
/// <param name="PersonId">Who has posted it.</param>
/// <param name="Content">What identifies the request.</param>
internal sealed record HandOverRequest(
    Guid Operation, string PersonId, string Content, IReadOnlyList<DonationToHandOver> Donations, ProvenPerson Giver, ProvenPerson Taker, string Remarks, bool Electronic, IReadOnlyList<HandOverSigner> Signers);

/// <summary>交接: finished donations go to preparation and testing by a list both sides sign: each with the own key where the station signs electronically, else in ink on the printed list, each proved by the own PIN.</summary>
internal sealed class HandOverDonations(
    Store store, WaitingDonations waiting, PinCheck pins, HeldPins held, ISigningKeys keys, WriteHandOver write, StepOperation operations, TenantContext tenant, StationClock station, IPages pages)
{
    private const int LongestRemark = 200;
    private const string Donations = "交接的献血";
    private KeptSignatures _kept = KeptSignatures.None;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/hand-overs", (int? page, HandOverDonations use, CancellationToken cancel) => use.ShowAsync(page, cancel)).RequirePermission(CollectionPermissions.HandOver);
        endpoints.MapPost("/hand-overs", (HttpContext http, HandOverDonations use, CancellationToken cancel) => use.SubmitAsync(http, cancel))
            .RequirePermission(CollectionPermissions.HandOver).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private Task<IResult> ShowAsync(int? page, CancellationToken cancel) => ShowAsync(page, Guid.CreateVersion7(station.Now), null, null, null, [], cancel);

    private async Task<IResult> ShowAsync(int? page, Guid operation, IReadOnlySet<Guid>? chosen, string? takenBy, string? remarks, IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var (donations, total) = await waiting.PageAsync(cancel);
        var earlier = await store.Set<HandOver>().AsNoTracking().OrderByDescending(h => h.Number).PageAsync(page, cancel);
        var zone = (await station.SettingsAsync(cancel)).TimeZone;
        return pages.Show(new HandOverModel(donations, total - donations.Count, earlier, operation, chosen, takenBy, remarks, errors, zone) { Kept = _kept },
            errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private async Task<IResult> SubmitAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        if (!Guid.TryParse(form["_operation"], out var operation)) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开交接页面"));
        var chosen = form["visit"].Select(v => Guid.TryParse(v, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToHashSet();
        var (takenBy, remarks) = (form["signer-taker"].ToString().Trim(), form["remarks"].ToString().Trim());
        var content = "hand-over\n" + string.Join(",", chosen.Order()) + "\n" + takenBy + "\n" + remarks;
        if (await operations.DoneBeforeAsync(operation, http.User.Id(), content, cancel) is { } done)
            return done.Same ? Results.LocalRedirect(http.Request.PathBase + done.Next) : await AgainAsync(Guid.CreateVersion7(station.Now), "刚才已经交接过一次，之后的改动没有保存，请核对后重新提交");
        var (request, errors) = await ReadAsync(http, form, operation, content, chosen, takenBy, remarks, cancel);
        // Nothing was written: the same operation may be sent again.
        if (request is null) return await ShowAsync(null, operation, chosen, takenBy, remarks, errors, cancel);
        var outcome = await write.RunAsync(request, cancel);
        if (outcome.Next is not null) held.Drop(_kept.Token);
        if (outcome.Next is { } next) return Results.LocalRedirect(http.Request.PathBase + next);
        return outcome.Fault is { } fault ? await ShowAsync(null, operation, chosen, takenBy, remarks, [fault], cancel) : await AgainAsync(operation, "其中有的刚由他人交接或刚有更正，列表已更新，请核对后重新提交");

        Task<IResult> AgainAsync(Guid id, string words) => ShowAsync(null, id, chosen, takenBy, remarks, [new FieldError("_donations", Donations, words)], cancel);
    }

    /// <summary>Whatever there is to refuse is told at once, before a key is opened.</summary>
    private async Task<(HandOverRequest?, IReadOnlyList<FieldError>)> ReadAsync(
        HttpContext http, IFormCollection form, Guid operation, string content, HashSet<Guid> chosen, string takenBy, string remarks, CancellationToken cancel)
    {
        var electronic = (await station.SettingsAsync(cancel)).Features.Contains(SigningSettings.Feature);
        var donations = await waiting.OfAsync(chosen, cancel);
        var errors = new List<FieldError>();
        if (chosen.Count == 0) errors.Add(new FieldError("_donations", Donations, "请至少勾选一份"));
        else if (donations.Count != chosen.Count) errors.Add(new FieldError("_donations", Donations, "其中有的已由他人交接，或更正后不再需要交接，列表已更新，请核对后重新提交"));
        else errors.AddRange(donations.Where(d => form[d.ShownInput] != d.Shown).Select(d => new FieldError("_donations", Donations, $"{d.DonationNumber} 在页面打开后有更正，列表已更新，请核对后重新提交")));
        if (TypedText.Fault(remarks, LongestRemark) is { } unfit) errors.Add(new FieldError("_remarks", "备注", unfit));
        var act = $"{tenant.Current.Name}|{http.User.Id()}|{content}|{string.Join('|', donations.Select(d => d.Shown))}";
        var typed = TypedPins(http, form, act, takenBy);
        var giver = await ProveAsync(Of(HandOverRoles.Giver), HandOverRoles.Giver, null, electronic, errors, cancel);
        var taker = await ProveAsync(Of(HandOverRoles.Taker), HandOverRoles.Taker, giver, electronic, errors, cancel);
        Hold(act, typed, errors);
        if (errors.Count > 0) return (null, errors);
        IReadOnlyList<HandOverSigner> signers = [new(HandOverRoles.Giver, giver!.Id, typed[HandOverRoles.Giver].Pin), new(HandOverRoles.Taker, taker!.Id, typed[HandOverRoles.Taker].Pin)];
        return (new HandOverRequest(operation, http.User.Id(), content, donations, giver, taker, remarks, electronic, signers), []);

        Typed Of(string role) => new(typed[role].Account, typed[role].Pin, http.User.Actor());
    }

    private sealed record Typed(string? Account, string? Pin, Actor By);

    /// <summary>The PINs of both sides: as typed, else as held for this very list.</summary>
    private Dictionary<string, (string Account, string Pin)> TypedPins(HttpContext http, IFormCollection form, string act, string takenBy)
    {
        var kept = held.Find(form["held"], act);
        (string, string) Of(string role, string account) =>
            (account, form["pin-" + role].ToString() is { Length: > 0 } now ? now : kept.TryGetValue(role, out var proven) && proven.Account == account ? proven.Pin : "");
        held.Drop(form["held"]);
        return new() { [HandOverRoles.Giver] = Of(HandOverRoles.Giver, http.User.Identity!.Name!), [HandOverRoles.Taker] = Of(HandOverRoles.Taker, takenBy) };
    }

    private void Hold(string act, Dictionary<string, (string Account, string Pin)> typed, List<FieldError> errors)
    {
        var proven = typed.Where(t => !errors.Exists(e => e.Code == InputOf(t.Key))).ToDictionary();
        var token = held.Hold(act, proven);
        if (token is not null) _kept = new KeptSignatures(KeptSignatures.None.Drawings, proven.Keys, token);
    }

    private static string InputOf(string role) => role == HandOverRoles.Giver ? "pin-giver" : "signer-taker";

    private async Task<ProvenPerson?> ProveAsync(Typed typed, string role, ProvenPerson? other, bool electronic, List<FieldError> errors, CancellationToken cancel)
    {
        var (label, (person, error)) = (HandOverRoles.Title(role), await pins.ProveAsync(typed.Account, typed.Pin, typed.By, cancel));
        error ??= person!.Id == other?.Id ? "须由另一人接收，不能与交出人相同"
            : person.Permissions.Contains(CollectionPermissions.HandOver) ? null : $"{person.FullName} 没有“{label}”的权限";
        if (error is null && electronic && await keys.ReadyAsync(person!.Id, cancel) is { } fault) error = $"{person.FullName}：{fault.Message}。{fault.Remedy}";
        if (error is not null) errors.Add(new FieldError(InputOf(role), label, error));
        return person;
    }
}
