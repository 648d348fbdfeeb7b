using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <param name="Chosen">Visits ticked; null: all.</param>
public sealed record HandOverModel(
    IReadOnlyList<DonationToHandOver> Donations, int Left, Paged<HandOver> Earlier, Guid OperationId, IReadOnlySet<Guid>? Chosen,
    string? TakenBy, string? Remarks, IReadOnlyList<FieldError> Errors, TimeZoneInfo TimeZone)
{
    /// <summary>PINs proven before a refusal that still count.</summary>
    public KeptSignatures Kept { get; init; } = KeptSignatures.None;
}

/// <summary>交接: finished donations go to preparation and testing by a list both sides sign: each with the own key where the station signs electronically, else in ink on the printed list, each proved by the own PIN.</summary>
internal sealed class HandOverDonations(Store store, WaitingDonations waiting, Acts acts, GiveDonations give, StationClock station,
    IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/hand-overs", (int? page, HandOverDonations use, CancellationToken cancel) => use.ShowAsync(page, cancel))
            .RequirePermission(CollectionPermissions.HandOver);
        endpoints.MapPost("/hand-overs", (HttpContext http, HandOverDonations use) => use.SubmitAsync(http))
            .RequirePermission(CollectionPermissions.HandOver).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(int? page, CancellationToken cancel) => pages.Show(await ModelAsync(page, cancel));

    private async Task<HandOverModel> ModelAsync(int? page, CancellationToken cancel)
    {
        var (donations, total) = await waiting.PageAsync(cancel);
        var earlier = await store.Set<HandOver>().AsNoTracking().OrderByDescending(h => h.Number).PageAsync(page, cancel);
        return new HandOverModel(donations, total - donations.Count, earlier, Guid.CreateVersion7(station.Now), null, null, null, [],
            (await station.SettingsAsync(cancel)).TimeZone);
    }

    private async Task<IResult> SubmitAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        var form = await http.Request.ReadFormAsync(cancel);
        if (!Guid.TryParse(form["_operation"], out var operation))
            return pages.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开交接页面"));
        var chosen = form["visit"].Select(v => Guid.TryParse(v, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToHashSet();
        var attempt = new HandOverAttempt(operation, http.User.Actor(), chosen,
            form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal));
        var decision = await acts.RunAsync(give, attempt, cancel);
        if (decision is Decision.Done done) return pages.LeadTo(done.Next);
        // Nothing was written: the same operation may be sent again, unless it has been used.
        return pages.Show(await ModelAsync(null, cancel) with
        {
            OperationId = decision is Decision.DoneOtherwise ? Guid.CreateVersion7(station.Now) : operation, Chosen = chosen,
            TakenBy = attempt.TakenBy, Remarks = attempt.Remarks, Errors = Errors(decision), Kept = decision.Kept,
        }, StatusCodes.Status422UnprocessableEntity);
    }

    private static IReadOnlyList<FieldError> Errors(Decision decision) => decision switch
    {
        Decision.Wrong wrong => wrong.Errors,
        Decision.DoneOtherwise => [HandOverAttempt.Fault("刚才已经交接过一次，之后的改动没有保存，请核对后重新提交")],
        Decision.Stale => [new FieldError("_signing", "签名", "同时有其他交接在写入，交接单编号被占用，什么也没有保存，请重新输入双方的 PIN 再提交")],
        _ => [HandOverAttempt.Fault("其中有的刚由他人交接或刚有更正，列表已更新，请核对后重新提交")],
    };
}
