using System.Security.Claims;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Somebody hands a waiting step on.</summary>
internal sealed record AssignAttempt(VisitFile File, UserTaskRow Task, Post Post, Actor By)
    : Attempt(Post.OperationId, By, $"{ReassignTask.PathOf(File, Task)}\n{Post.Fields.GetValueOrDefault(ReassignTask.Person, "")}")
{
    public string Chosen => Post.Fields.GetValueOrDefault(ReassignTask.Person, "");
}

/// <summary>转交: hands a waiting step to one person who has its permission.</summary>
internal sealed class ReassignTask(Store store, VisitFiles files, Acts acts, TimeProvider clock, IPages pages)
    : IAct<AssignAttempt, AssignablePerson>
{
    public const string Person = "_person";

    private static Refusal Changed => new(RefusalKind.Conflict, "打开此页后，本次献血有了变化，没有转交", "请回到工作列表，查看现在的状态");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/steps/{step}/assign", (Guid id, string step, HttpContext http, ReassignTask use) =>
            use.ShowAsync(id, step, http)).RequirePermission(CollectionPermissions.Work);
        endpoints.MapPost("/visits/{id:guid}/steps/{step}/assign", (Guid id, string step, HttpContext http, ReassignTask use) =>
            use.AssignAsync(id, step, http))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    public static string PathOf(VisitFile file, UserTaskRow task) => $"/visits/{file.Visit.Id}/steps/{task.Step}/assign";

    private async Task<IResult> ShowAsync(Guid id, string step, HttpContext http)
    {
        var (file, task, refusal) = await FindAsync(id, step, http.User, http.RequestAborted);
        return refusal is not null ? pages.Refuse(refusal) : pages.Show(await ModelAsync(file!, task!, http.RequestAborted));
    }

    private async Task<IResult> AssignAsync(Guid id, string step, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var post = await Post.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty) return pages.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开转交页面"));
        var (file, task, refusal) = await FindAsync(id, step, http.User, cancel);
        // Once handed on, it may wait for somebody else: what was done is answered all the same.
        if (task is null) return pages.Refuse(refusal!);
        var attempt = new AssignAttempt(file!, task, post, http.User.Actor());
        var decision = refusal is null ? await acts.RunAsync(this, attempt, cancel)
            : await acts.DoneBeforeAsync(attempt, cancel) ?? new Decision.Refused(refusal);
        return decision switch
        {
            Decision.Done done => pages.LeadTo(done.Next),
            Decision.Refused refused => pages.Refuse(refused.Refusal),
            Decision.Wrong wrong =>
                pages.Show(await ModelAsync(file!, task, cancel)
                with { Errors = wrong.Errors, Chosen = attempt.Chosen, Reason = post.Reason ?? "" },
                StatusCodes.Status422UnprocessableEntity),
            _ => pages.Refuse(Changed),
        };
    }

    public async Task<Decision> DecideAsync(AssignAttempt attempt, CancellationToken cancel)
    {
        var post = attempt.Post;
        if (post.Revision != attempt.File.Instance.Revision) return new Decision.Conflict();
        var person = (await PeopleAsync(attempt.Task, cancel)).FirstOrDefault(p => p.Id == attempt.Chosen);
        var errors = new[]
        {
            person is null ? new FieldError(Person, "转交给", "必填，请选择") : null,
            post.Reason is null ? new FieldError("_reason", "转交的原因", "必填，请写明原因") : post.ReasonError,
        }.OfType<FieldError>().ToList();
        return errors.Count > 0 ? new Decision.Wrong(errors) : new Decision.Ready<AssignablePerson>(person!);
    }

    public Task<Decision> WriteAsync(AssignAttempt attempt, AssignablePerson person, Proof proof, CancellationToken cancel)
    {
        var (file, task) = (attempt.File, attempt.Task);
        store.Add(attempt.By.Did("转交" + task.Title, task.Subject, clock.GetUtcNow(),
            new AuditChange(null, task.AssigneeName ?? task.HolderName, person.Name, attempt.Post.Reason)));
        (task.AssigneeId, task.AssigneeName, task.HolderId, task.HolderName, task.HeldAt) = (person.Id, person.Name, null, null, null);
        // A page opened before cannot be submitted any more.
        file.Instance.Revision++;
        return Task.FromResult<Decision>(new Decision.Done($"/visits/{file.Visit.Id}"));
    }

    private async Task<(VisitFile? File, UserTaskRow? Task, Refusal? Refusal)> FindAsync(Guid id, string step, ClaimsPrincipal user,
        CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return (null, null, StepPage.NoVisit);
        if (step == UserTaskRow.Exception || file.OpenTask(step) is not { } task)
            return (null, null, new Refusal(RefusalKind.NotFound, "这个步骤现在不在等待", "请从工作列表中选择"));
        return TaskAccess.MayReassign(task, user) ? (file, task, null)
            : (file, task, new Refusal(RefusalKind.Forbidden, $"“{task.Title}”不由您办理，不能转交", "请由办理人或站点管理员转交"));
    }

    private async Task<AssignModel> ModelAsync(VisitFile file, UserTaskRow task, CancellationToken cancel) => new(
        file.Visit.Id, task.Step, task.Title, Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file),
        task.AssigneeName ?? task.HolderName,
        await PeopleAsync(task, cancel), "", "", []);

    private async Task<IReadOnlyList<AssignablePerson>> PeopleAsync(UserTaskRow task, CancellationToken cancel)
    {
        var able = from membership in store.UserRoles
                   join claim in store.RoleClaims on membership.RoleId equals claim.RoleId
                   where claim.ClaimType == PersonClaims.Permission && claim.ClaimValue == task.Permission
                   select membership.UserId;
        return await store.Users.AsNoTracking().Where(p => !p.Disabled && p.Id != task.AssigneeId && able.Contains(p.Id))
            .OrderBy(p => p.UserName)
            .Select(p => new AssignablePerson(p.Id, p.UserName!, p.FullName)).ToListAsync(cancel);
    }
}

public sealed record AssignablePerson(string Id, string Account, string Name);

/// <summary>The page on which a step is handed on.</summary>
/// <param name="Now">Who works on it now; null when nobody does.</param>
public sealed record AssignModel(
    Guid VisitId, string Step, string Title, Guid OperationId, long Revision, DonorBanner Donor, string? Now,
    IReadOnlyList<AssignablePerson> People, string Chosen, string Reason, IReadOnlyList<FieldError> Errors);
