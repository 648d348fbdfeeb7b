using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>What this tenant's documents use of what is unique in the province.</summary>
public sealed class SetClaims(TenantContext tenant, ProvinceRegistry registry, IEnumerable<IClaims> sources)
{
    /// <summary>Claims of the tenant's own documents; those of layers above it are their owner's.</summary>
    public IReadOnlyList<ProvinceClaim> Of(IEnumerable<PublishedDocument> documents)
    {
        var own = documents.Where(d => tenant.Current.IsProvince || d.Layer == DocumentLayer.Station).ToList();
        return [.. sources.SelectMany(s => s.Of(own))];
    }

    public Task<IReadOnlyList<SetFinding>> ConflictsAsync(IReadOnlyList<ProvinceClaim> claims, CancellationToken cancel = default) => registry.ConflictsAsync(tenant.Current.Name, claims, cancel);

    /// <summary>Registers, then writes; what was registered for nothing is given back.</summary>
    /// <exception cref="SetException">Another tenant has one of them.</exception>
    public async Task HoldAsync(IReadOnlyList<ProvinceClaim> claims, Func<Task> write, CancellationToken cancel = default)
    {
        var added = await registry.ClaimAsync(tenant.Current.Name, claims, cancel);
        try
        {
            await write();
        }
        catch
        {
            await registry.GiveBackAsync(tenant.Current.Name, added, CancellationToken.None);
            throw;
        }
        foreach (var kind in claims.Where(c => c.IsTemporary).GroupBy(c => c.Kind))
            await registry.KeepOnlyAsync(tenant.Current.Name, kind.Key, [.. kind.Select(c => c.Value)], cancel);
    }
}

/// <summary>A pack's id names it in every verdict of the province, so no second pack bears it.</summary>
public sealed class PackIdClaims : IClaims
{
    public IEnumerable<ProvinceClaim> Of(IReadOnlyList<PublishedDocument> own) => own.Where(d => d.Kind == DocumentKinds.RulePack)
        .Select(d => new ProvinceClaim("pack", d.Name.ToLowerInvariant(), "规则包", d.Name + ".rules.json", "$.id"));
}
