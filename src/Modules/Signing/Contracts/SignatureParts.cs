using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Modules.Signing.Contracts;

/// <summary>What stands inside a CMS (RFC 5652), unjudged; null where it cannot be read: whoever checks the signature says so in words.</summary>
public static class SignatureParts
{
    /// <summary>The signer's certificate, DER.</summary>
    public static byte[]? Certificate(byte[] cms) => Signer(cms)?.Certificate?.RawData;

    /// <summary>The timestamp token (RFC 3161 appendix A), DER.</summary>
    public static byte[]? Timestamp(byte[] cms) => Signer(cms)?.UnsignedAttributes.OfType<CryptographicAttributeObject>()
        .FirstOrDefault(a => a.Oid.Value == CmsMessage.TimestampAttribute)?.Values.OfType<AsnEncodedData>().FirstOrDefault()?.RawData;

    /// <summary>The certificate of whoever stamped it, DER.</summary>
    public static byte[]? StampCertificate(byte[] cms) => Timestamp(cms) is { } token ? Certificate(token) : null;

    private static SignerInfo? Signer(byte[] cms)
    {
        var message = new SignedCms();
        try
        {
            message.Decode(cms);
        }
        catch (CryptographicException)
        {
            return null;
        }
        return message.SignerInfos.Count > 0 ? message.SignerInfos[0] : null;
    }
}
