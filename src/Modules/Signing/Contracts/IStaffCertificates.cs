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
    Task<RevocationResult> RevokeAsync(string personId, StaffSubject by, Revocation why, CancellationToken cancel = default);

    /// <summary>What the person should know of the certificate before it stops the work; null when all is well or the station does not sign electronically and will not, as published.</summary>
    Task<string?> NoticeAsync(string personId, CancellationToken cancel = default);
}

/// <param name="Words">For the record, zh-CN.</param>
public sealed record Revocation(X509RevocationReason Reason, string Words);

/// <summary>The person's key is gone; whether the authority knows.</summary>
/// <param name="Fault">The authority did not answer and may be told again; null otherwise, also where there was nothing to revoke.</param>
/// <param name="ToTell">Serial numbers (hexadecimal) of certificates whose authority has to be told by its own channel.</param>
public sealed record RevocationResult(SigningFault? Fault, IReadOnlyList<string> ToTell)
{
    /// <summary>What is left to do, zh-CN; null when the authority knows.</summary>
    public string? Words => Fault is { } fault ? $"{fault.Message}。{fault.Remedy}"
        : ToTell.Count > 0 ? $"密钥已在本站销毁，不能再签名。但认证机构要按它自己的渠道（网站、电话）另行告知，它才会吊销。请尽快告知，证书编号：{string.Join("、", ToTell)}"
        : null;
}

/// <param name="Id">Never reused; goes into the certificate as <c>staff:…</c>.</param>
public sealed record StaffSubject(string Id, string FullName);
