using Engine.Forms;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>转交: hands a waiting step to one person who has its permission.</summary>
internal sealed class ReassignTask(Store store, VisitFiles files, StepOperation operations, TimeProvider clock, IPages pages)
{
    private const string Person = "_person";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/steps/{step}/assign", (Guid id, string step, HttpContext http, ReassignTask use, CancellationToken cancel) => use.ShowAsync(id, step, http, cancel))
            .RequirePermission(CollectionPermissions.Work);
        endpoints.MapPost("/visits/{id:guid}/steps/{step}/assign", (Guid id, string step, HttpContext http, ReassignTask use, CancellationToken cancel) => use.AssignAsync(id, step, http, cancel))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        var (file, task, refusal) = await FindAsync(id, step, http, cancel);
        return refusal is not null ? pages.Refuse(refusal) : pages.Show(await ModelAsync(file!, task!, [], "", "", cancel));
    }

    private async Task<IResult> AssignAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        var post = await StepPost.ReadAsync(http.Request, cancel);
        var (chosen, path) = (post.Fields.GetValueOrDefault(Person, ""), $"/visits/{id}");
        if (post.OperationId == Guid.Empty) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开转交页面"));
        var content = $"{path}/steps/{step}/assign\n{chosen}";
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
        var (file, task, refusal) = await FindAsync(id, step, http, cancel);
        if (refusal is not null) return pages.Refuse(refusal);
        if (post.Revision != file!.Instance.Revision) return pages.Refuse(Changed);
        var person = (await PeopleAsync(task!, cancel)).FirstOrDefault(p => p.Id == chosen);
        var errors = new[]
        {
            person is null ? new FieldError(Person, "转交给", "必填，请选择") : null,
            post.Reason is null ? new FieldError("_reason", "转交的原因", "必填，请写明原因") : post.ReasonError,
        }.OfType<FieldError>().ToList();
        if (errors.Count > 0) return pages.Show(await ModelAsync(file, task!, errors, chosen, post.Reason ?? "", cancel), StatusCodes.Status422UnprocessableEntity);
        return await CommitAsync(file, task!, person!, post, content, path, http, cancel);
    }

    private async Task<IResult> CommitAsync(VisitFile file, UserTaskRow task, AssignablePerson person, StepPost post, string content, string next, HttpContext http, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            store.Add(new AuditEntry
            {
                At = clock.GetUtcNow(), PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), Action = "转交" + task.Title, Subject = task.Subject,
                Old = task.AssigneeName ?? task.HolderName, New = person.Name, Reason = post.Reason,
            });
            (task.AssigneeId, task.AssigneeName, task.HolderId, task.HolderName, task.HeldAt) = (person.Id, person.Name, null, null, null);
            // A page opened before cannot be submitted any more.
            file.Instance.Revision++;
            operations.Add(post.OperationId, http.User.Id(), content, next);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            return await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done
                ? Results.LocalRedirect(http.Request.PathBase + done.Next) : pages.Refuse(Changed);
        }
        return Results.LocalRedirect(http.Request.PathBase + next);
    }

    private static Platform.Pages.Refusal Changed => new(RefusalKind.Conflict, "打开此页后，本次献血有了变化，没有转交", "请回到工作列表，查看现在的状态");

    private async Task<(VisitFile? File, UserTaskRow? Task, Platform.Pages.Refusal? Refusal)> FindAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return (null, null, StepPage.NoVisit);
        if (step == UserTaskRow.Exception || file.OpenTask(step) is not { } task) return (null, null, new Platform.Pages.Refusal(RefusalKind.NotFound, "这个步骤现在不在等待", "请从工作列表中选择"));
        return TaskAccess.MayReassign(task, http.User) ? (file, task, null)
            : (null, null, new Platform.Pages.Refusal(RefusalKind.Forbidden, $"“{task.Title}”不由您办理，不能转交", "请由办理人或站点管理员转交"));
    }

    private async Task<AssignModel> ModelAsync(VisitFile file, UserTaskRow task, IReadOnlyList<FieldError> errors, string chosen, string reason, CancellationToken cancel) => new(
        file.Visit.Id, task.Step, task.Title, Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file), task.AssigneeName ?? task.HolderName,
        await PeopleAsync(task, cancel), chosen, reason, errors);

    private async Task<IReadOnlyList<AssignablePerson>> PeopleAsync(UserTaskRow task, CancellationToken cancel)
    {
        var able = from membership in store.UserRoles
                   join claim in store.RoleClaims on membership.RoleId equals claim.RoleId
                   where claim.ClaimType == PersonClaims.Permission && claim.ClaimValue == task.Permission
                   select membership.UserId;
        return await store.Users.AsNoTracking().Where(p => !p.Disabled && p.Id != task.AssigneeId && able.Contains(p.Id)).OrderBy(p => p.UserName)
            .Select(p => new AssignablePerson(p.Id, p.UserName!, p.FullName)).ToListAsync(cancel);
    }
}

public sealed record AssignablePerson(string Id, string Account, string Name);

/// <summary>The page on which a step is handed on.</summary>
/// <param name="Now">Who works on it now; null when nobody does.</param>
public sealed record AssignModel(
    Guid VisitId, string Step, string Title, Guid OperationId, long Revision, DonorBanner Donor, string? Now, IReadOnlyList<AssignablePerson> People, string Chosen, string Reason, IReadOnlyList<FieldError> Errors);
