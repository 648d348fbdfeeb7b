using Microsoft.EntityFrameworkCore;
using Platform.Publishing;
using Platform.Storage;

namespace Platform.Tenancy;

/// <summary>Something only one tenant of the province may use: a station code, a fonds, a pack's id, a port, an address.</summary>
public sealed class ProvinceRegistration
{
    public required string Kind { get; init; }
    public required string Value { get; init; }
    public required string Tenant { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>What a tenant is about to use.</summary>
/// <param name="Title">What it is, zh-CN.</param>
/// <param name="File">File it stands in.</param>
/// <param name="Path">Place in the file.</param>
public sealed record ProvinceClaim(string Kind, string Value, string Title, string File, string Path)
{
    /// <summary>The value stands at the beginning of numbers, so that none may begin with another.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>Nothing in the world remembers it: the tenant gives it back when it uses it no more.</summary>
    public bool IsTemporary { get; init; }

    internal bool Meets(ProvinceRegistration other) => Kind == other.Kind && (IsPrefix
        ? Value.StartsWith(other.Value, StringComparison.OrdinalIgnoreCase) || other.Value.StartsWith(Value, StringComparison.OrdinalIgnoreCase)
        : Value.Equals(other.Value, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What documents of a tenant claim in the province.</summary>
public interface IClaims
{
    /// <param name="own">The tenant's own documents, not those of layers above it.</param>
    IEnumerable<ProvinceClaim> Of(IReadOnlyList<PublishedDocument> own);
}

/// <summary>The register of what must be unique in the province. A number once used by a station stays its own, also after its settings have changed; the database refuses a second use.</summary>
public sealed class ProvinceRegistry(Stores stores, TimeProvider clock)
{
    public async Task<IReadOnlyList<SetFinding>> ConflictsAsync(string tenant, IReadOnlyList<ProvinceClaim> claims, CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost();
        var others = (await host.Registrations.AsNoTracking().ToListAsync(cancel)).Where(r => !r.Tenant.Equals(tenant, StringComparison.OrdinalIgnoreCase)).ToList();
        return [.. claims.SelectMany(c => others.Where(c.Meets).Select(o => new SetFinding(c.File, c.Path, $"{c.Title} {o.Value} 已由 {o.Tenant} 使用，全省不能重复", "请改成本站自己的")))];
    }

    /// <summary>Registers what is not registered yet.</summary>
    /// <returns>What was added, to be given back should the change come to nothing.</returns>
    /// <exception cref="SetException">Another tenant has it.</exception>
    public async Task<IReadOnlyList<ProvinceClaim>> ClaimAsync(string tenant, IReadOnlyList<ProvinceClaim> claims, CancellationToken cancel = default)
    {
        SetException.ThrowIfAny(await ConflictsAsync(tenant, claims, cancel));
        await using var host = stores.OpenHost();
        var known = (await host.Registrations.AsNoTracking().ToListAsync(cancel)).Select(r => (r.Kind, r.Value)).ToHashSet();
        var added = claims.DistinctBy(c => (c.Kind, c.Value)).Where(c => !known.Contains((c.Kind, c.Value))).ToList();
        host.AddRange(added.Select(c => new ProvinceRegistration { Kind = c.Kind, Value = c.Value, Tenant = tenant, At = clock.GetUtcNow() }));
        try
        {
            await host.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // Somebody else was faster by a moment: now it is in the register and can be named.
            SetException.ThrowIfAny(await ConflictsAsync(tenant, claims, cancel));
            throw;
        }
        return added;
    }

    public async Task GiveBackAsync(string tenant, IReadOnlyList<ProvinceClaim> claims, CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost();
        foreach (var claim in claims)
            await host.Registrations.Where(r => r.Kind == claim.Kind && r.Value == claim.Value && r.Tenant == tenant).ExecuteDeleteAsync(cancel);
    }

    /// <summary>Gives back what of this kind the tenant does not claim any more.</summary>
    public async Task KeepOnlyAsync(string tenant, string kind, IReadOnlyCollection<string> values, CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost();
        await host.Registrations.Where(r => r.Kind == kind && r.Tenant == tenant && !values.Contains(r.Value)).ExecuteDeleteAsync(cancel);
    }
}
