namespace Modules.Signing.Contracts;

/// <summary>Checks a detached CMS signature against what it signs, from the given bytes alone: no store, no network.</summary>
public interface ISignatureCheck
{
    /// <param name="trust">Whom to believe and what has been revoked.</param>
    /// <param name="oneAct">The certificate has to be one made for a single act. Nobody has its key any more, so no list or answer of later is demanded (RFC 9608); one that says it was revoked counts all the same.</param>
    SignatureVerdict Check(ReadOnlyMemory<byte> cms, ReadOnlyMemory<byte> content, TrustMaterial trust, bool oneAct = false);
}

/// <summary>Certificates and revocation lists by which signatures are judged; all DER.</summary>
/// <param name="Roots">Trusted by themselves.</param>
/// <param name="Issuers">Certificates between a root and a signer, of CA and TSA.</param>
/// <param name="Crls">RFC 5280 §5.</param>
/// <param name="OcspResponses">RFC 6960.</param>
public sealed record TrustMaterial(
    IReadOnlyList<byte[]> Roots, IReadOnlyList<byte[]> Issuers, IReadOnlyList<byte[]> Crls, IReadOnlyList<byte[]> OcspResponses);

/// <summary>Gets what is needed to check this tenant's signatures later without the authorities.</summary>
public interface ITrustSource
{
    /// <summary>Roots of the authorities this tenant signs with or has signed with (DER): from the store alone, whoever answers or does not.</summary>
    Task<IReadOnlyList<byte[]>> RootsAsync(CancellationToken cancel = default);

    /// <summary>Roots and issuers this tenant has signed with, and what is said now of these certificates. An authority that is in use no more and does not answer is passed over: what only it could say is then missing.</summary>
    /// <param name="certificates">Of signers and of those who stamped (DER).</param>
    /// <returns>Null with the fault when an authority in use does not answer.</returns>
    Task<(TrustMaterial? Trust, SigningFault? Fault)> CollectAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default);

    /// <summary>The same for a look in passing: all are asked at once, nobody is waited for longer than some seconds, and what is known without them is there whoever is silent.</summary>
    /// <param name="certificates">Of signers and of those who stamped (DER).</param>
    /// <returns>Whether somebody did not answer: a signature that then has only <see cref="SignatureVerdict.NoRevocation"/> against it is not proven wrong.</returns>
    Task<(TrustMaterial Trust, bool Unanswered)> KnownNowAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default);
}

/// <summary>Who signed, when, and whether it holds.</summary>
/// <param name="Signer">Common name of the certificate.</param>
/// <param name="SignerId">Serial number attribute of the subject: <c>staff:…</c>, <c>idh:…</c> for a donor, <c>station:…</c> for the station itself.</param>
/// <param name="Authority">Common name of the certificate's issuer.</param>
/// <param name="StampedAt">Null without a valid timestamp.</param>
/// <param name="Faults">In plain words, zh-CN; empty when the signature holds.</param>
public sealed record SignatureVerdict(string Signer, string SignerId, string Authority, DateTimeOffset? StampedAt, IReadOnlyList<string> Faults)
{
    /// <summary>The fault of a signature of whose certificate nobody has said whether it was revoked.</summary>
    public const string NoRevocation = "没有签名证书在签名时的吊销信息，不能确认证书当时有效。";

    /// <summary>Begins the serial number of a donor's subject.</summary>
    public const string DonorPrefix = "idh:";

    /// <summary>Begins the serial number of a subject on the staff; the person's id follows.</summary>
    public const string StaffPrefix = "staff:";

    /// <summary>Begins the serial number of the station's own subject; the tenant's name follows.</summary>
    public const string StationPrefix = "station:";

    public bool Holds => Faults.Count == 0;

    public bool ByDonor => SignerId.StartsWith(DonorPrefix, StringComparison.Ordinal);
}
