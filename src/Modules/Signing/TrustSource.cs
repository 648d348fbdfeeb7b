using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Signing;

/// <summary>Gathers what proves signatures later: of the authorities in use, and of those that were.</summary>
internal sealed class TrustSource(Authorities authorities, BuiltInAuthority builtIn, IRevocationSource outside, Store store) : ITrustSource
{
    public Task<(TrustMaterial? Trust, SigningFault? Fault)> CollectAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default) =>
        authorities.TryAsync(() => GatherAsync(certificates, cancel));

    private async Task<TrustMaterial> GatherAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel)
    {
        await authorities.RememberAsync(await authorities.Certificates.ChainAsync(cancel), cancel);
        await authorities.RememberAsync(await authorities.Timestamps.ChainAsync(cancel), cancel);
        var known = await store.Set<KnownAuthority>().AsNoTracking().OrderBy(a => a.SeenAt).ThenBy(a => a.Thumbprint).ToListAsync(cancel);
        List<byte[]> Of(string role) => [.. known.Where(a => a.Role == role).Select(a => a.Certificate)];
        var (roots, issuing, stampers) = (Of(AuthorityRoles.Root), Of(AuthorityRoles.Issuing), Of(AuthorityRoles.Timestamps));
        IReadOnlyList<byte[]> covered = [.. certificates, .. stampers];
        var own = await builtIn.OwnAsync(covered, cancel);
        var ocsp = new List<byte[]>();
        foreach (var certificate in certificates)
            if (await AnswerAsync(certificate, own.Contains(certificate), [.. issuing, .. roots], cancel) is { } answer) ocsp.Add(answer);
        return new TrustMaterial(roots, [.. issuing, .. stampers], [await builtIn.CrlAsync(cancel), .. await outside.CrlsAsync([.. covered.Except(own)], cancel)], ocsp);
    }

    private async Task<byte[]?> AnswerAsync(byte[] certificate, bool own, IEnumerable<byte[]> issuers, CancellationToken cancel)
    {
        if (own) return await builtIn.OcspAsync(certificate, cancel);
        var issuer = issuers.FirstOrDefault(der =>
        {
            using var candidate = X509CertificateLoader.LoadCertificate(der);
            return CertificateLinks.Issued(candidate, certificate);
        });
        return issuer is null ? null : await outside.OcspAsync(certificate, issuer, cancel);
    }
}
