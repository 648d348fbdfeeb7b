using System.Text;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing.Changes;

/// <summary>Signs an approval with the approver's own key.</summary>
public interface IApprovalSigner
{
    Task<ApprovalSignature> SignAsync(string personId, string pin, ReadOnlyMemory<byte> content, CancellationToken cancel = default);
}

/// <param name="Cms">Detached; null where the person has no key.</param>
/// <param name="Trust">What is said of its certificates now.</param>
/// <param name="Refusal">Why a person who has a key cannot sign now, zh-CN.</param>
public sealed record ApprovalSignature(byte[]? Cms = null, byte[]? Trust = null, string? Refusal = null);

/// <param name="SeenSet">Hash of the set that was on the screen; null where nothing was shown.</param>
public sealed record Approval(Guid Change, string Pin, string? SeenSet, string? Note);

/// <param name="Missing">Rights still missing; empty when it is in force or scheduled.</param>
/// <param name="Documents">As published; empty while rights are missing.</param>
public sealed record ApprovalDone(Change Change, IReadOnlyList<string> Missing, IReadOnlyList<PublishedDocument> Documents);

/// <summary>Approves a change: looks at the whole set once more, signs outside the lock, writes approval and documents together.</summary>
public sealed class ApproveChange(ApprovalParts parts, Store store, ChangeBook book, CheckChange check, TimeProvider clock, TenantContext tenant)
{
    /// <param name="approver">Proved by PIN just now.</param>
    /// <exception cref="PublishingRefusedException">Who, what or when is not as it must be.</exception>
    /// <exception cref="SetException">Something is wrong in the set.</exception>
    public async Task<ApprovalDone> RunAsync(Approval approval, ChangeActor approver, CancellationToken cancel = default)
    {
        var opened = await book.FindAsync(approval.Change, cancel) ?? throw new PublishingRefusedException($"没有编号为 {approval.Change} 的变更单，请用 changes list 查看");
        if (ChangeStates.After(opened.Change.State, ChangeAct.Approve).Refusal is { } refusal) throw new PublishingRefusedException(refusal);
        var outcome = await check.OutcomeAsync(opened, cancel);
        var statement = StatementOf(opened, outcome);
        var before = (await book.ApprovalsAsync(opened.Change.Id, cancel)).Where(a => a.StatementJson == statement.ToJson()).ToList();
        var missing = statement.Needs.Except(before.SelectMany(a => a.Rights.Split(' '))).ToList();
        if (ApprovalRule.Refusal(opened.Authors, approver, missing) is { } who) throw new PublishingRefusedException(who);
        SetException.ThrowIfAny(outcome.Findings);
        if (approval.SeenSet is { } seen && seen != outcome.SetHash) throw new PublishingRefusedException("没有批准：您看到之后，变更单或一起生效的配置又有改动。请看过现在的内容再批准。");
        var signature = await parts.Signer.SignAsync(approver.Id, approval.Pin, Encoding.UTF8.GetBytes(statement.ToJson()), cancel);
        if (signature.Refusal is { } fault) throw new PublishingRefusedException(fault);
        var row = new ChangeApproval
        {
            Id = Guid.CreateVersion7(), ChangeId = opened.Change.Id, StatementJson = statement.ToJson(), Rights = string.Join(' ', statement.Needs.Where(approver.May)), PersonId = approver.Id, PersonName = approver.Name,
            PersonToken = approver.Person.Token, Note = string.IsNullOrWhiteSpace(approval.Note) ? null : approval.Note.Trim(), At = opened.Body.From is null ? outcome.At : CheckChange.Milliseconds(clock.GetUtcNow()), Cms = signature.Cms, Trust = signature.Trust,
        };
        var complete = ApprovedDocuments.CompleteAt(statement, [.. before, row]) is not null;
        var written = opened.Change;
        await parts.Claims.HoldAsync(complete ? parts.Claims.Of(outcome.Documents) : [], async () => written = await WriteAsync((opened.Change.Revision, outcome), row, complete, approver, cancel), cancel);
        return new ApprovalDone(written, complete ? [] : [.. missing.Where(m => !approver.May(m))], complete ? outcome.Documents : []);
    }

    /// <summary>What would be approved now.</summary>
    public ApprovalStatement StatementOf(OpenedChange opened, ChangeOutcome outcome) => new(
        tenant.Current.Name, opened.Change.Id, outcome.SetHash, opened.Body.From,
        [.. outcome.Documents.Select(d => new StatedDocument(d.Id, d.Kind, d.Name, d.Layer, d.Hash, ApprovedDocuments.CasesOf(d), null, d.EffectiveTo))],
        [.. outcome.Ends.Select(d => d.Id)], opened.Authors, ApprovalRule.Needs(opened.Body, parts.Publisher.Kind));

    private async Task<Change> WriteAsync((int Revision, ChangeOutcome Outcome) seen, ChangeApproval row, bool complete, ChangeActor approver, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var opened = await book.OpenAsync(row.ChangeId, cancel);
        if (opened.Change.Revision != seen.Revision || opened.Change.State != ChangeState.Submitted || await parts.Configuration.RevisionAsync(cancel) != seen.Outcome.Revision)
            throw new PublishingRefusedException("没有批准：变更单或生效的配置刚刚有改动。请看过现在的内容再批准。");
        store.Add(row);
        await store.AddLeafAsync("change-approval", opened.Subject, Encoding.UTF8.GetBytes(row.StatementJson), row.At, cancel);
        store.Add(new Actor(approver.Id, approver.Name).Did("批准变更单", opened.Subject, row.At, new AuditChange(New: $"{opened.Change.Number} {opened.Change.Title}", Reason: row.Note)));
        if (complete) await parts.Publisher.PutInForceAsync(opened, seen.Outcome, approver.Account, cancel);
        try
        {
            await transaction.CommitAsync(cancel);
            return opened.Change;
        }
        catch (DbUpdateException e) when (Race.Lost(e))
        {
            throw new PublishingRefusedException("没有批准：另一人刚刚改动了这份变更单。请看过现在的内容再批准。");
        }
    }
}

/// <summary>What an approval needs of the house.</summary>
public sealed record ApprovalParts(IApprovalSigner Signer, Publisher Publisher, Configuration Configuration, SetClaims Claims);
