using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>
/// From any number the station prints, or an identity card, to what it stands for: a donation, sample or visit number is one visit's own, a queue number one of today's;
/// archive number and identity card lead to the donor's open visit, else the last; the number of a hand-over to its sheet.
/// </summary>
internal sealed class FindVisit(Store store, IDonors donors, StationClock station, ShowWorklist worklist)
{
    private const int LongestNumber = 80;
    private const int LongestQueueNumber = 4;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // An identity number is posted, so that it stands in no address and no log.
        endpoints.MapGet("/visits/find", (string? number, HttpContext http, FindVisit use, CancellationToken cancel) => use.HandleAsync(number, http, cancel))
            .RequirePermission(CollectionPermissions.Work);
        endpoints.MapPost("/visits/find", async (HttpContext http, FindVisit use, CancellationToken cancel) => await use.HandleAsync((await http.Request.ReadFormAsync(cancel))["number"], http, cancel))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> HandleAsync(string? number, HttpContext http, CancellationToken cancel)
    {
        var readings = (number ?? "").Length > LongestNumber ? [] : ScannedNumber.Readings(number ?? "");
        if (string.IsNullOrWhiteSpace(number)) return Results.LocalRedirect(http.Request.PathBase + "/worklist");
        foreach (var reading in readings)
            if (await FindAsync(reading, http, cancel) is { } path) return Results.LocalRedirect(http.Request.PathBase + path);
        return await worklist.HandleAsync(null, null, NotFoundNumber.Of(readings.Count == 0 ? ScannedNumber.Clean(number) : readings[0]), http, cancel);
    }

    private async Task<string?> FindAsync(string number, HttpContext http, CancellationToken cancel)
    {
        var (visits, today) = (store.Set<Visit>().AsNoTracking(), await station.TodayAsync(cancel));
        if (Guid.TryParse(number, out var id) && await visits.AnyAsync(v => v.Id == id, cancel)) return Path(id);
        if (await visits.Where(v => v.DonationNumber == number || v.SampleNumber == number).Select(v => (Guid?)v.Id).FirstOrDefaultAsync(cancel) is { } own) return Path(own);
        if (number.Length <= LongestQueueNumber && int.TryParse(number, out var place) && await visits.Where(v => v.Day == today && v.QueueNumber == place).Select(v => (Guid?)v.Id).SingleOrDefaultAsync(cancel) is { } queued) return Path(queued);
        if (http.User.Has(CollectionPermissions.HandOver) && await store.Set<HandOver>().Where(h => h.Number == number).Select(h => (Guid?)h.Id).SingleOrDefaultAsync(cancel) is { } sheet) return $"/hand-overs/{sheet}";
        return await DonorAsync(number, today, cancel) is { } donor
            && await visits.Where(v => v.DonorId == donor).OrderByDescending(v => v.State == VisitStates.Open).ThenByDescending(v => v.Id).Select(v => (Guid?)v.Id).FirstOrDefaultAsync(cancel) is { } last ? Path(last) : null;
    }

    private async Task<Guid?> DonorAsync(string number, DateOnly today, CancellationToken cancel) =>
        ResidentIdNumber.Read(number, today, out _) is { } card ? (await donors.FindByIdNumberAsync(card.Value, cancel))?.Id : await donors.FindByArchiveNumberAsync(number, cancel);

    private static string Path(Guid visit) => $"/visits/{visit}";
}

/// <summary>What to say of a number that leads nowhere; an identity number is not repeated.</summary>
internal static class NotFoundNumber
{
    /// <summary>Donation number 13, sample number 11 or 12, identity card 18: what has fewer digits than it should was cut off, what has more was read twice.</summary>
    private static readonly int[] Whole = [11, 12, 13, 18];

    /// <param name="number">Cleaned.</param>
    public static string Of(string number)
    {
        var shown = number.Length > 12 && number.Length is not 13 ? Mask.Number(number.Length > 40 ? number[..40] : number) : number;
        var digits = number.Count(char.IsAsciiDigit);
        if (digits < number.Length - 1 || digits <= 4) return $"没有找到“{shown}”：{Remedy}";
        return digits > Whole[^1] ? $"读到 {number.Length} 位，像是两次扫描连在了一起（“{shown}”），请再扫一次。"
            : Whole.Contains(number.Length) || number[0] == 'D' ? $"没有找到“{shown}”：{Remedy}"
            : $"只读到 {number.Length} 位，号码不完整（“{shown}”），请再扫一次。";
    }

    private const string Remedy = "请核对标签或证件；当天没有登记的献血者请先登记。";
}
