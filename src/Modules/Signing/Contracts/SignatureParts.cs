using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Modules.Signing.Contracts;

/// <summary>What stands inside a CMS (RFC 5652), unjudged; nothing where it cannot be read: whoever checks the signature says so in words.</summary>
public static class SignatureParts
{
    /// <summary>The signer's certificate, DER.</summary>
    public static byte[]? Certificate(byte[] cms) => Read(cms, message => Signer(message)?.Certificate?.RawData);

    /// <summary>All certificates that came with it, DER.</summary>
    public static IReadOnlyList<byte[]> Certificates(byte[] cms) => Read(cms, message => message.Certificates.Select(c => c.RawData).ToList()) ?? [];

    /// <summary>The timestamp token (RFC 3161 appendix A), DER.</summary>
    public static byte[]? Timestamp(byte[] cms) => Read(cms, message => Signer(message)?.UnsignedAttributes.OfType<CryptographicAttributeObject>()
        .FirstOrDefault(a => a.Oid.Value == CmsMessage.TimestampAttribute)?.Values.OfType<AsnEncodedData>().FirstOrDefault()?.RawData);

    /// <summary>The certificate of whoever stamped it, DER.</summary>
    public static byte[]? StampCertificate(byte[] cms) => Timestamp(cms) is { } token ? Certificate(token) : null;

    private static SignerInfo? Signer(SignedCms message) => message.SignerInfos.Count > 0 ? message.SignerInfos[0] : null;

    private static T? Read<T>(byte[] cms, Func<SignedCms, T?> part) where T : class
    {
        try
        {
            var message = new SignedCms();
            message.Decode(cms);
            return part(message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Parts are read only when asked for, from bytes anybody may have changed; what is thrown at broken ones is not a closed list.
            return null;
        }
    }
}
