using Platform.Audit;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

internal sealed class VisitReadings(Store store, StationClock station) : IReadings
{
    public async Task<IReadOnlyList<VisitReading>> OfVisitAsync(Guid visitId, CancellationToken cancel = default)
    {
        var statuses = store.Set<SampleStatus>().AsNoTracking();
        var matched = statuses.Where(s => s.VisitId == visitId && s.Status == SampleStatus.Matched && !statuses.Any(o => o.SampleId == s.SampleId && o.Status == SampleStatus.Dismissed)).Select(s => s.SampleId);
        var rows = await (
            from reading in store.Set<StoredReading>().AsNoTracking()
            join sample in store.Set<DeviceSample>() on reading.SampleId equals sample.Id
            join device in store.Set<Device>() on sample.DeviceCode equals device.Code
            where reading.Item != null && matched.Contains(sample.Id)
            orderby sample.ReceivedAt, sample.Id, reading.Number
            select new { reading, sample.ObservedAt, sample.ReceivedAt, device.Name }).ToListAsync(cancel);
        var zone = rows.Count == 0 ? TimeZoneInfo.Utc : (await station.SettingsAsync(cancel)).TimeZone;
        return [.. rows.Select(r => new VisitReading(
            r.reading.SampleId, r.reading.Item!, r.reading.Accepted ? r.reading.Value : null, r.reading.RawValue, r.reading.Accepted ? r.reading.Unit : r.reading.RawUnit, r.reading.Flags, r.Name,
            Time(r.ObservedAt, TimeZoneInfo.ConvertTime(r.ReceivedAt, zone).DateTime), r.reading.Reason))];
    }

    /// <summary>Of another day than it was received on: with its date.</summary>
    internal static string Time(string? observed, DateTime received)
    {
        if (observed is null) return received.ToString("HH:mm", CultureInfo.InvariantCulture);
        var sent = observed.TrimStart(SampleMatch.Unbelieved[0]);
        if (!DateTime.TryParseExact(sent, SampleMatch.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return sent;
        return time.ToString(time.Date == received.Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    public void Use(IEnumerable<Guid> sampleIds, Guid visitId, Actor by)
    {
        foreach (var sample in sampleIds)
            store.Add(new SampleStatus
            {
                Id = Guid.CreateVersion7(station.Now), SampleId = sample, Status = SampleStatus.Used, VisitId = visitId, PersonId = by.Id, PersonName = by.Name, At = station.Now,
            });
    }
}
