namespace Modules.Signing.Contracts;

/// <summary>Opens somebody's signing key for one act: reading, once, what is to be signed and signing it.</summary>
public interface ISigningKeys
{
    /// <summary>Makes a key for this donor and has it certified for 24 hours. The key lives in memory alone and ends with the act.</summary>
    Task<KeyOpening> OpenForDonorAsync(DonorSubject donor, CancellationToken cancel = default);

    /// <summary>Makes a key for the station itself and has it certified as a donor's is: for one act, never stored. Its signature seals what the station hands on.</summary>
    Task<KeyOpening> OpenForStationAsync(CancellationToken cancel = default);

    /// <summary>Unlocks the key of a member of staff with the PIN, which the caller has proved already.</summary>
    Task<KeyOpening> OpenForStaffAsync(string personId, string pin, CancellationToken cancel = default);

    /// <summary>Whether this person can sign now: null, or what is wrong and what to do, without the PIN and without a look at the authority.</summary>
    Task<SigningFault?> ReadyAsync(string personId, CancellationToken cancel = default);
}

/// <param name="Name">As on the document.</param>
/// <param name="IdNumber">In clear; only its keyed digest goes into the certificate.</param>
public sealed record DonorSubject(string Name, string IdNumber);

/// <summary>An opened key, or the reason why there is none. Disposing ends the act.</summary>
public sealed record KeyOpening(ISigningAct? Act, SigningFault? Fault) : IDisposable
{
    public void Dispose() => Act?.Dispose();
}

/// <summary>One person's key for one act. Disposing erases what it holds of the key.</summary>
public interface ISigningAct : IDisposable
{
    /// <summary>DER (X.509, RFC 5280).</summary>
    byte[] Certificate { get; }

    /// <summary>Signs and has the signature time-stamped.</summary>
    Task<ContentSignature> SignAsync(ReadOnlyMemory<byte> content, CancellationToken cancel = default);
}

/// <param name="Cms">Detached CMS (RFC 5652) with signing-certificate-v2 and an RFC 3161 timestamp on the signature value; DER. Null when there is a fault.</param>
/// <param name="StampedAt">The time the timestamp authority has set.</param>
public sealed record ContentSignature(byte[]? Cms, DateTimeOffset StampedAt, SigningFault? Fault);

public enum SigningFaultKind
{
    /// <summary>CA or TSA does not answer: the step is not complete, and may be tried again as it is.</summary>
    Unavailable,

    /// <summary>CA or TSA answers what cannot be used: trying again does not help before somebody has set it right.</summary>
    Unusable,

    /// <summary>The person has no certificate that is valid now.</summary>
    NoCertificate,

    /// <summary>The PIN does not open the key.</summary>
    WrongPin,
}

/// <param name="Message">What happened, zh-CN, for the person at the screen.</param>
/// <param name="Remedy">What to do.</param>
public sealed record SigningFault(SigningFaultKind Kind, string Message, string Remedy);
