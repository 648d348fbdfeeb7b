using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Modules.Signing;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;

namespace FastTests.Signing;

/// <summary>An authority in memory whose clock a test sets.</summary>
internal sealed class TestAuthority
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Founded = Start.AddDays(-10);
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly OpenedKey _issuer;
    private readonly OpenedKey _stamper;

    public TestAuthority(string name = "甲站")
    {
        Root = CertificateForm.Sign(CertificateForm.AuthorityName(name, "根"), new PublicKey(_rootKey), CertificateForm.OfRoot(), null, _rootKey, Founded, Start.AddYears(9));
        _issuer = Make(CertificateForm.AuthorityName(name, "签发"), CertificateForm.OfIssuer(), Root, _rootKey, Founded, Start.AddYears(8));
        _stamper = Make(CertificateForm.AuthorityName(name, "时间戳"), CertificateForm.OfTimestamps(), _issuer.Certificate, _issuer.Key, Founded, Start.AddYears(7));
    }

    public X509Certificate2 Root { get; }

    public OpenedKey Certify(string name, TimeSpan lasts) =>
        Make(SubjectName.Of("甲站", name, SubjectName.Staff + "1"), CertificateForm.OfSigner(), _issuer.Certificate, _issuer.Key, Start, Start + lasts);

    /// <param name="stamped">Null for no timestamp.</param>
    public byte[] Sign(OpenedKey signer, byte[] content, DateTimeOffset? stamped)
    {
        var message = CmsMessage.Sign(new ContentInfo(content), true, signer.Certificate, signer.Key, [signer.Certificate, _issuer.Certificate]);
        if (stamped is { } at) Stamp(message, message.SignerInfos[0].GetSignature(), at);
        return message.Encode();
    }

    /// <summary>A timestamp that stands on <paramref name="message"/> and is for <paramref name="value"/>.</summary>
    public void Stamp(SignedCms message, byte[] value, DateTimeOffset at)
    {
        var request = Rfc3161TimestampRequest.CreateFromData(value, HashAlgorithmName.SHA256, requestSignerCertificates: true);
        message.SignerInfos[0].AddUnsignedAttribute(new AsnEncodedData(new Oid(CmsMessage.TimestampAttribute), BuiltInTimestamps.Token(request, _stamper, at)));
    }

    /// <summary>What it has to say at a time, with a list of that time.</summary>
    public TrustMaterial Trust(DateTimeOffset listed, params (OpenedKey Who, DateTimeOffset At)[] revoked) => new([Root.RawData], [_issuer.Certificate.RawData], [Crl(listed, revoked)], []);

    private byte[] Crl(DateTimeOffset listed, (OpenedKey Who, DateTimeOffset At)[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var (who, at) in revoked) list.AddEntry(who.Certificate.SerialNumberBytes.Span, at);
        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(_issuer.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single());
        return list.Build(_issuer.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_issuer.Key), 1, listed.AddDays(1), HashAlgorithmName.SHA256, identifier, listed);
    }

    private static OpenedKey Make(X500DistinguishedName name, X509Extension[] form, X509Certificate2 issuer, ECDsa issuerKey, DateTimeOffset from, DateTimeOffset to)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new OpenedKey(CertificateForm.Sign(name, new PublicKey(key), form, issuer, issuerKey, from, to), key);
    }
}
