using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>The published documents of each tenant as last read, with the revision they were read at.</summary>
public sealed class ConfigurationCache
{
    internal ConcurrentDictionary<string, (long Revision, IReadOnlyList<PublishedDocument> Documents)> Read { get; } = new(StringComparer.OrdinalIgnoreCase);
    internal ConcurrentDictionary<string, InForce> Pinned { get; } = new(StringComparer.Ordinal);
}

/// <summary>What is in force in this tenant, computed for an instant and never by load time.</summary>
public sealed class Configuration(Store store, TenantContext tenant, ConfigurationCache cache, ParsedDocuments parsed)
{
    public async Task<long> RevisionAsync(CancellationToken cancel = default) =>
        await store.Set<ConfigurationRevision>().Select(r => r.Revision).SingleOrDefaultAsync(cancel);

    public async Task<InForce> AtAsync(DateTimeOffset instant, CancellationToken cancel = default)
    {
        return new InForce(InForceAt.Select(await DocumentsAsync(cancel), instant), parsed);
    }

    /// <summary>Rule packs that have reached their own last day with nothing in their place: their rules are not asked any more, and somebody must know.</summary>
    public async Task<IReadOnlyList<PublishedDocument>> RunOutAsync(DateTimeOffset instant, CancellationToken cancel = default) =>
        [.. InForceAt.RunOut(await DocumentsAsync(cancel), instant).Where(d => d.Kind == DocumentKinds.RulePack)];

    /// <summary>Instants after this one at which an approved document of the kind comes into force or ends, soonest first.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> ChangesAsync(string kind, DateTimeOffset after, CancellationToken cancel = default) =>
        [.. (await DocumentsAsync(cancel)).Where(d => d.Kind == kind && d.State is DocumentState.Approved or DocumentState.Retired)
            .SelectMany(d => new[] { d.EffectiveFrom, d.EffectiveTo }).OfType<DateTimeOffset>().Where(at => at > after).Distinct().Order()];

    /// <summary>Exactly the documents a visit was registered under, whatever has been published since.</summary>
    public async Task<InForce> PinnedAsync(string hash, CancellationToken cancel = default)
    {
        if (cache.Pinned.TryGetValue(tenant.Current.Name + hash, out var known)) return known;
        var set = await store.Set<ConfigurationSet>().AsNoTracking().SingleAsync(s => s.Hash == hash, cancel);
        var ids = JsonSerializer.Deserialize<List<Guid>>(set.DocumentIdsJson)!;
        var documents = (await DocumentsAsync(cancel)).Where(d => ids.Contains(d.Id)).ToList();
        if (documents.Count != ids.Count) throw new InvalidOperationException($"Configuration set {hash} names documents that are gone.");
        return cache.Pinned.GetOrAdd(tenant.Current.Name + hash, new InForce(documents, parsed));
    }

    /// <summary>Keeps the set so that a visit can name it by hash; part of the caller's transaction.</summary>
    public async Task PinAsync(InForce set, CancellationToken cancel = default)
    {
        await store.Database.ExecuteSqlAsync(
            $"""INSERT INTO configuration_sets ("Hash", "DocumentIdsJson") VALUES ({set.Hash}, {set.IdsJson}) ON CONFLICT DO NOTHING""", cancel);
    }

    private async Task<IReadOnlyList<PublishedDocument>> DocumentsAsync(CancellationToken cancel)
    {
        var revision = await RevisionAsync(cancel);
        if (cache.Read.TryGetValue(tenant.Current.Name, out var read) && read.Revision == revision) return read.Documents;
        var documents = await store.Set<PublishedDocument>().AsNoTracking().ToListAsync(cancel);
        cache.Read[tenant.Current.Name] = (revision, documents);
        return documents;
    }
}
