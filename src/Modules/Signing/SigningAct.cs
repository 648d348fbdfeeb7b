using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Modules.Signing.Contracts;

namespace Modules.Signing;

/// <summary>One person's key in memory, from opening to disposal.</summary>
internal sealed class SigningAct(Authorities authorities, X509Certificate2 certificate, IReadOnlyList<X509Certificate2> issuers, ECDsa key) : ISigningAct
{
    private const int NonceBytes = 8;

    private static SigningFault OtherTime { get; } = new(SigningFaultKind.Unusable, "时间戳服务的时间不在签名证书的有效期内，没有签名", "请联系系统管理员，核对认证机构和时间戳服务的时钟");

    public byte[] Certificate { get; } = certificate.RawData;

    public async Task<ContentSignature> SignAsync(ReadOnlyMemory<byte> content, CancellationToken cancel = default)
    {
        var message = CmsMessage.Sign(new ContentInfo(content.ToArray()), detached: true, certificate, key, [certificate, .. issuers]);
        var (token, fault) = await authorities.TryAsync(() => StampAsync(message.SignerInfos[0], cancel));
        if (token is null) return new ContentSignature(null, default, fault);
        message.SignerInfos[0].AddUnsignedAttribute(new AsnEncodedData(new Oid(CmsMessage.TimestampAttribute), token.AsSignedCms().Encode()));
        return new ContentSignature(message.Encode(), token.TokenInfo.Timestamp, null);
    }

    private async Task<Rfc3161TimestampToken> StampAsync(SignerInfo signer, CancellationToken cancel)
    {
        var authority = authorities.Timestamps;
        var request = Rfc3161TimestampRequest.CreateFromSignerInfo(signer, HashAlgorithmName.SHA256, nonce: RandomNumberGenerator.GetBytes(NonceBytes), requestSignerCertificates: true);
        var (token, stamper) = Read(authority.Kind, request, signer, await authority.AskAsync(request.Encode(), cancel));
        var at = token.TokenInfo.Timestamp;
        if (at < certificate.NotBefore - AuthorityClocks.Skew || at > certificate.NotAfter)
            throw new AuthorityUnavailableException(authority.Kind, $"its time {at:O} is outside the certificate's validity") { Fault = OtherTime };
        if (!await authorities.KnowsAsync(stamper, cancel)) await authorities.RememberAsync(await authority.ChainAsync(cancel), cancel, stamper);
        return token;
    }

    /// <summary>Imprint, nonce, status, use of the key and signature have to be right.</summary>
    private static (Rfc3161TimestampToken, byte[]) Read(string kind, Rfc3161TimestampRequest request, SignerInfo signer, byte[] response)
    {
        try
        {
            var token = request.ProcessResponse(response, out _);
            return token.VerifySignatureForSignerInfo(signer, out var stamper) ? (token, stamper.RawData) : throw new AuthorityUnavailableException(kind, "its timestamp does not hold");
        }
        catch (CryptographicException e)
        {
            throw new AuthorityUnavailableException(kind, "its answer is no timestamp for what was asked", e);
        }
    }

    /// <summary>OpenSSL clears a private key when it frees it.</summary>
    public void Dispose()
    {
        key.Dispose();
        certificate.Dispose();
        foreach (var issuer in issuers) issuer.Dispose();
    }
}
