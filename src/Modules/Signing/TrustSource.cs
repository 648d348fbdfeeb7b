using System.Runtime.ExceptionServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Signing;

/// <summary>Gathers what proves signatures later: of the authorities in use, and of those that were.</summary>
internal sealed class TrustSource(Authorities authorities, BuiltInAuthority builtIn, IRevocationSource outside, Store store) : ITrustSource
{
    /// <summary>As long as somebody waits for a page without doubting it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <param name="Certificate">About which was asked.</param>
    /// <param name="Said">Lists or states, DER.</param>
    /// <param name="Failure">Why nothing was said; null when it was.</param>
    private sealed record Answer(byte[] Certificate, IReadOnlyList<byte[]> Said, ExceptionDispatchInfo? Failure);

    public async Task<IReadOnlyList<byte[]>> RootsAsync(CancellationToken cancel = default) => Of(await KnownAsync(cancel), AuthorityRoles.Root);

    public Task<(TrustMaterial? Trust, SigningFault? Fault)> CollectAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default) =>
        authorities.TryAsync(() => CompleteAsync(certificates, cancel));

    public async Task<(TrustMaterial Trust, bool Unanswered)> KnownNowAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        var (trust, silent) = await GatherAsync(certificates, limit.Token, cancel);
        return (trust, silent.Count > 0);
    }

    private Task<List<KnownAuthority>> KnownAsync(CancellationToken cancel) => store.Set<KnownAuthority>().AsNoTracking().OrderBy(a => a.SeenAt).ThenBy(a => a.Thumbprint).ToListAsync(cancel);

    private static List<byte[]> Of(IEnumerable<KnownAuthority> known, string role) => [.. known.Where(a => a.Role == role).Select(a => a.Certificate)];

    private async Task<(TrustMaterial Trust, IReadOnlyList<Answer> Silent)> GatherAsync(IReadOnlyList<byte[]> certificates, CancellationToken limit, CancellationToken cancel)
    {
        var known = await KnownAsync(cancel);
        var (roots, issuing, stampers) = (Of(known, AuthorityRoles.Root), Of(known, AuthorityRoles.Issuing), Of(known, AuthorityRoles.Timestamps));
        var own = await builtIn.OwnAsync(certificates, cancel);
        var (crls, ocsp) = (new List<byte[]>(), new List<byte[]>());
        if (own.Count > 0) crls.Add(await builtIn.CrlAsync(cancel));
        // Of those who stamp lists are enough: their certificates last for years and are few.
        var asked = certificates.Where(c => !stampers.Exists(s => s.AsSpan().SequenceEqual(c))).ToList();
        foreach (var certificate in asked.Where(own.Contains)) ocsp.Add(await builtIn.OcspAsync(certificate, cancel));
        var lists = Task.WhenAll(certificates.Except(own).GroupBy(IssuerOf).Select(issued => AskAsync(issued.First(), () => outside.CrlsAsync([.. issued], limit), cancel)));
        var states = Task.WhenAll(asked.Except(own).Select(c => (Certificate: c, Issuer: issuing.Concat(roots).FirstOrDefault(der => Issued(der, c)))).Where(p => p.Issuer is not null)
            .Select(p => AskAsync(p.Certificate, async () => await outside.OcspAsync(p.Certificate, p.Issuer!, limit) is { } state ? [state] : [], cancel)));
        crls.AddRange((await lists).SelectMany(a => a.Said));
        ocsp.AddRange((await states).SelectMany(a => a.Said));
        return (new TrustMaterial(roots, [.. issuing, .. stampers], crls, ocsp), [.. (await lists).Concat(await states).Where(a => a.Failure is not null)]);
    }

    private static async Task<Answer> AskAsync(byte[] certificate, Func<Task<IReadOnlyList<byte[]>>> ask, CancellationToken cancel)
    {
        try
        {
            return new Answer(certificate, await ask(), null);
        }
        catch (Exception e) when (e is AuthorityUnavailableException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return new Answer(certificate, [], ExceptionDispatchInfo.Capture(e));
        }
    }

    /// <summary>An authority may end, and what it signed has to be kept all the same: only one in use has to answer.</summary>
    private async Task<TrustMaterial> CompleteAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel)
    {
        var (trust, silent) = await GatherAsync(certificates, cancel, cancel);
        foreach (var answer in silent)
            if (await InUseAsync(answer.Certificate, cancel)) answer.Failure!.Throw();
        return trust;
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
