using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Exchange.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Exchange;

/// <summary>A row of the index in the province's store.</summary>
public sealed class IndexRow
{
    public required Guid SourceId { get; init; }

    /// <summary>HMAC-SHA-256 of the ID number under the province's key: a bare hash of 18 digits could be tried out.</summary>
    public required string Digest { get; init; }

    public required string Station { get; init; }
    public required string Kind { get; init; }
    public string? DonationType { get; set; }
    public DateOnly On { get; set; }
    public decimal VolumeMl { get; set; }
    public DateOnly? Until { get; set; }
    public bool Undated { get; set; }
    public bool? Reaction { get; set; }
    public bool Lifted { get; set; }
    public long Revision { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}

public sealed record IndexMessage(string Digest, IndexEntry Entry);

internal sealed class DonorIndex(Store store, Stores stores, TenantContext tenant, Tenants tenants, MasterKey master, TimeProvider clock) : IDonorIndex
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<(IReadOnlyList<IndexEntry> Entries, string? Unreachable)> FindAsync(string idNumber, CancellationToken cancel = default)
    {
        var digest = Digest(idNumber);
        var station = tenant.Current.Name;
        try
        {
            var entries = await tenants.RunAsync(Tenant.Province, services => ReadAsync(services, digest, station, cancel)).WaitAsync(Patience, clock, cancel);
            await using var here = stores.Open(tenant.Current);
            await AuditAsync(here, digest, "station:" + station, entries.Count, cancel);
            return (entries, null);
        }
        catch (Exception e) when (e is TenantUnavailableException or DbException or TimeoutException or IOException)
        {
            return ([], "省级献血者索引暂时无法查询");
        }
    }

    public void Send(string idNumber, IndexEntry entry) =>
        store.Enqueue(DonorIndexHandler.MessageKind, new IndexMessage(Digest(idNumber), entry), clock.GetUtcNow());

    private string Digest(string idNumber) =>
        Convert.ToHexString(HMACSHA256.HashData(master.Derive("donor-index"), Encoding.UTF8.GetBytes(idNumber)));

    private async Task<IReadOnlyList<IndexEntry>> ReadAsync(IServiceProvider province, string digest, string station, CancellationToken cancel)
    {
        var index = province.GetRequiredService<Store>();
        var rows = await index.Set<IndexRow>().AsNoTracking().Where(r => r.Digest == digest && !r.Lifted).OrderByDescending(r => r.On).ToListAsync(cancel);
        await AuditAsync(index, digest, "station:" + station, rows.Count, cancel);
        return [.. rows.Select(r => new IndexEntry(r.SourceId, r.Station, r.Kind, r.DonationType, r.On, r.VolumeMl, r.Until, r.Reaction, r.Lifted, r.Revision) { Undated = r.Undated })];
    }

    /// <summary>The province and the station each keep that the question was asked.</summary>
    private async Task AuditAsync(Store where, string digest, string asker, int found, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(where, cancel);
        where.Add(new Actor(asker, tenant.Current.Name).Did("查询献血者索引", "donor-index:" + digest[..16], clock.GetUtcNow(), new AuditChange(New: $"{found} 条")));
        await transaction.CommitAsync(cancel);
    }
}

/// <summary>Enters a station's message in the province's store. A message again, or one that a later message has overtaken, changes nothing.</summary>
internal sealed class DonorIndexHandler(Tenants tenants, TimeProvider clock) : IOutboxHandler
{
    public const string MessageKind = "donor-index";

    public string Kind => MessageKind;

    /// <summary>Whether the province has heard this, or something later of the same, before.</summary>
    internal static bool IsKnown(IndexRow? row, IndexEntry entry) => row is not null && row.Revision >= entry.Revision;

    public Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel)
    {
        var (digest, entry) = JsonSerializer.Deserialize<IndexMessage>(payloadJson)!;
        return tenants.RunAsync(Tenant.Province, async province =>
        {
            var store = province.GetRequiredService<Store>();
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            var row = await store.Set<IndexRow>().SingleOrDefaultAsync(r => r.SourceId == entry.SourceId, cancel);
            if (IsKnown(row, entry)) return;
            if (row is null) store.Add(row = new IndexRow { SourceId = entry.SourceId, Digest = digest, Station = entry.Station, Kind = entry.Kind });
            (row.DonationType, row.On, row.VolumeMl, row.Until, row.Undated) = (entry.DonationType, entry.On, entry.VolumeMl, entry.Until, entry.Undated);
            (row.Reaction, row.Lifted, row.Revision, row.ReceivedAt) = (entry.Reaction, entry.Lifted, entry.Revision, clock.GetUtcNow());
            await transaction.CommitAsync(cancel);
        });
    }
}
