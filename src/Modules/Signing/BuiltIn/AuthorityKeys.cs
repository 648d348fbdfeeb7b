using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing.BuiltIn;

/// <summary>The built-in authority's keys. Made once, when a tenant is set up or migrated; the root signs then and never again.</summary>
internal sealed class AuthorityKeys(Stores stores, MasterKey master, PublicAddress addresses, TimeProvider clock) : ITenantSetUp
{
    private const int RootYears = 30;
    private const int Years = 20;

    public async Task SetUpAsync(Tenant tenant, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant);
        if (await store.Set<AuthorityKey>().AnyAsync(cancel)) return;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        foreach (var key in Make(tenant)) store.Add(key);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>A key that serves requests; the root's is none of them.</summary>
    /// <param name="role">Issuing, timestamps or ocsp of <see cref="AuthorityRoles"/>.</param>
    public OpenedKey Open(Tenant tenant, AuthorityKey row)
    {
        if (row.Role == AuthorityRoles.Root) throw new InvalidOperationException("The root's key does not serve.");
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Cipher.Open(Sealing(tenant, row.Role), row.SealedKey), out _);
        return new OpenedKey(X509CertificateLoader.LoadCertificate(row.Certificate), key);
    }

    private IEnumerable<AuthorityKey> Make(Tenant tenant)
    {
        var (station, address) = (tenant.Configuration().GetValueOrDefault("Description", tenant.Name), addresses.Of(tenant));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Certify(station, "测试根 CA", rootKey, CertificateForm.OfRoot(), null, rootKey, RootYears);
        yield return Row(tenant, AuthorityRoles.Root, root, rootKey);
        using var issuing = Certify(station, "测试签发 CA", issuingKey, [.. CertificateForm.OfIssuer(), .. CertificateForm.Places(address, PkiEndpoints.Root)], root, rootKey, Years);
        yield return Row(tenant, AuthorityRoles.Issuing, issuing, issuingKey);
        foreach (var (role, what, form) in new[] { (AuthorityRoles.Timestamps, "测试时间戳", CertificateForm.OfTimestamps()), (AuthorityRoles.Ocsp, "测试证书状态", CertificateForm.OfOcsp()) })
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = Certify(station, what, key, [.. form, .. CertificateForm.Places(address, PkiEndpoints.Issuer)], issuing, issuingKey, Years);
            yield return Row(tenant, role, certificate, key);
        }
    }

    private X509Certificate2 Certify(string station, string what, ECDsa key, IEnumerable<X509Extension> extensions, X509Certificate2? issuer, ECDsa issuerKey, int years)
    {
        var from = clock.GetUtcNow() - CertificateForm.Skew;
        return CertificateForm.Sign(CertificateForm.AuthorityName(station, what), new PublicKey(key), extensions, issuer, issuerKey, from, from.AddYears(years));
    }

    private AuthorityKey Row(Tenant tenant, string role, X509Certificate2 certificate, ECDsa key) => new()
    {
        Role = role, Certificate = certificate.RawData, SealedKey = Cipher.Seal(Sealing(tenant, role), key.ExportPkcs8PrivateKey()), CreatedAt = clock.GetUtcNow(),
    };

    private byte[] Sealing(Tenant tenant, string role) => master.Derive($"pki:{role}:{tenant.TenantId}");
}

/// <summary>A certificate and its key while it signs.</summary>
internal sealed record OpenedKey(X509Certificate2 Certificate, ECDsa Key) : IDisposable
{
    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
    }
}
