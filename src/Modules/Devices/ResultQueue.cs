using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <param name="Owned">It is matched already and waits for its values alone.</param>
/// <param name="Observed">Device clock as read or sent, with its date; null when it sent none.</param>
public sealed record WaitingResult(DeviceSample Sample, string Device, string Reason, bool Owned, string? Observed,
    IReadOnlyList<StoredReading> Readings);

public sealed record ResultQueueModel(Paged<WaitingResult> Results, bool MayHandle, string? Error, TimeZoneInfo TimeZone);

/// <summary>待处理结果: what never becomes a fact by itself, each with its reason, until a person has looked at it.</summary>
internal sealed class ResultQueue(Store store, StationClock station, IPages pages) : IWaitingResults
{
    public const int LongestReason = 200;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/devices/queue",
            (int? page, HttpContext http, ResultQueue use, CancellationToken cancel) => use.ShowAsync(page, null, http, cancel))
            .RequirePermission(DevicePermissions.View);
        endpoints.MapPost("/devices/queue/{sample:guid}/dismiss",
            (Guid sample, HttpContext http, ResultQueue use, CancellationToken cancel) => use.DismissAsync(sample, http, cancel))
            .RequirePermission(DevicePermissions.Handle).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    /// <summary>The status rows that wait: one a sample, neither dismissed nor matched since.</summary>
    public static IQueryable<SampleStatus> Waiting(Store store)
    {
        var statuses = store.Set<SampleStatus>().AsNoTracking();
        return statuses.Where(s => s.Status == SampleStatus.Waiting
            && !statuses.Any(o => o.SampleId == s.SampleId
                && (o.Status == SampleStatus.Dismissed || o.Status == SampleStatus.Matched && o.At > s.At)));
    }

    public async Task<Paged<QueuedResult>> WaitingAsync(int? page, CancellationToken cancel = default) =>
        await Queued(store.Set<DeviceSample>()).PageAsync(page, cancel);

    public async Task<QueuedResult?> SinceAsync(string sampleNumber, DateTimeOffset after, CancellationToken cancel = default) =>
        await Queued(store.Set<DeviceSample>().Where(s => s.SampleNumber == sampleNumber && s.ReceivedAt > after))
            .FirstOrDefaultAsync(cancel);

    public async Task<IResult> ShowAsync(int? page, string? error, HttpContext http, CancellationToken cancel)
    {
        var waiting = await Waiting(store).OrderByDescending(s => s.At).ThenByDescending(s => s.Id).PageAsync(page, cancel);
        var ids = waiting.Items.Select(s => s.SampleId).ToList();
        var samples = await store.Set<DeviceSample>().AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancel);
        var readings = (await store.Set<StoredReading>().AsNoTracking().Where(r => ids.Contains(r.SampleId) && r.Item != null)
            .OrderBy(r => r.Number).ToListAsync(cancel)).ToLookup(r => r.SampleId);
        var names = await store.Set<Device>().ToDictionaryAsync(d => d.Code, d => d.Name, cancel);
        var rows = waiting.Items.Select(s => (Status: s, Sample: samples[s.SampleId])).Select(s => new WaitingResult(
            s.Sample, names.GetValueOrDefault(s.Sample.DeviceCode, s.Sample.DeviceCode), s.Status.Reason ?? "", s.Status.VisitId is not null,
            s.Sample.ObservedAt?.TrimStart(SampleMatch.Unbelieved[0]), [.. readings[s.Sample.Id]]));
        var model = new ResultQueueModel(waiting.With<WaitingResult>([.. rows]), http.User.Has(DevicePermissions.Handle), error,
            (await station.SettingsAsync(cancel)).TimeZone);
        return pages.Show(model, error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private IQueryable<QueuedResult> Queued(IQueryable<DeviceSample> samples) =>
        from status in Waiting(store)
        join sample in samples on status.SampleId equals sample.Id
        join device in store.Set<Device>() on sample.DeviceCode equals device.Code
        orderby status.At, status.Id
        select new QueuedResult(device.Name, sample.SampleNumber, status.Reason ?? "", status.At);

    private async Task<IResult> DismissAsync(Guid sample, HttpContext http, CancellationToken cancel)
    {
        var reason = (await http.Request.ReadFormAsync(cancel))["reason"].ToString().Trim();
        if (reason.Length is 0 or > LongestReason) return await ShowAsync(null, $"处理原因：必填，不超过 {LongestReason} 字", http, cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await Waiting(store).SingleOrDefaultAsync(s => s.SampleId == sample, cancel) is { } waiting)
        {
            store.Add(new SampleStatus { Id = Guid.CreateVersion7(station.Now), SampleId = sample, Status = SampleStatus.Dismissed,
                Reason = reason, PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), At = station.Now });
            store.Add(http.User.Actor().Did("不采用仪器结果", "device-sample:" + sample, station.Now, new AuditChange(Old: waiting.Reason, Reason: reason)));
            await transaction.CommitAsync(cancel);
        }
        return Results.LocalRedirect($"{http.Request.PathBase}/devices/queue");
    }
}
