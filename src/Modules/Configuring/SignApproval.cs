using System.Text.Json;
using Modules.Signing.Contracts;
using Platform.Publishing.Changes;

namespace Modules.Configuring;

/// <summary>Signs an approval with the approver's own key; whoever has none approves by PIN alone. The switch of electronic signing concerns donation records only.</summary>
internal sealed class SignApproval(ISigningKeys keys, ITrustSource trusts) : IApprovalSigner
{
    public async Task<ApprovalSignature> SignAsync(string personId, string pin, ReadOnlyMemory<byte> content, CancellationToken cancel = default)
    {
        if (await keys.ReadyAsync(personId, cancel) is { Kind: SigningFaultKind.NoCertificate }) return new ApprovalSignature();
        using var opened = await keys.OpenForStaffAsync(personId, pin, cancel);
        if (opened.Fault is { } closed) return Refused(closed);
        var signed = await opened.Act!.SignAsync(content, cancel);
        if (signed.Fault is { } fault) return Refused(fault);
        var certificates = new[] { SignatureParts.Certificate(signed.Cms!), SignatureParts.StampCertificate(signed.Cms!) }.OfType<byte[]>().ToList();
        var (trust, silent) = await trusts.CollectAsync(certificates, cancel);
        return trust is null ? Refused(silent!) : new ApprovalSignature(signed.Cms, JsonSerializer.SerializeToUtf8Bytes(trust with { Roots = [] }));
    }

    private static ApprovalSignature Refused(SigningFault fault) => new(Refusal: $"没有批准：{fault.Message}。{fault.Remedy}");
}
