using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <summary>Takes in a frame: the bytes first, then what they say and whom it belongs to.</summary>
internal sealed class ReceiveFrame(Store store, ISamples samples, FieldCipher cipher, StationClock station, OutboxSignal outbox, TenantContext tenant) : IDeviceIntake
{
    private const int LongestText = 500;

    public async Task<IReadOnlyList<EnrolledDevice>> EnabledAsync(CancellationToken cancel = default) =>
        await store.Set<Device>().AsNoTracking().Where(d => d.Enabled && d.Port > 0).OrderBy(d => d.Code)
            .Select(d => new EnrolledDevice(d.Code, d.Name, d.Profile, d.BindAddress, d.Port, d.AllowedAddresses)).ToListAsync(cancel);

    public async Task<ReceivedFrame> StoreAsync(string deviceCode, byte[] raw, string remoteAddress, CancellationToken cancel = default)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(raw));
        var now = station.Now;
        var local = TimeZoneInfo.ConvertTime(now, (await station.SettingsAsync(cancel)).TimeZone).DateTime;
        if (await FoundAsync(deviceCode, hash, cancel) is { } known) return new ReceivedFrame(known, await RecordedAsync(known, cancel), local);
        var id = Guid.CreateVersion7(now);
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            store.Add(new DeviceFrame
            {
                Id = id, DeviceCode = deviceCode, ReceivedAt = now, RemoteAddress = remoteAddress, ProtectedRaw = cipher.Protect(Convert.ToBase64String(raw)), Sha256 = hash,
            });
            await transaction.CommitAsync(cancel);
            return new ReceivedFrame(id, false, local);
        }
        catch (DbUpdateException)
        {
            store.ChangeTracker.Clear();
            // The device sent it on two connections at once and the other was faster; anything else is an outage.
            if (await FoundAsync(deviceCode, hash, cancel) is not { } other) throw;
            return new ReceivedFrame(other, await RecordedAsync(other, cancel), local);
        }
    }

    public async Task RecordAsync(Guid frameId, IReadOnlyList<DeviceMessage> messages, string? damage, CancellationToken cancel = default)
    {
        var frame = await store.Set<DeviceFrame>().AsNoTracking().SingleAsync(f => f.Id == frameId, cancel);
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            if (await RecordedAsync(frameId, cancel)) return;
            for (var i = 0; i < messages.Count; i++) await AddAsync(frame, i, messages[i], cancel);
            if (messages.Count == 0) AddBroken(frame, damage ?? "没有可读的内容");
            await transaction.CommitAsync(cancel);
            outbox.Raise(tenant.Current);
        }
        catch (DbUpdateException)
        {
            store.ChangeTracker.Clear();
            if (!await RecordedAsync(frameId, cancel)) throw;
        }
    }

    private async Task AddAsync(DeviceFrame frame, int number, DeviceMessage message, CancellationToken cancel)
    {
        var sample = new DeviceSample
        {
            Id = Guid.CreateVersion7(station.Now), FrameId = frame.Id, Number = number, DeviceCode = frame.DeviceCode, ReceivedAt = frame.ReceivedAt,
            MessageId = Storable(message.MessageId), SampleNumber = Storable(message.SampleId), Kind = message.Kind.ToString(), Sex = message.PatientSex,
            ObservedAt = (message.ObservedTime ?? message.MessageTime)?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            Alarms = message.Alarms.Count == 0 ? null : Storable(string.Join("；", message.Alarms.Select(a => a.Text))),
        };
        store.Add(sample);
        for (var i = 0; i < message.Readings.Count; i++) store.Add(Stored(sample, i, message.Readings[i]));
        var (visit, waiting) = await MatchAsync(message, cancel);
        if (visit is { } id)
        {
            AddStatus(sample, SampleStatus.Matched, id, null);
            store.Enqueue(ReadingArrived.Kind, new ReadingArrived(id), station.Now);
        }
        if (waiting is not null) AddStatus(sample, SampleStatus.Waiting, visit, waiting);
    }

    private void AddBroken(DeviceFrame frame, string damage)
    {
        var sample = new DeviceSample { Id = Guid.CreateVersion7(station.Now), FrameId = frame.Id, Number = 0, DeviceCode = frame.DeviceCode, Kind = DeviceSample.Broken, ReceivedAt = frame.ReceivedAt };
        store.Add(sample);
        AddStatus(sample, SampleStatus.Waiting, null, damage);
    }

    private void AddStatus(DeviceSample sample, string status, Guid? visit, string? reason) => store.Add(new SampleStatus
    {
        Id = Guid.CreateVersion7(station.Now), SampleId = sample.Id, Status = status, VisitId = visit, Reason = Storable(reason), At = station.Now,
    });

    /// <summary>The visit the sample belongs to, and why a person has to look at it; both where some of its values cannot be believed.</summary>
    internal async Task<(Guid? Visit, string? Waiting)> MatchAsync(DeviceMessage message, CancellationToken cancel)
    {
        if (message.Problems.Count > 0) return (null, "消息损坏：" + message.Problems[0]);
        if (message.Kind == DeviceMessageKind.Qc) return (null, "质控结果，不是献血者的结果");
        if (message.Kind == DeviceMessageKind.Calibration) return (null, "定标结果，不是献血者的结果");
        if (message.Kind == DeviceMessageKind.Other) return (null, message.Readings.Count > 0 ? "不是结果消息" : null);
        if (Storable(message.SampleId) is not { } number) return (null, "没有样本号");
        if (await samples.FindAsync(number, cancel) is not { } owner) return (null, $"没有样本号 {number}");
        if (!owner.AwaitsResults) return (null, $"样本号 {number} 的检测已提交或本次献血已结束");
        if (message.PatientSex is { } sex && sex != owner.Sex) return (null, "仪器上的性别与献血者不同");
        var doubtful = message.Readings.Where(r => r is { Code: not null, Accepted: false }).ToList();
        return (owner.VisitId, doubtful.Count == 0 ? null : "不可靠：" + string.Join("；", doubtful.Select(r => $"{r.Name ?? r.DeviceCode} {r.RawValue}（{r.Reason}）")));
    }

    private StoredReading Stored(DeviceSample sample, int number, DeviceReading reading) => new()
    {
        Id = Guid.CreateVersion7(station.Now), SampleId = sample.Id, Number = number, Item = reading.Code, SentAs = Storable(reading.Name ?? reading.DeviceCode) ?? "",
        RawValue = Storable(reading.RawValue) ?? "", RawUnit = Storable(reading.OriginalUnit), Value = Storable(reading.Value), Unit = Storable(reading.Unit),
        Flags = Storable(string.Join(' ', reading.Flags)) ?? "", Accepted = reading.Accepted, Reason = Storable(reading.Reason),
    };

    private async Task<Guid?> FoundAsync(string deviceCode, string hash, CancellationToken cancel) =>
        await store.Set<DeviceFrame>().Where(f => f.DeviceCode == deviceCode && f.Sha256 == hash).Select(f => (Guid?)f.Id).SingleOrDefaultAsync(cancel);

    private Task<bool> RecordedAsync(Guid frameId, CancellationToken cancel) => store.Set<DeviceSample>().AnyAsync(s => s.FrameId == frameId, cancel);

    /// <summary>A damaged frame may say anything; a database refuses NUL and half characters, and no device has that much to say.</summary>
    private static string? Storable(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().TakeWhile(_ => kept.Length < LongestText)) kept.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        return kept.ToString();
    }
}
