using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing.BuiltIn;

/// <summary>The authority the product brings along: for tests and demonstrations, without legal force. It writes by a store of its own, so whoever asks may have unsaved changes.</summary>
internal sealed class BuiltInAuthority(Stores stores, TenantContext tenant, AuthorityKeys keys, PublicAddress addresses, FieldCipher cipher, OcspResponder responder, TimeProvider clock) : ICertificateAuthority
{
    private static readonly TimeSpan CrlLasts = TimeSpan.FromDays(1);

    public string Kind => SigningSettings.BuiltIn;

    public static TimeSpan Lasts(CertificateProfile profile) => profile == CertificateProfile.OneAct ? TimeSpan.FromHours(24) : TimeSpan.FromDays(365);

    public async Task<AuthorityChain> ChainAsync(CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant.Current);
        return new AuthorityChain([(await RowAsync(store, AuthorityRoles.Root, cancel)).Certificate], [(await RowAsync(store, AuthorityRoles.Issuing, cancel)).Certificate]);
    }

    public async Task<byte[]> IssueAsync(byte[] request, CertificateProfile profile, CancellationToken cancel = default)
    {
        var asked = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256);
        await using var store = stores.Open(tenant.Current);
        using var issuer = keys.Open(tenant.Current, await RowAsync(store, AuthorityRoles.Issuing, cancel));
        var from = clock.GetUtcNow() - CertificateForm.Skew;
        using var certificate = CertificateForm.Sign(SubjectName.Marked(asked.SubjectName, CertificateForm.Mark), asked.PublicKey,
            [.. CertificateForm.OfSigner(), .. CertificateForm.Places(addresses.Of(tenant.Current), PkiEndpoints.Issuer)], issuer.Certificate, issuer.Key, from, from + Lasts(profile));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(new IssuedCertificate
        {
            Serial = certificate.SerialNumber, Profile = profile.ToString(), ProtectedCertificate = cipher.Protect(certificate.RawDataMemory.Span), IssuedAt = clock.GetUtcNow(), NotAfter = from + Lasts(profile),
        });
        await transaction.CommitAsync(cancel);
        return certificate.RawData;
    }

    public async Task<bool> RevokeAsync(byte[] certificate, X509RevocationReason reason, CancellationToken cancel = default)
    {
        using var revoked = X509CertificateLoader.LoadCertificate(certificate);
        await using var store = stores.Open(tenant.Current);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (!await store.Set<IssuedCertificate>().AnyAsync(c => c.Serial == revoked.SerialNumber, cancel)) return false;
        if (await store.Set<RevokedCertificate>().AnyAsync(c => c.Serial == revoked.SerialNumber, cancel)) return true;
        store.Add(new RevokedCertificate { Serial = revoked.SerialNumber, Reason = (int)reason, At = NextSecond(clock.GetUtcNow()) });
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>Lists and answers know whole seconds (RFC 5280 §4.1.2.5.2): rounded down, a revocation would take in what was signed just before it.</summary>
    private static DateTimeOffset NextSecond(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds() + 1);

    /// <summary>Which of these certificates are its own, timestamps' and status' included.</summary>
    public async Task<IReadOnlyList<byte[]>> OwnAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant.Current);
        using var issuer = X509CertificateLoader.LoadCertificate((await RowAsync(store, AuthorityRoles.Issuing, cancel)).Certificate);
        return [.. certificates.Where(der => CertificateLinks.Issued(issuer, der))];
    }

    public async Task<byte[]> OcspAsync(byte[] certificate, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant.Current);
        var issuer = await RowAsync(store, AuthorityRoles.Issuing, cancel);
        return await responder.AnswerAsync(store, tenant.Current, OcspResponder.Ask(certificate, issuer.Certificate), cancel);
    }

    /// <summary>Everything ever revoked: a list of today also answers for a signature of long ago.</summary>
    public async Task<byte[]> CrlAsync(CancellationToken cancel)
    {
        await using var store = stores.Open(tenant.Current);
        var now = clock.GetUtcNow();
        var list = new CertificateRevocationListBuilder();
        foreach (var revoked in await store.Set<RevokedCertificate>().AsNoTracking().OrderBy(c => c.At).ToListAsync(cancel))
            list.AddEntry(Convert.FromHexString(revoked.Serial), revoked.At, (X509RevocationReason)revoked.Reason);
        using var issuer = keys.Open(tenant.Current, await RowAsync(store, AuthorityRoles.Issuing, cancel));
        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuer.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single());
        return list.Build(issuer.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.Key), now.ToUnixTimeMilliseconds(), now + CrlLasts, HashAlgorithmName.SHA256, identifier, now);
    }

    public static async Task<AuthorityKey> RowAsync(Store store, string role, CancellationToken cancel) =>
        await store.Set<AuthorityKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Role == role, cancel)
        ?? throw new AuthorityUnavailableException(SigningSettings.BuiltIn, "this tenant has no keys of it yet: run migrate");
}
