using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing;

/// <summary>The authorities this tenant has chosen, what they issue, and a memory of whom it has ever signed with.</summary>
internal sealed class Authorities(
    IEnumerable<ICertificateAuthority> certificates, IEnumerable<ITimestampAuthority> timestamps, SigningSettings settings, Stores stores, TenantContext tenant, StationClock station, ILogger<Authorities> log)
{
    /// <summary>Clocks differ, and an authority may begin a certificate a little before it is asked.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    private const string TooLong = "valid too long";

    public ICertificateAuthority Certificates => certificates.SingleOrDefault(a => a.Kind == settings.Authority)
        ?? throw new AuthorityUnavailableException(settings.Authority, "there is no such authority; setting Signing:Authority");

    /// <summary>The authority that issued something earlier; null when it is not there any more.</summary>
    public ICertificateAuthority? Find(string kind) => certificates.SingleOrDefault(a => a.Kind == kind);

    public ITimestampAuthority Timestamps => timestamps.SingleOrDefault(a => a.Kind == settings.Timestamps)
        ?? throw new AuthorityUnavailableException(settings.Timestamps, "there is no such authority; setting Signing:Timestamps");

    public static SigningFault Unavailable { get; } = new(SigningFaultKind.Unavailable, "电子认证服务暂时没有应答，没有签名", "请稍后再试；一直不能签名时请联系系统管理员");

    /// <summary>Has a key certified under this name, and makes sure that what comes back is what was asked for.</summary>
    public async Task<X509Certificate2> CertifyAsync(ECDsa key, string commonName, string serialNumber, CertificateProfile profile, CancellationToken cancel)
    {
        var subject = SubjectName.Of(await StationNameAsync(cancel), commonName, serialNumber);
        var authority = Certificates;
        var issued = await authority.IssueAsync(new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequest(), profile, cancel);
        var certificate = X509CertificateLoader.LoadCertificate(issued);
        if (Unfit(certificate, key, subject, profile) is not { } wrong)
        {
            if ((await IssuersAsync(certificate, cancel)).Count == 0) await RememberAsync(await authority.ChainAsync(cancel), cancel);
            return certificate;
        }
        var lasts = certificate.NotAfter - certificate.NotBefore;
        certificate.Dispose();
        throw new AuthorityUnavailableException(authority.Kind, "the certificate is not what was asked for: " + wrong) { Fault = wrong == TooLong ? Lasting(lasts, profile) : null };
    }

    /// <summary>As the station calls itself in certificates.</summary>
    public async Task<string> StationNameAsync(CancellationToken cancel) => (await station.SettingsAsync(cancel)).SiteName is { Length: > 0 } site ? site : tenant.Current.Name;

    public async Task<AuthorityChain> RememberTimestampsAsync(CancellationToken cancel)
    {
        var chain = await Timestamps.ChainAsync(cancel);
        await RememberAsync(chain, cancel);
        return chain;
    }

    /// <summary>Issuers above a certificate, nearest first, without the root: from what is known here, so that a signature by staff needs no authority but the timestamp's.</summary>
    public async Task<IReadOnlyList<X509Certificate2>> IssuersAsync(X509Certificate2 certificate, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant.Current);
        var known = await store.Set<KnownAuthority>().AsNoTracking().Where(a => a.Role == AuthorityRoles.Issuing).Select(a => a.Certificate).ToListAsync(cancel);
        var (chain, below) = (new List<X509Certificate2>(), certificate.RawData);
        while (known.Select(der => X509CertificateLoader.LoadCertificate(der)).FirstOrDefault(issuer => CertificateLinks.Issued(issuer, below)) is { } next && chain.Count < known.Count)
        {
            chain.Add(next);
            below = next.RawData;
        }
        return chain;
    }

    public async Task<bool> KnowsAsync(byte[] certificate, CancellationToken cancel)
    {
        var thumbprint = Convert.ToHexString(SHA256.HashData(certificate));
        await using var store = stores.Open(tenant.Current);
        return await store.Set<KnownAuthority>().AnyAsync(a => a.Thumbprint == thumbprint, cancel);
    }

    public async Task RememberAsync(AuthorityChain chain, CancellationToken cancel, byte[]? timestampSigner = null)
    {
        var seen = chain.Roots.Select(der => (AuthorityRoles.Root, der)).Concat(chain.Issuers.Select(der => (AuthorityRoles.Issuing, der)))
            .Concat(timestampSigner is null ? [] : [(AuthorityRoles.Timestamps, timestampSigner)]).Select(c => new KnownAuthority
            {
                Thumbprint = Convert.ToHexString(SHA256.HashData(c.Item2)), Role = c.Item1, Certificate = c.Item2, SeenAt = station.Now,
            }).DistinctBy(a => a.Thumbprint).ToList();
        var thumbprints = seen.ConvertAll(a => a.Thumbprint);
        await using var store = stores.Open(tenant.Current);
        var known = await store.Set<KnownAuthority>().Where(a => thumbprints.Contains(a.Thumbprint)).Select(a => a.Thumbprint).ToListAsync(cancel);
        if (known.Count == seen.Count) return;
        store.AddRange(seen.Where(a => !known.Contains(a.Thumbprint)));
        // Who signs at the same moment writes them too.
        await Race.WonAsync(store, WriteAsync, async () => await store.Set<KnownAuthority>().CountAsync(a => thumbprints.Contains(a.Thumbprint), cancel) == seen.Count);

        async Task WriteAsync()
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    /// <summary>An outage becomes a fault the person at the screen can understand; the reason goes into the log.</summary>
    public async Task<(T? Value, SigningFault? Fault)> TryAsync<T>(Func<Task<T>> work) where T : class
    {
        try
        {
            return (await work(), null);
        }
        catch (AuthorityUnavailableException e)
        {
            log.LogWarning(e, "Signing of tenant {Tenant} has no authority", tenant.Current.Name);
            return (null, e.Fault ?? Unavailable);
        }
    }

    /// <summary>The longest a certificate of this profile may last: a calendar year may have 366 days.</summary>
    public static TimeSpan Longest(CertificateProfile profile) => Limit(profile) + Tolerance;

    private static TimeSpan Limit(CertificateProfile profile) => profile == CertificateProfile.OneAct ? TimeSpan.FromHours(24) : TimeSpan.FromDays(366);

    private static SigningFault Lasting(TimeSpan lasts, CertificateProfile profile) => new(
        SigningFaultKind.Unusable, $"认证机构签发的证书有效期太长（{lasts.TotalHours:0} 小时，最长 {Limit(profile).TotalHours:0} 小时），不能使用", "请联系系统管理员，请认证机构改正证书的有效期");

    private static string? Unfit(X509Certificate2 certificate, ECDsa key, X500DistinguishedName subject, CertificateProfile profile)
    {
        return !certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()) ? "another key"
            : SubjectName.Part(certificate.SubjectName, SubjectName.CommonName) != SubjectName.Part(subject, SubjectName.CommonName) ? "another name"
            : SubjectName.Part(certificate.SubjectName, SubjectName.SerialNumber) != SubjectName.Part(subject, SubjectName.SerialNumber) ? "another person"
            : certificate.NotAfter - certificate.NotBefore > Longest(profile) ? TooLong
            : null;
    }
}
