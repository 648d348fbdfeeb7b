using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>A timer of a visit has run out: a wait goes on, a task that has waited too long is escalated.</summary>
internal sealed class FireTimer(Store store, ContinueFlow flow, StepWriter writer, TimeProvider clock) : ITimerHandler
{
    public async Task FireAsync(Guid timerId, CancellationToken cancel)
    {
        var timer = await store.Set<TimerRow>().AsNoTracking().SingleAsync(t => t.Id == timerId, cancel);
        if (timer.DoneAt is not null) return;
        var escalates = timer.Kind == StepWriter.UserTask;
        var step = !escalates && await flow.FileAsync(timer.InstanceId, cancel) is { } file ? await flow.ResumeAsync(file, timer.BookmarkKey, new JsonObject { ["due"] = true }, cancel) : null;
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        // The timer first, as a step that closes its wait does: two that lock in the same order never wait for each other.
        if (await store.Set<TimerRow>().Where(t => t.Id == timerId && t.DoneAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.DoneAt, now), cancel) == 0) return;
        if (escalates) await EscalateAsync(timer, cancel);
        if (step is not null) await writer.WriteAsync(step, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The flow itself goes on waiting, and whoever has the page open may submit it: its revision stays.</summary>
    private async Task EscalateAsync(TimerRow timer, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var open = store.Set<UserTaskRow>().Where(t => t.InstanceId == timer.InstanceId && t.ActivityId == timer.BookmarkKey && t.ClosedAt == null && t.EscalatedAt == null);
        if (await open.AsNoTracking().SingleOrDefaultAsync(cancel) is not { } task) return;
        if (await open.ExecuteUpdateAsync(set => set.SetProperty(t => t.EscalatedAt, now), cancel) == 0) return;
        store.Add(Actor.System.Did("超时", task.Subject, now, new AuditChange(New: task.Title)));
    }
}
