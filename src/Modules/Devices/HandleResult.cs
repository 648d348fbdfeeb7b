using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <summary>What a person does with a result or a kept frame: says whose it is, lets it look for its owner again, or has the frame read anew by the profile in force.</summary>
internal sealed class HandleResult(Store store, RecordSamples record, DeviceDocuments documents, FieldCipher cipher, StationClock station,
    OutboxSignal outbox)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        Post("/devices/queue/{id:guid}/attach", (id, http, queue, use, cancel) => use.AttachAsync(id, http, queue, cancel));
        Post("/devices/queue/{id:guid}/rematch", (id, http, queue, use, cancel) => use.RematchAsync(id, http, queue, cancel));
        Post("/devices/frames/{id:guid}/replay", (id, http, queue, use, cancel) => use.ReplayAsync(id, http, queue, cancel));

        void Post(string path, Func<Guid, HttpContext, ResultQueue, HandleResult, CancellationToken, Task<IResult>> handle) =>
            endpoints.MapPost(path,
                (Guid id, HttpContext http, ResultQueue queue, HandleResult use, CancellationToken cancel) =>
                handle(id, http, queue, use, cancel))
                .RequirePermission(DevicePermissions.Handle).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> AttachAsync(Guid id, HttpContext http, ResultQueue queue, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (number, reason) = (form["number"].ToString().Trim(), form["reason"].ToString().Trim());
        if (number.Length == 0) return await queue.ShowAsync(null, "样本号：必填，请扫描试管上的条码", http, cancel);
        if (reason.Length is 0 or > ResultQueue.LongestReason)
            return await queue.ShowAsync(null, $"处理原因：必填，不超过 {ResultQueue.LongestReason} 字", http, cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await UnownedAsync(id, cancel) is not { } sample)
            return await queue.ShowAsync(null, "这条结果已经处理，或已对应到一次献血：数值可疑的请在检测步骤中核对，或写明原因不采用", http, cancel);
        var match = SampleMatch.Attach(sample, await record.ReadingsAsync(sample, cancel), await record.OwnerAsync(number, cancel), number);
        if (match.Visit is null) return await queue.ShowAsync(null, match.Waiting, http, cancel);
        record.AddMatch(sample, match, (http.User.Id(), http.User.FullNameOf(), reason));
        Audit(http, "仪器结果对应到样本", "device-sample:" + id, sample.SampleNumber, number, reason);
        await CommitAsync(transaction, http, cancel);
        return Back(http, "/devices/queue");
    }

    private async Task<IResult> RematchAsync(Guid id, HttpContext http, ResultQueue queue, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await record.RematchAsync(store.Set<DeviceSample>().Where(s => s.Id == id), cancel) == 0)
            return await queue.ShowAsync(null, "没有找到可以对应的样本：原因没有变，请核对样本号，或用“对应到样本”", http, cancel);
        Audit(http, "仪器结果重新对应", "device-sample:" + id, null, null, null);
        await CommitAsync(transaction, http, cancel);
        return Back(http, "/devices/queue");
    }

    /// <summary>What was read before and is not signed gives way to what is read now.</summary>
    private async Task<IResult> ReplayAsync(Guid id, HttpContext http, ResultQueue queue, CancellationToken cancel)
    {
        var reason = (await http.Request.ReadFormAsync(cancel))["reason"].ToString().Trim();
        if (reason.Length is 0 or > ResultQueue.LongestReason)
            return await queue.ShowAsync(null, $"处理原因：必填，不超过 {ResultQueue.LongestReason} 字", http, cancel);
        var (profiles, set) = await documents.NowAsync(cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await store.Set<DeviceFrame>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, cancel) is not { } frame)
            return Back(http, "/devices/frames");
        var device = await store.Set<Device>().AsNoTracking().SingleOrDefaultAsync(d => d.Code == frame.DeviceCode, cancel);
        var (messages, damage) = profiles.Read(set, device?.Profile ?? "", Convert.FromBase64String(cipher.Reveal(frame.ProtectedRaw)));
        var before = await store.Set<DeviceSample>().AsNoTracking().Where(s => s.FrameId == id).ToListAsync(cancel);
        await SetAsideAsync(before, http, "重新读取：" + reason, cancel);
        await record.AddAsync(frame, before.Count, messages, damage, cancel);
        Audit(http, "重新读取仪器消息", "device-frame:" + id, null, null, reason);
        await CommitAsync(transaction, http, cancel);
        return Back(http, "/devices/frames/" + id);
    }

    private async Task SetAsideAsync(List<DeviceSample> samples, HttpContext http, string reason, CancellationToken cancel)
    {
        var ids = samples.Select(s => s.Id).ToList();
        var settled = await store.Set<SampleStatus>()
            .Where(s => ids.Contains(s.SampleId) && (s.Status == SampleStatus.Used || s.Status == SampleStatus.Dismissed))
            .Select(s => s.SampleId).ToListAsync(cancel);
        foreach (var id in ids.Except(settled))
            store.Add(new SampleStatus
            {
                Id = Guid.CreateVersion7(station.Now), SampleId = id, Status = SampleStatus.Dismissed, Reason = reason,
                PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), At = station.Now,
            });
    }

    /// <summary>One that waits and is nobody's: what is matched already would belong to two.</summary>
    private async Task<DeviceSample?> UnownedAsync(Guid id, CancellationToken cancel)
    {
        var waiting = ResultQueue.Waiting(store).Where(s => s.VisitId == null).Select(s => s.SampleId);
        return await store.Set<DeviceSample>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && waiting.Contains(id), cancel);
    }

    private async Task CommitAsync(StoreTransaction transaction, HttpContext http, CancellationToken cancel)
    {
        await transaction.CommitAsync(cancel);
        outbox.Raise(http.RequestServices.GetRequiredService<TenantContext>().Current);
    }

    private static IResult Back(HttpContext http, string path) => Results.LocalRedirect(http.Request.PathBase + path);

    private void Audit(HttpContext http, string action, string subject, string? old, string? @new, string? reason) =>
        store.Add(http.User.Actor().Did(action, subject, station.Now, new AuditChange(null, old, @new, reason)));
}
