using Microsoft.EntityFrameworkCore;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Signing;

/// <summary>Gathers what proves signatures later: of the authorities in use, and of those that were.</summary>
internal sealed class TrustSource(Authorities authorities, BuiltInAuthority builtIn, Store store) : ITrustSource
{
    public Task<(TrustMaterial? Trust, SigningFault? Fault)> CollectAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default) =>
        authorities.TryAsync(() => GatherAsync(certificates, cancel));

    private async Task<TrustMaterial> GatherAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel)
    {
        await authorities.RememberAsync(await authorities.Certificates.ChainAsync(cancel), cancel);
        await authorities.RememberAsync(await authorities.Timestamps.ChainAsync(cancel), cancel);
        var known = await store.Set<KnownAuthority>().AsNoTracking().OrderBy(a => a.SeenAt).ThenBy(a => a.Thumbprint).ToListAsync(cancel);
        List<byte[]> Of(string role) => [.. known.Where(a => a.Role == role).Select(a => a.Certificate)];
        var (issuing, stampers) = (Of(AuthorityRoles.Issuing), Of(AuthorityRoles.Timestamps));
        IReadOnlyList<byte[]> covered = [.. certificates, .. stampers];
        var crls = new List<byte[]>(await authorities.Certificates.CrlsAsync(covered, cancel));
        if (authorities.Certificates.Kind != builtIn.Kind) crls.AddRange(await builtIn.CrlsAsync(covered, cancel));
        var ocsp = new List<byte[]>();
        foreach (var certificate in certificates)
            if (await (await builtIn.IssuedAsync(certificate, cancel) ? builtIn : authorities.Certificates).OcspAsync(certificate, cancel) is { } answer) ocsp.Add(answer);
        return new TrustMaterial(Of(AuthorityRoles.Root), [.. issuing, .. stampers], crls, ocsp);
    }
}
