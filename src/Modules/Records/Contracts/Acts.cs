using Engine.Forms;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Records.Contracts;

/// <summary>The frame every signed act runs in: decided and signed outside the lock, then written in one transaction. The same operation id has one effect.</summary>
internal sealed class Acts(Store store, Operations operations, SignRecord signing, SignaturesInHand inHand, OutboxSignal outbox,
    TenantContext tenant)
{
    /// <summary>How often it is signed at most, where a number that is signed was taken by somebody else.</summary>
    private const int Tries = 2;

    public async Task<Decision> RunAsync<TAttempt, TResult>(IAct<TAttempt, TResult> act, TAttempt attempt,
        CancellationToken cancel) where TAttempt : Attempt
    {
        if (await operations.DoneBeforeAsync(attempt, cancel) is { } before) return before;
        var decision = await act.DecideAsync(attempt, cancel);
        if (decision is Decision.Ready<TResult> ready)
        {
            decision = await DoAsync(act, attempt, ready.Result, cancel) with { Kept = ready.Kept };
            if (decision is Decision.Done)
            {
                inHand.Drop(ready.Kept);
                outbox.Raise(tenant.Current);
            }
        }
        await NoteAsync(decision.Noted, cancel);
        return decision;
    }

    /// <summary>What the attempt came to when it was made before; null when it is new.</summary>
    public Task<Decision?> DoneBeforeAsync(Attempt attempt, CancellationToken cancel) => operations.DoneBeforeAsync(attempt, cancel);

    private async Task<Decision> DoAsync<TAttempt, TResult>(IAct<TAttempt, TResult> act, TAttempt attempt, TResult result,
        CancellationToken cancel) where TAttempt : Attempt
    {
        Decision decision = new Decision.Stale();
        for (var left = Tries; left > 0 && decision is Decision.Stale; left--)
        {
            var proof = await act.DraftAsync(attempt, result, cancel) is { } draft
                ? await signing.SignAsync(draft, cancel) with { Of = draft } : Proof.None;
            decision = proof.Fault is { } fault ? new Decision.Wrong([fault]) { Unsigned = true, Passes = proof.Passes }
                : await WriteAsync(() => act.WriteAsync(attempt, result, proof, cancel), attempt, cancel);
        }
        return decision;
    }

    private async Task<Decision> WriteAsync(Func<Task<Decision>> write, Attempt attempt, CancellationToken cancel)
    {
        Decision decision = new Decision.Conflict();
        await Race.WonAsync(store, async () => decision = await CommitAsync(write, attempt, cancel));
        if (decision is Decision.Done) return decision;
        store.ChangeTracker.Clear();
        // The other sending of this very attempt may have been the faster one.
        return decision is Decision.Conflict && await operations.DoneBeforeAsync(attempt, cancel) is { } done ? done
            : decision with { AtWriting = true };
    }

    private async Task<Decision> CommitAsync(Func<Task<Decision>> write, Attempt attempt, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            var written = await write();
            if (written is not Decision.Done done) return written;
            operations.Add(attempt, done.Next);
            await transaction.CommitAsync(cancel);
            return done;
        }
        catch (RecordRefusedException refused)
        {
            return new Decision.Wrong([new FieldError("", "", refused.Message)]) { Noted = [refused.Noted] };
        }
    }

    /// <summary>In a transaction of its own.</summary>
    private async Task NoteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel)
    {
        if (entries.Count == 0) return;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.AddRange(entries);
        await transaction.CommitAsync(cancel);
    }
}
