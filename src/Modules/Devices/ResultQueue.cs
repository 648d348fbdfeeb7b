using System.Text;
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

public sealed record WaitingResult(DeviceSample Sample, string Device, string Reason, IReadOnlyList<StoredReading> Readings);

public sealed record ResultQueueModel(Paged<WaitingResult> Results, bool MayHandle, string? Error, TimeZoneInfo TimeZone);

public sealed record RawFrameModel(string Device, DateTimeOffset ReceivedAt, string RemoteAddress, string Sha256, string Text, TimeZoneInfo TimeZone);

/// <summary>待处理结果: what never becomes a fact by itself, each with its reason, until a person has looked at it.</summary>
internal sealed class ResultQueue(Store store, FieldCipher cipher, StationClock station, IPages pages) : IWaitingResults
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/devices/queue", (int? page, HttpContext http, ResultQueue use, CancellationToken cancel) => use.ShowAsync(page, null, http, cancel)).RequirePermission(DevicePermissions.View);
        endpoints.MapPost("/devices/queue/{sample:guid}/dismiss", (Guid sample, HttpContext http, ResultQueue use, CancellationToken cancel) => use.DismissAsync(sample, http, cancel))
            .RequirePermission(DevicePermissions.Handle).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapGet("/devices/frames/{id:guid}", (Guid id, HttpContext http, ResultQueue use, CancellationToken cancel) => use.RawAsync(id, http, cancel)).RequirePermission(DevicePermissions.Handle);
    }

    /// <summary>The status rows that wait: one a sample, not dismissed.</summary>
    public static IQueryable<SampleStatus> Waiting(Store store)
    {
        var statuses = store.Set<SampleStatus>().AsNoTracking();
        return statuses.Where(s => s.Status == SampleStatus.Waiting && !statuses.Any(o => o.SampleId == s.SampleId && o.Status == SampleStatus.Dismissed));
    }

    public async Task<Paged<QueuedResult>> WaitingAsync(int? page, CancellationToken cancel = default) => await Queued(store.Set<DeviceSample>()).PageAsync(page, cancel);

    public async Task<QueuedResult?> SinceAsync(string sampleNumber, DateTimeOffset after, CancellationToken cancel = default) =>
        await Queued(store.Set<DeviceSample>().Where(s => s.SampleNumber == sampleNumber && s.ReceivedAt > after)).FirstOrDefaultAsync(cancel);

    private IQueryable<QueuedResult> Queued(IQueryable<DeviceSample> samples) =>
        from status in Waiting(store)
        join sample in samples on status.SampleId equals sample.Id
        join device in store.Set<Device>() on sample.DeviceCode equals device.Code
        orderby status.At, status.Id
        select new QueuedResult(device.Name, sample.SampleNumber, status.Reason ?? "", status.At);

    private async Task<IResult> ShowAsync(int? page, string? error, HttpContext http, CancellationToken cancel)
    {
        var waiting = await Waiting(store).OrderByDescending(s => s.At).ThenByDescending(s => s.Id).PageAsync(page, cancel);
        var ids = waiting.Items.Select(s => s.SampleId).ToList();
        var samples = await store.Set<DeviceSample>().AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancel);
        var readings = (await store.Set<StoredReading>().AsNoTracking().Where(r => ids.Contains(r.SampleId) && r.Item != null).OrderBy(r => r.Number).ToListAsync(cancel)).ToLookup(r => r.SampleId);
        var names = await store.Set<Device>().ToDictionaryAsync(d => d.Code, d => d.Name, cancel);
        var rows = waiting.Items.Select(s => new WaitingResult(samples[s.SampleId], names.GetValueOrDefault(samples[s.SampleId].DeviceCode, samples[s.SampleId].DeviceCode), s.Reason ?? "", [.. readings[s.SampleId]]));
        var model = new ResultQueueModel(waiting.With<WaitingResult>([.. rows]), http.User.Has(DevicePermissions.Handle), error, (await station.SettingsAsync(cancel)).TimeZone);
        return pages.Show(model, error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> DismissAsync(Guid sample, HttpContext http, CancellationToken cancel)
    {
        var reason = (await http.Request.ReadFormAsync(cancel))["reason"].ToString().Trim();
        if (reason.Length is 0 or > 200) return await ShowAsync(null, "处理原因：必填，不超过 200 字", http, cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await Waiting(store).SingleOrDefaultAsync(s => s.SampleId == sample, cancel) is { } waiting)
        {
            store.Add(new SampleStatus { Id = Guid.CreateVersion7(station.Now), SampleId = sample, Status = SampleStatus.Dismissed, Reason = reason, PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), At = station.Now });
            Audit(http, "不采用仪器结果", "device-sample:" + sample, waiting.Reason, reason);
            await transaction.CommitAsync(cancel);
        }
        return Results.LocalRedirect($"{http.Request.PathBase}/devices/queue");
    }

    /// <summary>The frame as sent; it may hold names, so who looks is written down.</summary>
    private async Task<IResult> RawAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        if (await store.Set<DeviceFrame>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, cancel) is not { } frame)
            return pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这条原始消息", "请从待处理结果中打开"));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        Audit(http, "查看仪器原始消息", "device-frame:" + id, null, null);
        await transaction.CommitAsync(cancel);
        return pages.Show(new RawFrameModel(frame.DeviceCode, frame.ReceivedAt, frame.RemoteAddress, frame.Sha256, Visible(Convert.FromBase64String(cipher.Reveal(frame.ProtectedRaw))), (await station.SettingsAsync(cancel)).TimeZone));
    }

    private void Audit(HttpContext http, string action, string subject, string? old, string? reason) => store.Add(new AuditEntry
    {
        At = station.Now, PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), Action = action, Subject = subject, Old = old, Reason = reason,
    });

    /// <summary>Control characters as their pictures; a line for each record.</summary>
    private static string Visible(byte[] raw) =>
        string.Concat(Encoding.UTF8.GetString(raw).Select(c => c switch { '\r' or '\n' => "\n", < ' ' => ((char)(0x2400 + c)).ToString(), _ => c.ToString() }));
}
