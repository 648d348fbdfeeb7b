using System.Security.Cryptography;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Audit;
using Platform.Forms;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Rules;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

public sealed record DonationToHandOver(Guid VisitId, string DonationNumber, DateOnly Day, string DonationType, decimal VolumeMl, decimal? Units);

/// <param name="Chosen">Visits ticked; null: all.</param>
public sealed record HandOverModel(
    IReadOnlyList<DonationToHandOver> Donations, int Left, Paged<HandOver> Earlier, Guid OperationId, IReadOnlySet<Guid>? Chosen, string? TakenBy, string? Remarks, IReadOnlyList<FieldError> Errors, TimeZoneInfo TimeZone);

public sealed record HandOverSheetModel(HandOver HandOver, IReadOnlyList<DonationToHandOver> Donations, TimeZoneInfo TimeZone);

/// <summary>交接: finished donations go to preparation and testing by a list both sides sign, each with the own PIN.</summary>
internal sealed class HandOverDonations(Store store, PinCheck pins, StepOperation operations, Configuration configuration, CompiledPacks compiled, StationClock station, IPages pages)
{
    private const int Most = 200;
    private const int LongestRemark = 200;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/hand-overs", (int? page, HandOverDonations use, CancellationToken cancel) => use.ShowAsync(page, null, null, null, [], cancel)).RequirePermission(CollectionPermissions.HandOver);
        endpoints.MapPost("/hand-overs", (HttpContext http, HandOverDonations use, CancellationToken cancel) => use.SubmitAsync(http, cancel))
            .RequirePermission(CollectionPermissions.HandOver).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapGet("/hand-overs/{id:guid}", (Guid id, HandOverDonations use, CancellationToken cancel) => use.SheetAsync(id, cancel)).RequirePermission(CollectionPermissions.HandOver);
    }

    private async Task<IResult> ShowAsync(int? page, IReadOnlySet<Guid>? chosen, string? takenBy, string? remarks, IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var (donations, total) = await WaitingAsync(cancel);
        var earlier = await store.Set<HandOver>().AsNoTracking().OrderByDescending(h => h.Number).PageAsync(page, cancel);
        var zone = (await station.SettingsAsync(cancel)).TimeZone;
        return pages.Show(new HandOverModel(donations, total - donations.Count, earlier, Guid.CreateVersion7(station.Now), chosen, takenBy, remarks, errors, zone),
            errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private async Task<(IReadOnlyList<DonationToHandOver> Donations, int Total)> WaitingAsync(CancellationToken cancel)
    {
        var lines = store.Set<HandOverLine>();
        var waiting = store.Set<Visit>().AsNoTracking().Where(v => v.State == VisitStates.Completed && v.CollectedMl > 0 && !lines.Any(l => l.VisitId == v.Id));
        var rows = await waiting.OrderBy(v => v.DonationNumber).Take(Most).ToListAsync(cancel);
        var set = VisitConfiguration.Of(await configuration.AtAsync(station.Now, cancel), compiled);
        return ([.. rows.Select(v => new DonationToHandOver(v.Id, v.DonationNumber!, v.Day, set.DonationTypeTitle(v.DonationType), v.CollectedMl!.Value, v.CollectedUnits))], await waiting.CountAsync(cancel));
    }

    private async Task<IResult> SubmitAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        if (!Guid.TryParse(form["_operation"], out var operation)) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开交接页面"));
        var chosen = form["visit"].Select(v => Guid.TryParse(v, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToHashSet();
        var (takenBy, remarks) = (form["signer-taker"].ToString().Trim(), form["remarks"].ToString().Trim());
        var content = "hand-over\n" + string.Join(",", chosen.Order()) + "\n" + takenBy + "\n" + remarks;
        if (await operations.DoneBeforeAsync(operation, http.User.Id(), content, cancel) is { } done)
            return done.Same ? Results.LocalRedirect(http.Request.PathBase + done.Next)
                : await ShowAsync(null, chosen, takenBy, remarks, [new FieldError("_donations", "交接的献血", "刚才已经交接过一次，之后的改动没有保存，请核对后重新提交")], cancel);
        var donations = (await WaitingAsync(cancel)).Donations.Where(d => chosen.Contains(d.VisitId)).ToList();
        var errors = new List<FieldError>();
        if (chosen.Count == 0) errors.Add(new FieldError("_donations", "交接的献血", "请至少勾选一袋"));
        else if (donations.Count != chosen.Count) errors.Add(new FieldError("_donations", "交接的献血", "其中有的已由他人交接，列表已更新，请核对后重新提交"));
        if (TypedText.Fault(remarks, LongestRemark) is { } unfit) errors.Add(new FieldError("_remarks", "备注", unfit));
        var giver = await ProveAsync(http.User.Identity!.Name, form["pin-giver"], "pin-giver", "交出人", null, errors, cancel);
        var taker = await ProveAsync(takenBy, form["pin-taker"], "signer-taker", "接收人", giver, errors, cancel);
        if (errors.Count > 0) return await ShowAsync(null, chosen, takenBy, remarks, errors, cancel);
        try
        {
            return Results.LocalRedirect(http.Request.PathBase + await WriteAsync(operation, http.User.Id(), content, donations, giver!, taker!, remarks, cancel));
        }
        catch (DbUpdateException)
        {
            store.ChangeTracker.Clear();
            if (await operations.DoneBeforeAsync(operation, http.User.Id(), content, cancel) is { } already) return Results.LocalRedirect(http.Request.PathBase + already.Next);
            return await ShowAsync(null, null, takenBy, remarks, [new FieldError("_donations", "交接的献血", "其中有的刚由他人交接，列表已更新，请核对后重新提交")], cancel);
        }
    }

    private async Task<ProvenPerson?> ProveAsync(string? account, string? pin, string field, string label, ProvenPerson? other, List<FieldError> errors, CancellationToken cancel)
    {
        var (person, error) = await pins.ProveAsync(account, pin, cancel);
        error ??= person!.Id == other?.Id ? "须由另一人接收，不能与交出人相同"
            : person.Permissions.Contains(CollectionPermissions.HandOver) ? null : $"{person.FullName} 没有“{label}”的权限";
        if (error is not null) errors.Add(new FieldError(field, label, error));
        return person;
    }

    private async Task<string> WriteAsync(Guid operation, string personId, string content, List<DonationToHandOver> donations, ProvenPerson giver, ProvenPerson taker, string remarks, CancellationToken cancel)
    {
        var (now, today) = (station.Now, await station.TodayAsync(cancel));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var number = $"{today:yyyyMMdd}-{await store.NextNumberAsync($"hand-over-{today:yyyyMMdd}", cancel):00}";
        var list = HandOverLeaves.ContentOf(number, giver.Id, taker.Id, remarks, donations.Select(d => (d.DonationNumber, d.VolumeMl, d.Units)));
        var row = new HandOver
        {
            Id = Guid.CreateVersion7(now), Number = number, At = now, GivenById = giver.Id, GivenBy = giver.FullName, TakenById = taker.Id, TakenBy = taker.FullName,
            Remarks = remarks.Length == 0 ? null : remarks, ContentHash = Convert.ToHexStringLower(SHA256.HashData(list)),
        };
        store.Add(row);
        foreach (var donation in donations)
        {
            store.Add(new HandOverLine
            {
                VisitId = donation.VisitId, HandOverId = row.Id, DonationNumber = donation.DonationNumber, DonationType = donation.DonationType, VolumeMl = donation.VolumeMl, Units = donation.Units,
            });
            store.Add(new AuditEntry { At = now, PersonId = giver.Id, PersonName = giver.FullName, Action = "交接", Subject = "visit:" + donation.VisitId, New = $"{number}，接收人 {taker.FullName}" });
        }
        await store.AddLeafAsync(HandOverLeaves.Kind, HandOverLeaves.Subject(row.Id), list, now, cancel);
        var next = $"/hand-overs/{row.Id}";
        operations.Add(operation, personId, content, next);
        await transaction.CommitAsync(cancel);
        return next;
    }

    private async Task<IResult> SheetAsync(Guid id, CancellationToken cancel)
    {
        if (await store.Set<HandOver>().AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, cancel) is not { } row) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.NotFound, "没有这份交接单", "请从交接页面选择"));
        var lines = await store.Set<HandOverLine>().AsNoTracking().Where(l => l.HandOverId == id).OrderBy(l => l.DonationNumber).ToListAsync(cancel);
        return pages.Show(new HandOverSheetModel(row, [.. lines.Select(l => new DonationToHandOver(l.VisitId, l.DonationNumber, default, l.DonationType, l.VolumeMl, l.Units))], (await station.SettingsAsync(cancel)).TimeZone));
    }
}
