using System.Security.Claims;
using Engine.Forms;
using Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Platform.Pages;
using Platform.People;

namespace Modules.Collection;

/// <summary>Opens a step.</summary>
internal sealed class StepPage(VisitFiles files, DrawStep draw, HoldStep holds, TimeProvider clock, IPages pages)
{
    private const string Stopped = "已停下，本次献血没有结束。请核对献血者身份和样本标签，重新采样检测后再填写";

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/{id:guid}/steps/{step}", (Guid id, string step, HttpContext http, StepPage use) =>
            use.OpenAsync(id, step, http)).RequirePermission(CollectionPermissions.Work);

    public static Refusal NoVisit => new(RefusalKind.NotFound, "没有这次献血", "请从工作列表中选择");

    public static Refusal NoStep => new(RefusalKind.NotFound, "本次献血的流程中没有这个步骤", "请从工作列表中选择");

    public static Refusal NoRight(string title) => new(RefusalKind.Forbidden, $"您没有“{title}”的权限", "请由有权限的人员操作，或联系站点管理员");

    /// <summary>The step as the pinned flow defines it, when a form belongs to it here.</summary>
    public static UserTaskStep? TaskOf(VisitFile file, string step) =>
        file.Configuration.Workflow.UserTasks.FirstOrDefault(t =>
            t.StepCode == step && t.FormKey is { } form && file.Configuration.HasForm(form)) is { } task
            // A paper without a layout cannot be made; the step is done without it, and the archive misses it.
            ? task with { Documents = [.. task.Documents.Where(file.Configuration.HasLayout)] } : null;

    /// <summary>Why this form of the visit cannot be submitted any more; null when it can.</summary>
    public static string? LeftOver(VisitFile file, FormDefinition form, DateTimeOffset now) =>
        NeedleGate.BeforeNeedle(form) ? file.LeftOver(now) : null;

    /// <summary>Where a submitted step leads: the next step this person may do, else the visit's page.</summary>
    public static string Next(StepResult result, ClaimsPrincipal user)
    {
        var opened = result.Opened.FirstOrDefault(t =>
            t.Permission is { } permission && user.Has(permission) && t.FormKey is { } form && result.Configuration.HasForm(form));
        return opened is null ? $"/visits/{result.Visit.Id}" : $"/visits/{result.Visit.Id}/steps/{opened.StepCode}";
    }

    private async Task<IResult> OpenAsync(Guid id, string step, HttpContext http)
    {
        var (cancel, user, query) = (http.RequestAborted, http.User, http.Request.Query);
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(NoVisit);
        if (TaskOf(file, step) is not { } defined) return pages.Refuse(NoStep);
        if (TaskAccess.Refuse(defined, file.OpenTask(step), user) is { } barred) return pages.Refuse(barred);
        if (file.OpenTask(step) is not { } task) return pages.LeadTo($"/visits/{id}");
        var (draft, heldBy) = await holds.TakeAsync(file, task, user.Actor(), cancel);
        var view = new StepView(file, defined, user) { Values = draft?.Values, Fill = true };
        return pages.Show(await draw.ModelAsync(view, cancel) with
        {
            Notice = LeftOver(file, view.Form, clock.GetUtcNow()) ?? (query.ContainsKey("again") ? Stopped : draft?.Notice),
            HeldBy = heldBy, Registered = query.ContainsKey("registered"),
            Why = task.Note, Late = task.EscalatedAt is not null, Reassign = TaskAccess.MayReassign(task, user),
        });
    }
}
