using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <param name="State">What became of it, in words; empty for what needs nothing.</param>
public sealed record FrameSample(string? Number, string Kind, string? Observed, string State);

public sealed record FrameRow(Guid Id, string Device, DateTimeOffset ReceivedAt, IReadOnlyList<FrameSample> Samples);

public sealed record FramesModel(Paged<FrameRow> Frames, TimeZoneInfo TimeZone);

public sealed record RawFrameModel(FrameRow Frame, string RemoteAddress, string Sha256, string Text, TimeZoneInfo TimeZone);

/// <summary>全部消息: every frame that is kept, what it was read as, and its bytes.</summary>
internal sealed class ShowFrames(Store store, FieldCipher cipher, StationClock station, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/devices/frames", (int? page, ShowFrames use, CancellationToken cancel) => use.ListAsync(page, cancel))
            .RequirePermission(DevicePermissions.Handle);
        endpoints.MapGet("/devices/frames/{id:guid}",
            (Guid id, HttpContext http, ShowFrames use, CancellationToken cancel) => use.RawAsync(id, http, cancel))
            .RequirePermission(DevicePermissions.Handle);
    }

    private async Task<IResult> ListAsync(int? page, CancellationToken cancel)
    {
        var frames = await store.Set<DeviceFrame>().AsNoTracking().OrderByDescending(f => f.ReceivedAt).ThenByDescending(f => f.Id)
            .PageAsync(page, cancel);
        return pages.Show(new FramesModel(frames.With(await RowsAsync(frames.Items, cancel)),
            (await station.SettingsAsync(cancel)).TimeZone));
    }

    /// <summary>The frame as sent; it may hold names, so who looks is written down.</summary>
    private async Task<IResult> RawAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        if (await store.Set<DeviceFrame>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, cancel) is not { } frame)
            return pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这条原始消息", "请从全部消息或待处理结果中打开"));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(http.User.Actor().Did("查看仪器原始消息", "device-frame:" + id, station.Now));
        await transaction.CommitAsync(cancel);
        var text = Visible(Convert.FromBase64String(cipher.Reveal(frame.ProtectedRaw)));
        return pages.Show(new RawFrameModel((await RowsAsync([frame], cancel))[0], frame.RemoteAddress, frame.Sha256, text,
            (await station.SettingsAsync(cancel)).TimeZone));
    }

    private async Task<IReadOnlyList<FrameRow>> RowsAsync(IReadOnlyList<DeviceFrame> frames, CancellationToken cancel)
    {
        var ids = frames.Select(f => f.Id).ToList();
        var samples = await store.Set<DeviceSample>().AsNoTracking().Where(s => ids.Contains(s.FrameId)).OrderBy(s => s.Number)
            .ToListAsync(cancel);
        var sampleIds = samples.Select(s => s.Id).ToList();
        var statuses = (await store.Set<SampleStatus>().AsNoTracking().Where(s => sampleIds.Contains(s.SampleId)).ToListAsync(cancel))
            .ToLookup(s => s.SampleId);
        var names = await store.Set<Device>().ToDictionaryAsync(d => d.Code, d => d.Name, cancel);
        return [.. frames.Select(f => new FrameRow(f.Id, names.GetValueOrDefault(f.DeviceCode, f.DeviceCode), f.ReceivedAt,
            [.. samples.Where(s => s.FrameId == f.Id)
                .Select(s => new FrameSample(s.SampleNumber, Title(s.Kind), s.ObservedAt?.TrimStart(SampleMatch.Unbelieved[0]),
                State([.. statuses[s.Id]])))]))];
    }

    internal static string State(IReadOnlyList<SampleStatus> statuses)
    {
        SampleStatus? Last(string status) => statuses.Where(s => s.Status == status).MaxBy(s => s.At);
        if (Last(SampleStatus.Dismissed) is { } dismissed) return $"不采用：{dismissed.Reason}";
        var matched = Last(SampleStatus.Matched);
        var waiting = Last(SampleStatus.Waiting) is { } last && (matched is null || last.At >= matched.At) ? last : null;
        var told = Last(SampleStatus.Used) is not null ? "已签署" : matched is not null ? "已对应到本次献血" : "";
        return string.Join("；", new[] { told, waiting is null ? "" : "待处理，" + waiting.Reason }.Where(t => t.Length > 0));
    }

    private static string Title(string kind) => kind switch
    {
        nameof(Contracts.DeviceMessageKind.Result) => "结果",
        nameof(Contracts.DeviceMessageKind.Qc) => "质控",
        nameof(Contracts.DeviceMessageKind.Calibration) => "定标",
        DeviceSample.Broken => "损坏",
        _ => "其他消息",
    };

    /// <summary>Control characters as their pictures; a line for each record.</summary>
    private static string Visible(byte[] raw) =>
        string.Concat(Encoding.UTF8.GetString(raw)
            .Select(c => c switch { '\r' or '\n' => "\n", < ' ' => ((char)(0x2400 + c)).ToString(), _ => c.ToString() }));
}
