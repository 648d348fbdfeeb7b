using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modules.Signing.Contracts;

namespace Modules.Signing.BuiltIn;

/// <summary>What the built-in authority writes into certificates (RFC 5280), all of them P-256 and SHA-256.</summary>
internal static class CertificateForm
{
    /// <summary>Stands in the subject of every certificate.</summary>
    public const string Mark = "测试用，不具法律效力";

    private const string CertificatePolicyOcspNoCheck = "1.3.6.1.5.5.7.48.1.5";
    private const string TimestampingUse = "1.3.6.1.5.5.7.3.8";
    private const string OcspSigningUse = "1.3.6.1.5.5.7.3.9";
    private static readonly byte[] DerNull = [0x05, 0x00];

    /// <summary>A machine whose clock is a little behind must not find a new certificate in its future.</summary>
    public static readonly TimeSpan Skew = AuthorityClocks.Skew;

    public static X500DistinguishedName AuthorityName(string station, string what) => SubjectName.Of(station, $"{SubjectName.Fit(station, 40)} {what}", null, Mark);

    public static X509Extension[] OfRoot() => [new X509BasicConstraintsExtension(true, true, 1, true), Uses(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)];

    public static X509Extension[] OfIssuer() => [new X509BasicConstraintsExtension(true, true, 0, true), Uses(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)];

    public static X509Extension[] OfTimestamps() =>
        [Leaf(), Uses(X509KeyUsageFlags.DigitalSignature), new X509EnhancedKeyUsageExtension([new Oid(TimestampingUse)], true)];

    public static X509Extension[] OfOcsp() =>
        [Leaf(), Uses(X509KeyUsageFlags.DigitalSignature), new X509EnhancedKeyUsageExtension([new Oid(OcspSigningUse)], false), new X509Extension(CertificatePolicyOcspNoCheck, DerNull, false)];

    public static X509Extension[] OfSigner() => [Leaf(), Uses(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)];

    /// <summary>Where issuer, revocation list and status are found; nothing where the tenant has no public address. List and responder speak for the issuing authority: of what the root has signed they know nothing.</summary>
    /// <param name="issuer">File name of the issuer's certificate.</param>
    public static IEnumerable<X509Extension> Places(string? address, string issuer)
    {
        if (address is null) yield break;
        var answered = issuer == PkiEndpoints.Issuer;
        yield return new X509AuthorityInformationAccessExtension(answered ? [address + PkiEndpoints.Ocsp] : null, [address + issuer]);
        if (answered) yield return CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([address + PkiEndpoints.Crl]);
    }

    /// <param name="issuer">Null for a certificate signed with its own key.</param>
    public static X509Certificate2 Sign(X500DistinguishedName subject, PublicKey key, IEnumerable<X509Extension> extensions, X509Certificate2? issuer, ECDsa issuerKey, DateTimeOffset from, DateTimeOffset to)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions) request.CertificateExtensions.Add(extension);
        var identifier = new X509SubjectKeyIdentifierExtension(key, false);
        request.CertificateExtensions.Add(identifier);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
            issuer?.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single() ?? identifier));
        return request.Create(issuer?.SubjectName ?? subject, X509SignatureGenerator.CreateForECDsa(issuerKey), from, to, Serial());
    }

    /// <summary>127 random bits, positive.</summary>
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        return serial;
    }

    private static X509BasicConstraintsExtension Leaf() => new(false, false, 0, true);

    private static X509KeyUsageExtension Uses(X509KeyUsageFlags uses) => new(uses, true);
}
