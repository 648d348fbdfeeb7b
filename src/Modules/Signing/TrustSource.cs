using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Signing;

/// <summary>Gathers what proves signatures later: of the authorities in use, and of those that were.</summary>
internal sealed class TrustSource(Authorities authorities, BuiltInAuthority builtIn, IRevocationSource outside, Store store) : ITrustSource
{
    public async Task<IReadOnlyList<byte[]>> RootsAsync(CancellationToken cancel = default) => Of(await KnownAsync(cancel), AuthorityRoles.Root);

    public Task<(TrustMaterial? Trust, SigningFault? Fault)> CollectAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default) =>
        authorities.TryAsync(() => GatherAsync(certificates, cancel));

    private Task<List<KnownAuthority>> KnownAsync(CancellationToken cancel) => store.Set<KnownAuthority>().AsNoTracking().OrderBy(a => a.SeenAt).ThenBy(a => a.Thumbprint).ToListAsync(cancel);

    private static List<byte[]> Of(IEnumerable<KnownAuthority> known, string role) => [.. known.Where(a => a.Role == role).Select(a => a.Certificate)];

    private async Task<TrustMaterial> GatherAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel)
    {
        var known = await KnownAsync(cancel);
        var (roots, issuing, stampers) = (Of(known, AuthorityRoles.Root), Of(known, AuthorityRoles.Issuing), Of(known, AuthorityRoles.Timestamps));
        var own = await builtIn.OwnAsync(certificates, cancel);
        var (crls, ocsp) = (new List<byte[]>(), new List<byte[]>());
        if (own.Count > 0) crls.Add(await builtIn.CrlAsync(cancel));
        foreach (var issued in certificates.Except(own).GroupBy(IssuerOf))
            crls.AddRange(await AskAsync(issued.First(), async () => await outside.CrlsAsync([.. issued], cancel), cancel) ?? []);
        // Of those who stamp lists are enough: their certificates last for years and are few.
        foreach (var certificate in certificates.Where(c => !stampers.Exists(s => s.AsSpan().SequenceEqual(c))))
            if (await AnswerAsync(certificate, own.Contains(certificate), [.. issuing, .. roots], cancel) is { } answer) ocsp.Add(answer);
        return new TrustMaterial(roots, [.. issuing, .. stampers], crls, ocsp);
    }

    private async Task<byte[]?> AnswerAsync(byte[] certificate, bool own, IEnumerable<byte[]> issuers, CancellationToken cancel)
    {
        if (own) return await builtIn.OcspAsync(certificate, cancel);
        var issuer = issuers.FirstOrDefault(der => Issued(der, certificate));
        return issuer is null ? null : await AskAsync(certificate, () => outside.OcspAsync(certificate, issuer, cancel), cancel);
    }

    /// <summary>Null when nobody answers who is asked no more for anything else: an authority may end, and what it signed has to be kept all the same.</summary>
    private async Task<T?> AskAsync<T>(byte[] certificate, Func<Task<T?>> ask, CancellationToken cancel) where T : class
    {
        try
        {
            return await ask();
        }
        catch (AuthorityUnavailableException)
        {
            if (await InUseAsync(certificate, cancel)) throw;
            return null;
        }
    }

    private async Task<bool> InUseAsync(byte[] certificate, CancellationToken cancel)
    {
        var (issuing, stamping) = (await authorities.Certificates.ChainAsync(cancel), await authorities.Timestamps.ChainAsync(cancel));
        return issuing.Issuers.Concat(issuing.Roots).Concat(stamping.Issuers).Concat(stamping.Roots).Any(der => Issued(der, certificate));
    }

    private static bool Issued(byte[] issuer, byte[] certificate)
    {
        using var candidate = X509CertificateLoader.LoadCertificate(issuer);
        return CertificateLinks.Issued(candidate, certificate);
    }

    private static string IssuerOf(byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return Convert.ToHexString(certificate.IssuerName.RawData);
    }
}
