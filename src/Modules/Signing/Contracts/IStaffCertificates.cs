using System.Security.Cryptography.X509Certificates;

namespace Modules.Signing.Contracts;

/// <summary>Keys and certificates of staff, for whoever looks after PINs.</summary>
public interface IStaffCertificates
{
    /// <summary>Makes a key, has it certified and wraps it with this PIN, which the person has just chosen or proved. Replaces the one before. Outside any transaction.</summary>
    Task<SigningFault?> ApplyAsync(StaffSubject person, string pin, CancellationToken cancel = default);

    /// <summary>Wraps the key with the new PIN; written with the caller's next commit. Nothing where there is no key.</summary>
    Task RewrapAsync(string personId, string oldPin, string newPin, CancellationToken cancel = default);

    /// <summary>Forgets the person's key, then tells the authority; once more where it has not heard. Outside any transaction.</summary>
    /// <param name="by">Who does it.</param>
    /// <returns>Null, also where there is nothing to revoke; the fault when the authority has not been told: the key is gone all the same, and it may be told again.</returns>
    Task<SigningFault?> RevokeAsync(string personId, StaffSubject by, Revocation why, CancellationToken cancel = default);

    /// <summary>What the person should know of the certificate before it stops the work; null when all is well or the station does not sign electronically.</summary>
    Task<string?> NoticeAsync(string personId, CancellationToken cancel = default);
}

/// <param name="Words">For the record, zh-CN.</param>
public sealed record Revocation(X509RevocationReason Reason, string Words);

/// <param name="Id">Never reused; goes into the certificate as <c>staff:…</c>.</param>
public sealed record StaffSubject(string Id, string FullName);
