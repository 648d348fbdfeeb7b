using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Modules.Signing;

/// <summary>CMS (RFC 5652) with one signer: SHA-256, ECDSA, signing-certificate-v2 (RFC 5035), no signing-time, so that the same bytes serve inside a PDF as ETSI.CAdES.detached.</summary>
internal static class CmsMessage
{
    public const string TimestampAttribute = "1.2.840.113549.1.9.16.2.14";
    public const string SigningCertificateAttribute = "1.2.840.113549.1.9.16.2.47";
    public const string MessageDigestAttribute = "1.2.840.113549.1.9.4";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <param name="included">Certificates that go along.</param>
    public static SignedCms Sign(ContentInfo content, bool detached, X509Certificate2 certificate, ECDsa key, IEnumerable<X509Certificate2> included)
    {
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate, key) { DigestAlgorithm = new Oid(Sha256), IncludeOption = X509IncludeOption.None };
        signer.SignedAttributes.Add(new AsnEncodedData(new Oid(SigningCertificateAttribute), SigningCertificate(certificate)));
        foreach (var other in included) signer.Certificates.Add(other);
        var message = new SignedCms(content, detached);
        message.ComputeSignature(signer, silent: true);
        return message;
    }

    /// <summary>SigningCertificateV2 with one ESSCertIDv2; its hash algorithm is the default, SHA-256.</summary>
    private static byte[] SigningCertificate(X509Certificate2 certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteOctetString(SHA256.HashData(certificate.RawDataMemory.Span));
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4, true)))
                    writer.WriteEncodedValue(certificate.IssuerName.RawData);
                writer.WriteInteger(certificate.SerialNumberBytes.Span);
            }
        }
        return writer.Encode();
    }
}
