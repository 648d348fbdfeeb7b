using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Modules.Signing.Contracts;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ess;

namespace Modules.Signing;

/// <summary>Judges a signature from bytes alone, at the time its timestamp says.</summary>
internal sealed class SignatureCheck : ISignatureCheck
{
    private const string Unreadable = "签名数据已损坏，不能读取。";

    public SignatureVerdict Check(ReadOnlyMemory<byte> cms, ReadOnlyMemory<byte> content, TrustMaterial trust, bool oneAct = false)
    {
        try
        {
            return Judge(cms, content, trust, oneAct);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Two parsers read bytes that anybody may have changed; what they throw at broken ones is not a closed list, and a broken signature is a verdict, not an outage.
            return new SignatureVerdict("", "", "", null, [Unreadable]);
        }
    }

    private static SignatureVerdict Judge(ReadOnlyMemory<byte> cms, ReadOnlyMemory<byte> content, TrustMaterial trust, bool oneAct)
    {
        var message = new SignedCms(new ContentInfo(content.ToArray()), detached: true);
        message.Decode(cms.Span);
        if (message.SignerInfos.Count != 1 || message.SignerInfos[0] is not { Certificate: { } certificate } signer) return new SignatureVerdict("", "", "", null, ["签名中没有恰好一名签名人的证书。"]);
        var faults = new List<string>();
        if (ContentFault(signer, content) is { } changed) faults.Add(changed);
        else if (!Holds(signer)) faults.Add("签名值不是该证书的密钥所签。");
        if (!NamesItsCertificate(signer, certificate)) faults.Add("签名没有绑定签名证书（signing-certificate-v2）。");
        var material = new TrustPaths(trust, message.Certificates);
        var stampedAt = Stamp(signer, material, faults);
        if (oneAct && certificate.NotAfter - certificate.NotBefore > Authorities.Longest(CertificateProfile.OneAct)) faults.Add("不是一次性签名的证书。");
        JudgeCertificate(certificate, stampedAt, material, oneAct, faults);
        return new SignatureVerdict(SubjectName.Part(certificate.SubjectName, SubjectName.CommonName), SubjectName.Part(certificate.SubjectName, SubjectName.SerialNumber),
            SubjectName.Part(certificate.IssuerName, SubjectName.CommonName), stampedAt, faults);
    }

    private static string? ContentFault(SignerInfo signer, ReadOnlyMemory<byte> content)
    {
        if (signer.DigestAlgorithm.Value != CmsMessage.Sha256) return "签名的摘要算法不是 SHA-256。";
        if (Attribute(signer.SignedAttributes, CmsMessage.MessageDigestAttribute) is not { } digest) return "签名中没有内容摘要。";
        return Asn1OctetString.GetInstance(digest).GetOctets().AsSpan().SequenceEqual(SHA256.HashData(content.Span)) ? null : "内容与签名时不一致，已被改动。";
    }

    private static bool Holds(SignerInfo signer)
    {
        try
        {
            signer.CheckSignature(verifySignatureOnly: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool NamesItsCertificate(SignerInfo signer, X509Certificate2 certificate)
    {
        if (Attribute(signer.SignedAttributes, CmsMessage.SigningCertificateAttribute) is not { } attribute || SigningCertificateV2.GetInstance(attribute).GetCerts() is not [var first, ..]) return false;
        return first.HashAlgorithm.Algorithm.Id == CmsMessage.Sha256 && first.CertHash.GetOctets().AsSpan().SequenceEqual(SHA256.HashData(certificate.RawDataMemory.Span));
    }

    /// <summary>The trusted time; null, with its fault, when there is none.</summary>
    private static DateTimeOffset? Stamp(SignerInfo signer, TrustPaths material, List<string> faults)
    {
        if (Attribute(signer.UnsignedAttributes, CmsMessage.TimestampAttribute) is not { } attribute)
        {
            faults.Add("没有可信时间戳。");
            return null;
        }
        if (!Rfc3161TimestampToken.TryDecode(attribute.GetEncoded(), out var token, out _) || !token.VerifySignatureForSignerInfo(signer, out var stamper, material.Certificates))
        {
            faults.Add("时间戳不是对这个签名所加，或已被改动。");
            return null;
        }
        var at = token.TokenInfo.Timestamp;
        var path = material.PathOf(stamper, at, [.. token.AsSignedCms().Certificates]);
        if (path is null) faults.Add("时间戳的证书不是由受信任的机构签发。");
        else if (material.RevocationOf(path, at) is { } revoked && revoked.Revoked) faults.Add("时间戳的证书在加盖时已被吊销。");
        else return at;
        return null;
    }

    /// <param name="stampedAt">Without it the chain is judged at the certificate's own beginning: there is a fault already.</param>
    private static void JudgeCertificate(X509Certificate2 certificate, DateTimeOffset? stampedAt, TrustPaths material, bool oneAct, List<string> faults)
    {
        var at = stampedAt ?? certificate.NotBefore;
        if (at < certificate.NotBefore - AuthorityClocks.Skew) faults.Add("签名时证书尚未生效。");
        if (at > certificate.NotAfter) faults.Add("签名时证书已过期。");
        if (material.PathOf(certificate, at < certificate.NotBefore || at > certificate.NotAfter ? certificate.NotBefore : at, []) is not { } path) faults.Add("签名证书不是由受信任的机构签发。");
        else if (stampedAt is not null && material.RevocationOf(path, at) is { } revocation)
            if (revocation.Revoked) faults.Add("签名证书在签名时已被吊销。");
            else if (!revocation.Known && !oneAct) faults.Add(SignatureVerdict.NoRevocation);
    }

    private static Asn1Object? Attribute(CryptographicAttributeObjectCollection attributes, string type) =>
        attributes.OfType<CryptographicAttributeObject>().Where(a => a.Oid.Value == type).Select(a => a.Values.Count == 1 ? Asn1Object.FromByteArray(a.Values[0].RawData) : null).FirstOrDefault();
}
