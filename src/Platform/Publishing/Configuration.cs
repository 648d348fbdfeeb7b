using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>The published documents of each tenant as last read, with the revision they were read at.</summary>
public sealed class ConfigurationCache
{
    internal ConcurrentDictionary<string, (long Revision, VerifiedDocuments Verified)> Read { get; } = new(StringComparer.OrdinalIgnoreCase);
    internal ConcurrentDictionary<string, InForce> Pinned { get; } = new(StringComparer.Ordinal);
}

/// <summary>What is in force in this tenant, computed for an instant and never by load time.</summary>
public sealed class Configuration(Store store, TenantContext tenant, ConfigurationCache cache, ParsedDocuments parsed, ILogger<Configuration> log)
{
    public async Task<long> RevisionAsync(CancellationToken cancel = default) =>
        await store.Set<ConfigurationRevision>().Select(r => r.Revision).SingleOrDefaultAsync(cancel);

    internal ParsedDocuments Parsed => parsed;

    /// <exception cref="DamagedValueException">An approved document of that instant is not what was approved, or is gone.</exception>
    public async Task<InForce> AtAsync(DateTimeOffset instant, CancellationToken cancel = default)
    {
        var verified = await VerifiedAsync(cancel);
        if (verified.Faults.FirstOrDefault(f => f.Stops(instant)) is { } fault) throw new DamagedValueException(fault.Words);
        return new InForce(InForceAt.Select(verified.Documents, instant), parsed);
    }

    /// <summary>What is left of it where something has been altered: for the frame of a page that says so, never for a decision.</summary>
    public async Task<InForce> FrameAsync(DateTimeOffset instant, CancellationToken cancel = default) => new(InForceAt.Select((await VerifiedAsync(cancel)).Documents, instant), parsed);

    /// <summary>Every document that a verifying approval carries, whenever it is in force.</summary>
    public async Task<IReadOnlyList<PublishedDocument>> ApprovedAsync(CancellationToken cancel = default) => (await VerifiedAsync(cancel)).Documents;

    /// <summary>Where the store is not what was approved.</summary>
    public async Task<IReadOnlyList<ConfigurationFault>> FaultsAsync(CancellationToken cancel = default) => (await VerifiedAsync(cancel)).Faults;

    /// <summary>Rule packs that have reached their own last day with nothing in their place: their rules are not asked any more, and somebody must know.</summary>
    public async Task<IReadOnlyList<PublishedDocument>> RunOutAsync(DateTimeOffset instant, CancellationToken cancel = default) =>
        [.. InForceAt.RunOut(await ApprovedAsync(cancel), instant).Where(d => d.Kind == DocumentKinds.RulePack)];

    /// <summary>Instants after this one at which an approved document of the kind comes into force or ends, soonest first.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> ChangesAsync(string kind, DateTimeOffset after, CancellationToken cancel = default) =>
        [.. (await ApprovedAsync(cancel)).Where(d => d.Kind == kind && d.State is DocumentState.Approved or DocumentState.Retired)
            .SelectMany(d => new[] { d.EffectiveFrom, d.EffectiveTo }).OfType<DateTimeOffset>().Where(at => at > after).Distinct().Order()];

    /// <summary>Exactly the documents a visit was registered under, whatever has been published since.</summary>
    public async Task<InForce> PinnedAsync(string hash, CancellationToken cancel = default)
    {
        if (cache.Pinned.TryGetValue(tenant.Current.Name + hash, out var known)) return known;
        var set = await store.Set<ConfigurationSet>().AsNoTracking().SingleAsync(s => s.Hash == hash, cancel);
        var ids = JsonSerializer.Deserialize<List<Guid>>(set.DocumentIdsJson)!;
        var documents = (await ApprovedAsync(cancel)).Where(d => ids.Contains(d.Id)).ToList();
        if (documents.Count != ids.Count) throw new DamagedValueException("登记时的配置已被改动或删去");
        return cache.Pinned.GetOrAdd(tenant.Current.Name + hash, new InForce(documents, parsed));
    }

    /// <summary>Keeps the set so that a visit can name it by hash; part of the caller's transaction.</summary>
    public async Task PinAsync(InForce set, CancellationToken cancel = default)
    {
        await store.Database.ExecuteSqlAsync(
            $"""INSERT INTO configuration_sets ("Hash", "DocumentIdsJson") VALUES ({set.Hash}, {set.IdsJson}) ON CONFLICT DO NOTHING""", cancel);
    }

    private async Task<VerifiedDocuments> VerifiedAsync(CancellationToken cancel)
    {
        var revision = await RevisionAsync(cancel);
        if (cache.Read.TryGetValue(tenant.Current.Name, out var read) && read.Revision == revision) return read.Verified;
        var documents = await store.Set<PublishedDocument>().AsNoTracking().ToListAsync(cancel);
        var approvals = await store.Set<ChangeApproval>().AsNoTracking().Select(a => new { Row = a, Seal = EF.Property<byte[]?>(a, EvidenceSeal.Column) }).ToListAsync(cancel);
        var verified = ApprovedDocuments.Of(documents, approvals.Where(a => EvidenceSeal.Holds(store, a.Row, a.Seal)).Select(a => a.Row));
        foreach (var fault in verified.Faults) log.LogError("{Tenant}: {Fault}", tenant.Current.Name, fault.Words);
        cache.Read[tenant.Current.Name] = (revision, verified);
        return verified;
    }
}
