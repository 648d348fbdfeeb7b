using Platform.Audit;
using Platform.Storage;

namespace Platform.Publishing.Changes;

/// <summary>Moves a change along its states without touching what is in it: on to those who approve, back, or away.</summary>
public sealed class PassChange(Store store, ChangeBook book, CheckChange check, TimeProvider clock)
{
    /// <summary>Looks once more and hands the change on.</summary>
    /// <exception cref="SetException">Something is wrong in it.</exception>
    /// <exception cref="PublishingRefusedException">It cannot be handed on.</exception>
    public async Task<ChangeOutcome> SubmitAsync(Guid id, ChangeActor author, CancellationToken cancel = default)
    {
        var seen = await book.FindAsync(id, cancel) ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单，请用 changes list 查看");
        if (seen.Change.State == ChangeState.Submitted) throw new PublishingRefusedException(ChangeStates.After(ChangeState.Submitted, ChangeAct.Submit).Refusal!);
        Author(seen, author);
        var outcome = await check.RunAsync(id, new Actor(author.Id, author.Name), cancel);
        SetException.ThrowIfAny(outcome.Findings);
        await MoveAsync(id, ChangeAct.Submit, new Actor(author.Id, author.Name), "送批变更单", null, cancel);
        return outcome;
    }

    /// <summary>By an author, or by whoever could approve it.</summary>
    public Task SendBackAsync(Guid id, ChangeActor by, string reason, CancellationToken cancel = default) => MoveAsync(id, ChangeAct.SendBack, new Actor(by.Id, by.Name), "退回变更单", reason, cancel);

    public async Task WithdrawAsync(Guid id, ChangeActor author, string? reason, CancellationToken cancel = default)
    {
        Author(await book.FindAsync(id, cancel) ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单，请用 changes list 查看"), author);
        await MoveAsync(id, ChangeAct.Withdraw, new Actor(author.Id, author.Name), "撤销变更单", reason, cancel);
    }

    private static void Author(OpenedChange opened, ChangeActor person)
    {
        if (opened.Authors.All(a => a.Id != person.Id)) throw new PublishingRefusedException($"只有起草人可以送批或撤销这份变更单：{string.Join("、", opened.Revisions.Select(r => r.PersonName).Distinct())}");
    }

    private async Task MoveAsync(Guid id, ChangeAct act, Actor by, string what, string? reason, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var opened = await book.OpenAsync(id, cancel);
        var (next, refusal) = ChangeStates.After(opened.Change.State, act);
        if (refusal is not null) throw new PublishingRefusedException(refusal);
        opened.Change.State = next;
        store.Add(by.Did(what, opened.Subject, clock.GetUtcNow(), new AuditChange(New: $"{opened.Change.Number} {opened.Change.Title}", Reason: reason)));
        await transaction.CommitAsync(cancel);
    }
}
