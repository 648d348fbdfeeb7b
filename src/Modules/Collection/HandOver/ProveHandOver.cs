using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Judges the electronic signatures of hand-overs against what is stored now, by what was said of the certificates when they signed and by the roots the station has signed with; an authority is asked only where nothing had been said of a certificate then.</summary>
internal sealed class ProveHandOver(Store store, FieldCipher cipher, ISignatureCheck check, ITrustSource trusts, TenantContext tenant) : ISignedEvidence
{
    private const int PageSize = 100;

    public string Title => "交接签名";

    public async IAsyncEnumerable<JudgedSignature> JudgeAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var roots = await trusts.RootsAsync(cancel);
        for (Guid? after = null; ;)
        {
            var page = await PageAsync(after, cancel);
            if (page.Count == 0) yield break;
            foreach (var handOver in page)
                foreach (var signature in await JudgeAsync(await ListAsync(handOver, cancel), roots, cancel)) yield return signature;
            after = page[^1].Id;
        }
    }

    private Task<List<HandOver>> PageAsync(Guid? after, CancellationToken cancel) => store.Set<HandOver>().AsNoTracking()
        .Where(h => h.Method == HandOverMethods.Certificate && (after == null || h.Id.CompareTo(after.Value) > 0)).OrderBy(h => h.Id).Take(PageSize).ToListAsync(cancel);

    /// <summary>Both signatures of one hand-over; none where it was signed in ink.</summary>
    public async Task<IReadOnlyList<JudgedSignature>> JudgeAsync(HandOver handOver, CancellationToken cancel) =>
        handOver.Electronic ? await JudgeAsync(await ListAsync(handOver, cancel), await trusts.RootsAsync(cancel), cancel) : [];

    private async Task<HandOverList> ListAsync(HandOver handOver, CancellationToken cancel) =>
        new(tenant.Current.Name, handOver, await store.Set<HandOverLine>().AsNoTracking().Where(l => l.HandOverId == handOver.Id).ToListAsync(cancel));

    private async Task<IReadOnlyList<JudgedSignature>> JudgeAsync(HandOverList list, IReadOnlyList<byte[]> roots, CancellationToken cancel)
    {
        var stored = await store.Set<HandOverSignature>().AsNoTracking().Where(s => s.HandOverId == list.HandOver.Id).ToDictionaryAsync(s => s.Role, StringComparer.Ordinal, cancel);
        var cms = stored.ToDictionary(s => s.Key, s => cipher.TryReveal(s.Value.ProtectedCms), StringComparer.Ordinal);
        var judged = HandOverRoles.All.Select(role => Judge(list, role, stored.GetValueOrDefault(role), cms, s => TrustOf(s, roots))).ToList();
        if (!judged.Exists(j => j.Faults.Contains(SignatureVerdict.NoRevocation))) return judged;
        // An authority outside writes its lists now and then: what none said when they signed, one may say by now.
        byte[]?[] signers = [.. cms.Values.OfType<byte[]>().SelectMany(c => new[] { SignatureParts.Certificate(c), SignatureParts.StampCertificate(c) })];
        var (now, unanswered) = await trusts.KnownNowAsync([.. signers.OfType<byte[]>()], cancel);
        return [.. HandOverRoles.All.Select(role => Judge(list, role, stored.GetValueOrDefault(role), cms, s => Joined(TrustOf(s, roots), now))).Select(j => unanswered ? Undecided(j) : j)];
    }

    private static TrustMaterial? Joined(TrustMaterial? then, TrustMaterial now) =>
        then is null ? null : then with { Issuers = [.. then.Issuers, .. now.Issuers], Crls = [.. then.Crls, .. now.Crls], OcspResponses = [.. then.OcspResponses, .. now.OcspResponses] };

    /// <summary>While an authority is silent, that nothing is known of a certificate says nothing against it.</summary>
    private static JudgedSignature Undecided(JudgedSignature signature) => signature.Faults.Contains(SignatureVerdict.NoRevocation)
        ? signature with { Faults = [.. signature.Faults.Where(f => f != SignatureVerdict.NoRevocation)], Pending = true } : signature;

    private JudgedSignature Judge(HandOverList list, string role, HandOverSignature? stored, Dictionary<string, byte[]?> cms, Func<HandOverSignature, TrustMaterial?> trustOf)
    {
        var (of, label) = ("交接单 " + list.HandOver.Number, HandOverRoles.Title(role));
        if (stored is null) return new JudgedSignature(of, label, list.NameOf(role), null, "", ["没有电子签名：已被删去"]);
        if (cms[role] is not { } own || cipher.TryReveal(stored.ProtectedRecord) is not { } record || trustOf(stored) is not { } trust)
            return new JudgedSignature(of, label, list.NameOf(role), null, "", ["签名数据已损坏，不能读取"]);
        var verdict = check.Check(own, record, trust);
        return new JudgedSignature(of, label, verdict.Signer.Length > 0 ? verdict.Signer : list.NameOf(role), verdict.StampedAt, verdict.Authority, [.. verdict.Faults, .. Contradictions(list, role, record, verdict, cms)]);
    }

    /// <summary>What the signature says otherwise than the rows beside it.</summary>
    private static IEnumerable<string> Contradictions(HandOverList list, string role, byte[] record, SignatureVerdict verdict, Dictionary<string, byte[]?> cms)
    {
        var before = role == HandOverRoles.Giver ? null : cms.GetValueOrDefault(HandOverRoles.Giver);
        if (!list.RecordFor(role, before).AsSpan().SequenceEqual(record)) yield return "签名的内容与现存的交接单或另一方的签名不一致";
        if (AuditTables.Sha256(list.ToCanonicalJson()) != list.HandOver.ContentHash) yield return "交接单内容与签名时的摘要不一致，内容已被改动";
        if (verdict.SignerId != SignatureVerdict.StaffPrefix + list.PersonOf(role)) yield return "不是交接单上这个人的证书";
    }

    private TrustMaterial? TrustOf(HandOverSignature stored, IReadOnlyList<byte[]> roots)
    {
        try
        {
            return cipher.TryReveal(stored.ProtectedTrust) is { } json ? JsonSerializer.Deserialize<TrustMaterial>(json)! with { Roots = roots } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
