using Platform.Audit;

namespace Modules.Records.Contracts;

/// <summary>Somebody tries to do something that stays on record.</summary>
/// <param name="OperationId">The same has one effect and one answer, however often it is sent.</param>
/// <param name="Content">What identifies what is tried; never a PIN or a signature.</param>
internal record Attempt(Guid OperationId, Actor By, string Content);

/// <summary>An act as the module of its subject knows it. The frame asks in this order, and does the rest: <see cref="Acts"/>.</summary>
/// <typeparam name="TResult">What the act leaves behind, worked out and not yet written.</typeparam>
internal interface IAct<in TAttempt, TResult> where TAttempt : Attempt
{
    /// <summary>Reads and computes; writes nothing. <see cref="Decision.Ready{TResult}"/> where it may be done.</summary>
    Task<Decision> DecideAsync(TAttempt attempt, CancellationToken cancel);

    /// <summary>What is signed, as things stand now; null where nothing is. Asked again after <see cref="Decision.Stale"/>.</summary>
    Task<ToSign?> DraftAsync(TAttempt attempt, TResult result, CancellationToken cancel) => Task.FromResult<ToSign?>(null);

    /// <summary>In the frame's transaction. <see cref="Decision.Done"/>; with anything else nothing is written.</summary>
    Task<Decision> WriteAsync(TAttempt attempt, TResult result, Proof proof, CancellationToken cancel);
}
