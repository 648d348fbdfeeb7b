using Engine.Workflows;
using Modules.Records.Contracts;
using Platform.People;

namespace Modules.Collection;

/// <summary>Tasks of a flow that nobody can open: their form is not among the documents the visit has pinned, or no permission of that name exists. Publishing refuses such a flow; one that is there all the same must not hold a donor.</summary>
internal sealed class StuckTasks(IEnumerable<Permission> permissions)
{
    private readonly HashSet<string> _permissions = permissions.Select(p => p.Code).ToHashSet(StringComparer.Ordinal);

    /// <summary>The first such task the flow waits for, with words for whoever handles it; null when there is none.</summary>
    public (string ActivityId, string Words)? Of(WorkflowState state, VisitConfiguration configuration) =>
        state.Bookmarks.Select(b => WordsOf(b, configuration) is { } words ? (b.ActivityId, words) : ((string, string)?)null).FirstOrDefault(s => s is not null);

    /// <summary>Why nobody can open the task; null when somebody can, or the wait is for no person.</summary>
    public string? WordsOf(Bookmark bookmark, VisitConfiguration configuration)
    {
        if (bookmark.Kind != StepWriter.UserTask) return null;
        var task = configuration.Workflow.UserTasks.FirstOrDefault(t => t.ActivityId == bookmark.ActivityId);
        return task is null ? "流程等待一个没有定义的步骤，无法办理"
            : task.FormKey is not { } form || !configuration.HasForm(form) ? $"步骤“{task.Title}”的表单 {task.FormKey} 不存在，无法办理；写明原因后可跳过这一步，其余步骤照常进行"
            : !_permissions.Contains(task.Permission ?? "") ? $"步骤“{task.Title}”的权限 {task.Permission} 不存在，没有人能办理；写明原因后可跳过这一步，其余步骤照常进行"
            : null;
    }

    /// <summary>The action by which the flow goes on as if the step were done.</summary>
    public static string GoesOn(VisitConfiguration configuration, string activityId) =>
        configuration.Workflow.UserTasks.FirstOrDefault(t => t.ActivityId == activityId)?.Actions is not { Count: > 0 } actions ? Post.Done
        : (actions.FirstOrDefault(a => a.Key == Post.Done) ?? actions.FirstOrDefault(a => a.Submits) ?? actions[0]).Key;
}
