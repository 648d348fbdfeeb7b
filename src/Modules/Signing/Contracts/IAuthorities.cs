using System.Security.Cryptography.X509Certificates;

namespace Modules.Signing.Contracts;

/// <summary>Certifies the keys of one tenant and says what became of its certificates. Built in, or an outside one in <c>Adapters/CertificateAuthorities</c>. All bytes are DER.</summary>
/// <exception cref="AuthorityUnavailableException">Any of these may end so.</exception>
public interface ICertificateAuthority
{
    /// <summary>The value of the setting <c>Signing:Authority</c> that chooses it.</summary>
    string Kind { get; }

    Task<AuthorityChain> ChainAsync(CancellationToken cancel = default);

    /// <param name="request">PKCS#10 (RFC 2986).</param>
    /// <returns>The certificate.</returns>
    Task<byte[]> IssueAsync(byte[] request, CertificateProfile profile, CancellationToken cancel = default);

    /// <summary>Revokes from now on; revoking again changes nothing.</summary>
    /// <returns>False where this authority has to be told in another way.</returns>
    Task<bool> RevokeAsync(byte[] certificate, X509RevocationReason reason, CancellationToken cancel = default);
}

/// <summary>What the authorities outside say of their certificates, asked at the addresses in the certificates themselves.</summary>
/// <exception cref="AuthorityUnavailableException">Any of these may end so.</exception>
public interface IRevocationSource
{
    /// <summary>Revocation lists that cover these certificates (RFC 5280 §5); nothing for one that names no list.</summary>
    Task<IReadOnlyList<byte[]>> CrlsAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default);

    /// <summary>The state of one certificate now (RFC 6960); null where it names nobody to ask.</summary>
    Task<byte[]?> OcspAsync(byte[] certificate, byte[] issuer, CancellationToken cancel = default);
}

/// <summary>Sets trusted times (RFC 3161).</summary>
/// <exception cref="AuthorityUnavailableException">Any of these may end so.</exception>
public interface ITimestampAuthority
{
    /// <summary>The value of the setting <c>Signing:Timestamps</c> that chooses it.</summary>
    string Kind { get; }

    Task<AuthorityChain> ChainAsync(CancellationToken cancel = default);

    /// <param name="request">TimeStampReq.</param>
    /// <returns>TimeStampResp, as it came: whoever asks checks imprint, nonce and signature.</returns>
    Task<byte[]> AskAsync(byte[] request, CancellationToken cancel = default);
}

/// <param name="Roots">Trusted by themselves.</param>
/// <param name="Issuers">Between a root and what it issues.</param>
public sealed record AuthorityChain(IReadOnlyList<byte[]> Roots, IReadOnlyList<byte[]> Issuers);

public enum CertificateProfile
{
    /// <summary>One act of a donor or of the station itself: 24 hours.</summary>
    OneAct,

    /// <summary>A member of staff: one year.</summary>
    Staff,
}

/// <summary>Clocks of CA and TSA that are not one machine's.</summary>
public static class AuthorityClocks
{
    /// <summary>A timestamp may be so much earlier than the beginning of the certificate it goes with: the CA's clock is then ahead of the TSA's, and both are right by their own word.</summary>
    public static TimeSpan Skew { get; } = TimeSpan.FromMinutes(5);
}

/// <summary>An authority does not answer, or answers what cannot be used.</summary>
/// <param name="reason">For the operator, in the log.</param>
public sealed class AuthorityUnavailableException(string kind, string reason, Exception? inner = null) : Exception($"{kind}: {reason}", inner)
{
    /// <summary>What the person at the screen is told; null for what is said of any outage.</summary>
    public SigningFault? Fault { get; init; }
}
