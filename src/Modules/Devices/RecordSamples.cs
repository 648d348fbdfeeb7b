using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <summary>Writes what a frame says and whom it belongs to, in the caller's transaction.</summary>
internal sealed class RecordSamples(Store store, ISamples samples, StationClock station)
{
    private const int LongestText = 500;

    /// <param name="first">Place in the frame of the first sample.</param>
    /// <param name="damage">Why the frame cannot be read, when it has no messages.</param>
    public async Task AddAsync(DeviceFrame frame, int first, IReadOnlyList<DeviceMessage> messages, string? damage,
        CancellationToken cancel)
    {
        var zone = (await station.SettingsAsync(cancel)).TimeZone;
        for (var i = 0; i < messages.Count; i++) await AddAsync(Sample(frame, first + i, messages[i], zone), messages[i], cancel);
        if (messages.Count > 0) return;
        var broken = new DeviceSample { Id = Guid.CreateVersion7(station.Now), FrameId = frame.Id, Number = first,
            DeviceCode = frame.DeviceCode, Kind = DeviceSample.Broken, ReceivedAt = frame.ReceivedAt };
        store.Add(broken);
        AddWaiting(broken, null, damage ?? "没有可读的内容", station.Now);
    }

    /// <summary>Looks for the owners of those that wait without one.</summary>
    /// <returns>How many have been matched.</returns>
    public async Task<int> RematchAsync(IQueryable<DeviceSample> which, CancellationToken cancel)
    {
        var ids = ResultQueue.Waiting(store).Where(s => s.VisitId == null).Select(s => s.SampleId);
        var matched = 0;
        foreach (var sample in await which.AsNoTracking().Where(s => ids.Contains(s.Id)).ToListAsync(cancel))
        {
            var readings = await ReadingsAsync(sample, cancel);
            if (SampleMatch.Decide(sample, readings, await OwnerAsync(sample.SampleNumber, cancel)) is not { Visit: not null } match)
                continue;
            AddMatch(sample, match, null);
            matched++;
        }
        return matched;
    }

    public Task<List<StoredReading>> ReadingsAsync(DeviceSample sample, CancellationToken cancel) =>
        store.Set<StoredReading>().AsNoTracking().Where(r => r.SampleId == sample.Id).OrderBy(r => r.Number).ToListAsync(cancel);

    public async Task<SampleOwner?> OwnerAsync(string? number, CancellationToken cancel) =>
        number is null ? null : await samples.FindAsync(DonationIdentification.Meaning(number), cancel);

    /// <param name="by">Who has said so and why; null when it was found.</param>
    public void AddMatch(DeviceSample sample, SampleMatch match, (string PersonId, string PersonName, string Reason)? by)
    {
        // One moment for both: what waits beside its match is not ended by it.
        var now = station.Now;
        if (match.Visit is { } visit)
        {
            store.Add(new SampleStatus
            {
                Id = Guid.CreateVersion7(now), SampleId = sample.Id, Status = SampleStatus.Matched, VisitId = visit, At = now,
                PersonId = by?.PersonId, PersonName = by?.PersonName, Reason = Storable(by?.Reason),
            });
            store.Enqueue(ReadingArrived.Kind, new ReadingArrived(visit), now);
        }
        if (match.Waiting is { } waiting) AddWaiting(sample, match.Visit, waiting, now);
    }

    private async Task AddAsync(DeviceSample sample, DeviceMessage message, CancellationToken cancel)
    {
        var readings = message.Readings.Select((r, i) => Stored(sample, i, r)).ToList();
        store.Add(sample);
        store.AddRange(readings);
        AddMatch(sample, SampleMatch.Decide(sample, readings, await OwnerAsync(sample.SampleNumber, cancel),
            message.Problems is [var damage, ..] ? damage : null), null);
    }

    private DeviceSample Sample(DeviceFrame frame, int number, DeviceMessage message, TimeZoneInfo zone) => new()
    {
        Id = Guid.CreateVersion7(station.Now), FrameId = frame.Id, Number = number, DeviceCode = frame.DeviceCode,
        ReceivedAt = frame.ReceivedAt,
        MessageId = Storable(message.MessageId), SampleNumber = Storable(message.SampleId),
        Kind = message.Problems.Count > 0 ? DeviceSample.Broken : message.Kind.ToString(),
        Sex = message.UnreadSex is { } unread ? Storable(SampleMatch.Unbelieved + unread) : message.PatientSex,
        ObservedAt = Storable(Observed(message, frame.ReceivedAt, zone)),
        Alarms = message.Alarms.Count == 0 ? null : Storable(string.Join("；", message.Alarms.Select(a => a.Text))),
    };

    /// <summary>Station's local time. Nothing is measured after it has been received.</summary>
    internal static string? Observed(DeviceMessage message, DateTimeOffset received, TimeZoneInfo zone)
    {
        if (message.UnreadTime is { } unread) return SampleMatch.Unbelieved + unread;
        if ((message.ObservedTime ?? message.MessageTime) is not { } clock) return null;
        if (message is { ObservedTime: not null, ObservedOffset: { } offset })
            clock = TimeZoneInfo.ConvertTime(new DateTimeOffset(clock, offset), zone).DateTime;
        var ahead = clock > TimeZoneInfo.ConvertTime(received, zone).DateTime.AddMinutes(message.ClockMinutes);
        return (ahead ? SampleMatch.Unbelieved : "") + clock.ToString(SampleMatch.TimeFormat, CultureInfo.InvariantCulture);
    }

    private void AddWaiting(DeviceSample sample, Guid? visit, string reason, DateTimeOffset now) => store.Add(new SampleStatus
    {
        Id = Guid.CreateVersion7(now), SampleId = sample.Id, Status = SampleStatus.Waiting, VisitId = visit, Reason = Storable(reason), At = now,
    });

    private StoredReading Stored(DeviceSample sample, int number, DeviceReading reading) => new()
    {
        Id = Guid.CreateVersion7(station.Now), SampleId = sample.Id, Number = number, Item = reading.Code,
        SentAs = Storable(reading.Name ?? reading.DeviceCode) ?? "",
        RawValue = Storable(reading.RawValue) ?? "", RawUnit = Storable(reading.OriginalUnit), Value = Storable(reading.Value),
        Unit = Storable(reading.Unit),
        Flags = Storable(string.Join(' ', reading.Flags)) ?? "", Accepted = reading.Accepted, Reason = Storable(reading.Reason),
    };

    /// <summary>A damaged frame may say anything; a database refuses NUL and half characters, and no device has that much to say.</summary>
    private static string? Storable(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().TakeWhile(_ => kept.Length < LongestText))
            kept.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        return kept.ToString();
    }
}
