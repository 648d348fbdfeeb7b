using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Publishing.Changes;
using Platform.Storage;

namespace Modules.Configuring;

/// <summary>Judges the signatures of approvals, and tells what their leaves stand for.</summary>
internal sealed class ProveApprovals(Store store, ISignatureCheck check, ITrustSource trusts) : ISignedEvidence, ILeafContent
{
    public const string LeafKind = "change-approval";

    public string Title => "变更单批准";

    public IReadOnlyCollection<string> Kinds { get; } = [LeafKind];

    public async IAsyncEnumerable<JudgedSignature> JudgeAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var roots = await trusts.RootsAsync(cancel);
        var numbers = await store.Set<Change>().AsNoTracking().ToDictionaryAsync(c => c.Id, c => c.Number, cancel);
        foreach (var approval in await store.Set<ChangeApproval>().AsNoTracking().Where(a => a.Cms != null).OrderBy(a => a.Id).ToListAsync(cancel))
            yield return await JudgeAsync(approval, numbers.GetValueOrDefault(approval.ChangeId, "？"), roots, cancel);
    }

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        var changes = subjects.Select(s => Guid.Parse(s.AsSpan("change:".Length))).ToList();
        var approvals = await store.Set<ChangeApproval>().AsNoTracking().Where(a => changes.Contains(a.ChangeId)).Select(a => new { a.ChangeId, a.StatementJson }).ToListAsync(cancel);
        return approvals.Select(a => (LeafKind, OpenedChange.SubjectOf(a.ChangeId), AuditTables.Sha256(a.StatementJson))).ToHashSet();
    }

    private async Task<JudgedSignature> JudgeAsync(ChangeApproval approval, string number, IReadOnlyList<byte[]> roots, CancellationToken cancel)
    {
        var (content, of) = (Encoding.UTF8.GetBytes(approval.StatementJson), $"变更单 {number}");
        if (TrustOf(approval) is not { } then) return new JudgedSignature(of, "批准人", approval.PersonName, null, "", ["签名数据已损坏，不能读取"]);
        var (verdict, pending) = (check.Check(approval.Cms, content, then with { Roots = roots }), false);
        if (verdict.Faults.Contains(SignatureVerdict.NoRevocation))
        {
            var signers = new[] { SignatureParts.Certificate(approval.Cms!), SignatureParts.StampCertificate(approval.Cms!) }.OfType<byte[]>().ToList();
            var (now, unanswered) = await trusts.KnownNowAsync(signers, cancel);
            verdict = check.Check(approval.Cms, content, new TrustMaterial(roots, [.. then.Issuers, .. now.Issuers], [.. then.Crls, .. now.Crls], [.. then.OcspResponses, .. now.OcspResponses]));
            pending = unanswered && verdict.Faults.SequenceEqual([SignatureVerdict.NoRevocation]);
        }
        List<string> faults = [.. pending ? [] : verdict.Faults];
        if (verdict.SignerId.Length > 0 && verdict.SignerId != SignatureVerdict.StaffPrefix + approval.PersonId) faults.Add("不是批准人的证书");
        return new JudgedSignature(of, "批准人", approval.PersonName, verdict.StampedAt, verdict.Authority, faults) { Pending = pending };
    }

    private static TrustMaterial? TrustOf(ChangeApproval approval)
    {
        try
        {
            return approval.Trust is { } json ? JsonSerializer.Deserialize<TrustMaterial>(json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
