using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Writes what a step leaves for people to do: tasks, timers, and the exception task of a flow that cannot go on.</summary>
internal sealed class StepTasks(Store store, StuckTasks stuck)
{
    public void Open(StepResult step, Bookmark bookmark)
    {
        // A task no page can be made of stands in no list; NoteFaultAsync says what became of it.
        if (bookmark.Kind == StepWriter.UserTask && stuck.WordsOf(bookmark, step.Configuration) is null) store.Add(Task(step, bookmark));
        // What came while this step was worked out is looked for once more after it is written.
        if (bookmark.Kind == CollectionActivities.ReadingWait) store.Enqueue(ReadingArrived.Kind, new ReadingArrived(step.Visit.Id),
            step.At);
        if (bookmark.DueAt is { } due)
            store.Add(new TimerRow { Id = Guid.CreateVersion7(step.At), InstanceId = step.Instance.Id, Kind = bookmark.Kind,
                BookmarkKey = bookmark.Key, DueAt = due });
    }

    public async Task CloseAsync(StepResult step, Bookmark bookmark, CancellationToken cancel)
    {
        foreach (var timer in await store.Set<TimerRow>()
            .Where(t => t.InstanceId == step.Instance.Id && t.BookmarkKey == bookmark.Key && t.DoneAt == null)
            .ToListAsync(cancel)) timer.DoneAt = step.At;
        var task = await Tasks(step)
            .SingleOrDefaultAsync(t => t.Step != UserTaskRow.Exception && t.ActivityId == bookmark.ActivityId, cancel);
        if (task is null) return;
        (task.ClosedAt, task.ClosedBy) = (step.At, step.By.Name);
    }

    /// <summary>A flow that has stopped, or waits for a task nobody can open, is a task for those who look after faults; it closes when the flow goes on or ends.</summary>
    public async Task NoteFaultAsync(StepResult step, CancellationToken cancel)
    {
        var open = await Tasks(step).SingleOrDefaultAsync(t => t.Step == UserTaskRow.Exception, cancel);
        var (words, activity) = Fault(step);
        if (words is null)
        {
            if (open is not null) (open.ClosedAt, open.ClosedBy) = (step.At, step.By.Name);
            return;
        }
        if (open is not null && step.Amendment is not null) return;
        store.Add(step.Did("流程异常", new AuditChange(New: words, Reason: step.Reason)));
        if (open is not null && open.ActivityId == activity) open.Note = words;
        else
        {
            if (open is not null) (open.ClosedAt, open.ClosedBy) = (step.At, step.By.Name);
            store.Add(Exception(step, activity, words));
        }
    }

    private (string? Words, string ActivityId) Fault(StepResult step)
    {
        var state = step.Run.State;
        if (!state.IsStopped) return stuck.Of(state, step.Configuration) is var (id, said) ? (said, id) : (null, "");
        var incident = step.Run.Incidents is { Count: > 0 } all ? all[^1] : null;
        return (incident?.Detail ?? incident?.Message ?? state.NothingToWaitFor ?? "流程停住了", incident?.ActivityId ?? "");
    }

    private static UserTaskRow Exception(StepResult step, string activity, string words) => new()
    {
        Id = Guid.CreateVersion7(step.At), InstanceId = step.Instance.Id, Subject = step.Visit.Subject.ToString(), ActivityId = activity,
        Step = UserTaskRow.Exception,
        Title = "流程异常", Form = "", Permission = CollectionPermissions.HandleExceptions, OpenedAt = step.At, Note = words,
    };

    private static UserTaskRow Task(StepResult step, Bookmark bookmark)
    {
        var task = step.Configuration.Workflow.UserTasks.First(t => t.ActivityId == bookmark.ActivityId);
        return new UserTaskRow
        {
            Id = Guid.CreateVersion7(step.At), InstanceId = step.Instance.Id, Subject = step.Visit.Subject.ToString(),
            ActivityId = bookmark.ActivityId,
            Step = task.StepCode, Title = task.Title, Form = task.FormKey ?? "", Permission = task.Permission ?? "", OpenedAt = step.At,
            EscalateTo = JsonValues.ToText(bookmark.Payload["escalateTo"]),
            Note = step.Left is { Back: true } left ? $"{step.By.Name}从“{step.Title(step.Step)}”{left.Label}：{step.Reason}" : null,
        };
    }

    private IQueryable<UserTaskRow> Tasks(StepResult step) =>
        store.Set<UserTaskRow>().Where(t => t.InstanceId == step.Instance.Id && t.ClosedAt == null);
}
