using System.Security.Claims;
using Engine.Workflows;
using Platform.Flows;
using Platform.Pages;
using Platform.People;

namespace Modules.Collection;

/// <summary>Who may open a step that waits: whoever has its permission, once its time is over also those it is escalated to; handed to one person, only that one.</summary>
internal static class TaskAccess
{
    /// <summary>Why this person may not, or null.</summary>
    /// <param name="task">The waiting task; null when the step does not wait.</param>
    public static Refusal? Refuse(UserTaskStep defined, UserTaskRow? task, ClaimsPrincipal user) =>
        !user.Has(defined.Permission ?? "") && (task is null || !IsEscalatedTo(task, user)) ? StepPage.NoRight(defined.Title)
        : task is not null && IsAnothers(task, user) ? new Refusal(RefusalKind.Forbidden, $"“{defined.Title}”已转交给 {task.AssigneeName}", "请由其本人办理；需要改派的，请联系站点管理员")
        : null;

    public static bool MayOpen(UserTaskRow task, ClaimsPrincipal user) => (user.Has(task.Permission) || IsEscalatedTo(task, user)) && !IsAnothers(task, user);

    /// <summary>Whoever works on it may hand it on, and those who may hand on everything.</summary>
    public static bool MayReassign(UserTaskRow task, ClaimsPrincipal user) =>
        user.Has(CollectionPermissions.Reassign) || (MayOpen(task, user) && (task.AssigneeId ?? task.HolderId) == user.Id());

    private static bool IsEscalatedTo(UserTaskRow task, ClaimsPrincipal user) => task is { EscalatedAt: not null, EscalateTo: { } also } && user.Has(also);

    private static bool IsAnothers(UserTaskRow task, ClaimsPrincipal user) => task.AssigneeId is { } assignee && assignee != user.Id() && !user.Has(CollectionPermissions.Reassign);
}
