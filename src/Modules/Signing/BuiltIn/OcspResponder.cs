using Microsoft.EntityFrameworkCore;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing.BuiltIn;

/// <summary>Says which certificates of the built-in authority are good (RFC 6960).</summary>
internal sealed class OcspResponder(AuthorityKeys keys, TimeProvider clock)
{
    private const int MostCertificates = 20;
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    /// <summary>A request about one certificate.</summary>
    public static byte[] Ask(byte[] certificate, byte[] issuer)
    {
        var generator = new OcspReqGenerator();
        generator.AddRequest(new CertificateID(CertificateID.DigestSha1, new X509Certificate(issuer), new X509Certificate(certificate).SerialNumber));
        return generator.Generate().GetEncoded();
    }

    public async Task<byte[]> AnswerAsync(Store store, Tenant tenant, byte[] request, CancellationToken cancel)
    {
        if (Read(request) is not { } asked) return new OCSPRespGenerator().Generate(OcspRespStatus.MalformedRequest, null).GetEncoded();
        var issuer = new X509Certificate((await BuiltInAuthority.RowAsync(store, AuthorityRoles.Issuing, cancel)).Certificate);
        var row = await BuiltInAuthority.RowAsync(store, AuthorityRoles.Ocsp, cancel);
        var (signer, now) = (new X509Certificate(row.Certificate), clock.GetUtcNow().UtcDateTime);
        var answer = new BasicOcspRespGenerator(new RespID(signer.SubjectDN));
        foreach (var one in asked.GetRequestList())
            answer.AddResponse(one.GetCertID(), await StatusAsync(store, one.GetCertID(), issuer, cancel), now, now + Lasts, null);
        if (asked.GetExtensionValue(OcspObjectIdentifiers.PkixOcspNonce) is { } nonce)
            answer.SetResponseExtensions(new X509Extensions(new Dictionary<Org.BouncyCastle.Asn1.DerObjectIdentifier, Org.BouncyCastle.Asn1.X509.X509Extension> { [OcspObjectIdentifiers.PkixOcspNonce] = new(false, nonce) }));
        using var opened = keys.Open(tenant, row);
        var signature = new Asn1SignatureFactory("SHA256withECDSA", PrivateKeyFactory.CreateKey(opened.Key.ExportPkcs8PrivateKey()));
        return new OCSPRespGenerator().Generate(OcspRespStatus.Successful, answer.Generate(signature, [signer], now)).GetEncoded();
    }

    /// <summary>Null for bytes that are no request, or one about too much at once.</summary>
    private static OcspReq? Read(byte[] request)
    {
        try
        {
            var asked = new OcspReq(request);
            return asked.GetRequestList().Length is > 0 and <= MostCertificates ? asked : null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidCastException or NullReferenceException)
        {
            return null;
        }
    }

    private static async Task<CertificateStatus?> StatusAsync(Store store, CertificateID id, X509Certificate issuer, CancellationToken cancel)
    {
        if (!id.MatchesIssuer(issuer)) return new UnknownStatus();
        var serial = Convert.ToHexString(id.SerialNumber.ToByteArray());
        if (await store.Set<RevokedCertificate>().AsNoTracking().SingleOrDefaultAsync(c => c.Serial == serial, cancel) is { } revoked)
            return new RevokedStatus(revoked.At.UtcDateTime, revoked.Reason);
        return await store.Set<IssuedCertificate>().AnyAsync(c => c.Serial == serial, cancel) || await ServesAsync(store, id, issuer, cancel) ? CertificateStatus.Good : new UnknownStatus();
    }

    /// <summary>Whoever stamps and answers for the authority is certified by it too, and stands beside its own key.</summary>
    private static async Task<bool> ServesAsync(Store store, CertificateID id, X509Certificate issuer, CancellationToken cancel)
    {
        var own = await store.Set<AuthorityKey>().AsNoTracking().Select(k => k.Certificate).ToListAsync(cancel);
        return own.Select(der => new X509Certificate(der)).Any(c => c.SerialNumber.Equals(id.SerialNumber) && c.IssuerDN.Equivalent(issuer.SubjectDN));
    }
}
