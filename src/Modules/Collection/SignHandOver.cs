using System.Text.Json;
using Engine.Forms;
using Modules.Signing.Contracts;

namespace Modules.Collection;

/// <summary>A side that has proved who he is.</summary>
/// <param name="Pin">Opens his key; lives only as long as the request.</param>
internal sealed record HandOverSigner(string Role, string PersonId, string Pin);

/// <param name="Record">Canonical JSON (RFC 8785) that was signed.</param>
/// <param name="Cms">Detached, with timestamp.</param>
internal sealed record SideSignature(string Role, byte[] Record, byte[] Cms, DateTimeOffset StampedAt);

/// <summary>The electronic proof of a hand-over.</summary>
/// <param name="Trust">What was said of the certificates just after, without roots; empty without signatures.</param>
/// <param name="Fault">Why there is none; then nothing is to be written.</param>
internal sealed record HandOverProof(IReadOnlyList<SideSignature> Signatures, byte[] Trust, FieldError? Fault)
{
    public static HandOverProof None { get; } = new([], [], null);

    public static HandOverProof Refused(string who, SigningFault fault) => new([], [], new FieldError("_signing", "电子签名", $"{who}{fault.Message}。{fault.Remedy}"));
}

/// <summary>Signs a hand-over electronically: the giver first, then the taker over the same list and the giver's signature. Outside the lock; each key is opened for one act.</summary>
internal sealed class SignHandOver(ISigningKeys keys, ITrustSource trusts)
{
    public async Task<HandOverProof> SignAsync(HandOverList list, IReadOnlyList<HandOverSigner> signers, CancellationToken cancel)
    {
        if (!list.HandOver.Electronic) return HandOverProof.None;
        var signatures = new List<SideSignature>();
        foreach (var signer in signers)
        {
            var who = $"{HandOverRoles.Title(signer.Role)}：";
            using var opened = await keys.OpenForStaffAsync(signer.PersonId, signer.Pin, cancel);
            if (opened.Fault is { } closed) return HandOverProof.Refused(who, closed);
            var record = list.RecordFor(signer.Role, signatures.LastOrDefault()?.Cms);
            var signed = await opened.Act!.SignAsync(record, cancel);
            if (signed.Fault is { } fault) return HandOverProof.Refused(who, fault);
            signatures.Add(new SideSignature(signer.Role, record, signed.Cms!, signed.StampedAt));
        }
        return await WithTrustAsync(signatures, cancel);
    }

    /// <summary>Asked now, so that the check of later years needs no authority.</summary>
    private async Task<HandOverProof> WithTrustAsync(List<SideSignature> signatures, CancellationToken cancel)
    {
        var certificates = signatures.SelectMany(s => new[] { SignatureParts.Certificate(s.Cms), SignatureParts.StampCertificate(s.Cms) }).OfType<byte[]>().DistinctBy(Convert.ToHexString).ToList();
        var (trust, fault) = await trusts.CollectAsync(certificates, cancel);
        return trust is null ? HandOverProof.Refused("", fault!) : new HandOverProof(signatures, JsonSerializer.SerializeToUtf8Bytes(trust with { Roots = [] }), null);
    }
}
