using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing.BuiltIn;

/// <summary>Sets the times of this machine's clock (RFC 3161). For tests and demonstrations, without legal force.</summary>
internal sealed class BuiltInTimestamps(Stores stores, TenantContext tenant, AuthorityKeys keys, BuiltInAuthority authority, TimeProvider clock) : ITimestampAuthority
{
    /// <summary>An identifier for tests (RFC 3161 leaves the policy to the authority).</summary>
    private const string Policy = "1.3.6.1.4.1.13762.3";

    private const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    private const int AccuracyMicroseconds = 1_000_000;

    public string Kind => SigningSettings.BuiltIn;

    public Task<AuthorityChain> ChainAsync(CancellationToken cancel = default) => authority.ChainAsync(cancel);

    public async Task<byte[]> AskAsync(byte[] request, CancellationToken cancel = default)
    {
        if (!Rfc3161TimestampRequest.TryDecode(request, out var asked, out var read) || read != request.Length) return Refusal(Failure.BadDataFormat);
        if (asked.RequestedPolicyId is { } policy && policy.Value != Policy) return Refusal(Failure.UnacceptedPolicy);
        if (asked.HasExtensions) return Refusal(Failure.UnacceptedExtension);
        if (DigestLength(asked.HashAlgorithmId.Value) is not { } length) return Refusal(Failure.BadAlgorithm);
        if (asked.GetMessageHash().Length != length) return Refusal(Failure.BadDataFormat);
        await using var store = stores.Open(tenant.Current);
        using var signer = keys.Open(tenant.Current, await BuiltInAuthority.RowAsync(store, AuthorityRoles.Timestamps, cancel));
        return Granted(Token(asked, signer, clock.GetUtcNow()));
    }

    public static byte[] Token(Rfc3161TimestampRequest asked, OpenedKey signer, DateTimeOffset now)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        var info = new Rfc3161TimestampTokenInfo(new Oid(Policy), asked.HashAlgorithmId, asked.GetMessageHash(), serial, at, AccuracyMicroseconds, nonce: asked.GetNonce());
        return CmsMessage.Sign(new ContentInfo(new Oid(TstInfo), info.Encode()), detached: false, signer.Certificate, signer.Key, asked.RequestSignerCertificate ? [signer.Certificate] : []).Encode();
    }

    /// <summary>Bytes of the digests that may be stamped; null for any other.</summary>
    private static int? DigestLength(string? algorithm) => algorithm switch
    {
        "2.16.840.1.101.3.4.2.1" => 32,
        "2.16.840.1.101.3.4.2.2" => 48,
        "2.16.840.1.101.3.4.2.3" => 64,
        _ => null,
    };

    private static byte[] Granted(byte[] token)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence()) writer.WriteInteger(0);
            writer.WriteEncodedValue(token);
        }
        return writer.Encode();
    }

    private static byte[] Refusal(Failure why)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteInteger(2);
            var bits = new byte[(int)why / 8 + 1];
            bits[^1] = (byte)(0x80 >> (int)why % 8);
            writer.WriteBitString(bits, 7 - (int)why % 8);
        }
        return writer.Encode();
    }

    /// <summary>PKIFailureInfo of RFC 3161 §2.4.2, by bit.</summary>
    private enum Failure
    {
        BadAlgorithm = 0,
        BadDataFormat = 5,
        UnacceptedPolicy = 15,
        UnacceptedExtension = 16,
    }
}
