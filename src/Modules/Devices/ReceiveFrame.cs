using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <summary>Takes in a frame: the bytes first, then what they say and whom it belongs to.</summary>
internal sealed class ReceiveFrame(Store store, RecordSamples record, FieldCipher cipher, StationClock station, OutboxSignal outbox,
    TenantContext tenant) : IDeviceIntake
{
    public async Task<IReadOnlyList<EnrolledDevice>> EnabledAsync(CancellationToken cancel = default) =>
        await store.Set<Device>().AsNoTracking().Where(d => d.Enabled && d.Port > 0).OrderBy(d => d.Code)
            .Select(d => new EnrolledDevice(d.Code, d.Name, d.Profile, d.BindAddress, d.Port, d.AllowedAddresses)).ToListAsync(cancel);

    public async Task<ReceivedFrame> StoreAsync(string deviceCode, byte[] raw, string remoteAddress, CancellationToken cancel = default)
    {
        var hash = Digest.Of(raw);
        var now = station.Now;
        var local = await LocalTimeAsync(cancel);
        if (await FoundAsync(deviceCode, hash, cancel) is { } known)
            return new ReceivedFrame(known, await RecordedAsync(known, cancel), local);
        var id = Guid.CreateVersion7(now);
        Guid? other = null;
        // The device may send it on two connections at once, and the other be faster; anything else is an outage.
        var won = await Race.WonAsync(store, WriteAsync, async () => (other = await FoundAsync(deviceCode, hash, cancel)) is not null);
        return won ? new ReceivedFrame(id, false, local) : new ReceivedFrame(other!.Value, await RecordedAsync(other.Value, cancel), local);

        async Task WriteAsync()
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            store.Add(new DeviceFrame
            {
                Id = id, DeviceCode = deviceCode, ReceivedAt = now, RemoteAddress = remoteAddress,
                ProtectedRaw = cipher.Protect(Convert.ToBase64String(raw)), Sha256 = hash,
            });
            await transaction.CommitAsync(cancel);
        }
    }

    public async Task RecordAsync(Guid frameId, IReadOnlyList<DeviceMessage> messages, string? damage, CancellationToken cancel = default)
    {
        var frame = await store.Set<DeviceFrame>().AsNoTracking().SingleAsync(f => f.Id == frameId, cancel);
        await Race.WonAsync(store, WriteAsync, () => RecordedAsync(frameId, cancel));

        async Task WriteAsync()
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            if (!await RecordedAsync(frameId, cancel)) await record.AddAsync(frame, 0, messages, damage, cancel);
            // Sent once more: its sample may have come in between.
            else if (await record.RematchAsync(store.Set<DeviceSample>().Where(s => s.FrameId == frameId), cancel) == 0) return;
            await transaction.CommitAsync(cancel);
            outbox.Raise(tenant.Current);
        }
    }

    public async Task<AwaitedSample?> AwaitedAsync(string sampleNumber, CancellationToken cancel = default) =>
        await record.OwnerAsync(sampleNumber, cancel) is { AwaitsResults: true } owner
            ? new AwaitedSample(sampleNumber, owner.Sex, owner.Items) : null;

    public async Task<DateTime> LocalTimeAsync(CancellationToken cancel = default) =>
        TimeZoneInfo.ConvertTime(station.Now, (await station.SettingsAsync(cancel)).TimeZone).DateTime;

    private async Task<Guid?> FoundAsync(string deviceCode, string hash, CancellationToken cancel) =>
        await store.Set<DeviceFrame>().Where(f => f.DeviceCode == deviceCode && f.Sha256 == hash).Select(f => (Guid?)f.Id)
            .SingleOrDefaultAsync(cancel);

    private Task<bool> RecordedAsync(Guid frameId, CancellationToken cancel) =>
        store.Set<DeviceSample>().AnyAsync(s => s.FrameId == frameId, cancel);
}
