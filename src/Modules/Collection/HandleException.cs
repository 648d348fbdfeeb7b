using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>流程异常: what has stopped a visit's flow, to be run again or given up.</summary>
internal sealed class HandleException(
    Store store, VisitFiles files, ContinueFlow flow, StepWriter writer, StepOperation operations, WorkflowEngine engine, StuckTasks stuck, OutboxSignal outbox, TenantContext tenant, TimeProvider clock, IPages pages)
{
    private const string Retry = "Retry";
    private const string End = "End";
    private const string Skip = "Skip";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/exception", (Guid id, HttpContext http, HandleException use, CancellationToken cancel) => use.ShowAsync(id, http, cancel))
            .RequirePermission(CollectionPermissions.HandleExceptions);
        endpoints.MapPost("/visits/{id:guid}/exception", (Guid id, HttpContext http, HandleException use, CancellationToken cancel) => use.HandleAsync(id, http, cancel))
            .RequirePermission(CollectionPermissions.HandleExceptions).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        return file.OpenTask(UserTaskRow.Exception) is null ? Results.LocalRedirect($"{http.Request.PathBase}/visits/{id}") : pages.Show(Model(file, [], null, http));
    }

    private async Task<IResult> HandleAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        var post = await StepPost.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty || post.Action is not (Retry or End or Skip)) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请从异常页面上的按钮操作"));
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        var content = $"/visits/{id}/exception\n{post.Action}";
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
        if (file.OpenTask(UserTaskRow.Exception) is null || post.Revision != file.Instance.Revision) return pages.Refuse(Handled);
        if (post.ReasonError is { } unfit) return Wrong(file, unfit, http);
        if (post.Action == End && post.Reason is null) return Wrong(file, new FieldError(post.ReasonInput, "终止的原因", "必填，请写明原因"), http);
        if (post.Action == Skip && post.Reason is null) return Wrong(file, new FieldError(post.ReasonInput, "跳过的原因", "必填，请写明原因"), http);
        if (post.Action == Skip && Stuck(file) is null) return pages.Refuse(Handled);
        var step = post.Action switch { End => Ended(file, post, http), Skip => await SkippedAsync(file, Stuck(file)!, post, http, cancel), _ => await AgainAsync(file, post, http, cancel) };
        if (post.Action == Retry && post.Reason is null && step.Visited.Deciding is { Outcome: RuleOutcome.Prompt })
            return Wrong(file, new FieldError(post.ReasonInput, "确认的原因", "判定有需要确认的提示，请写明确认的原因"), http);
        return await CommitAsync(file, step, post, content, http, cancel);
    }

    private async Task<StepResult> AgainAsync(VisitFile file, StepPost post, HttpContext http, CancellationToken cancel)
    {
        var visited = flow.Attended(file);
        var run = await engine.RetryAsync(file.Configuration.Workflow, file.State, visited, cancel);
        return ContinueFlow.Result(file, run, visited, http.User.Id(), http.User.FullNameOf(), post.Reason);
    }

    /// <summary>The task nobody can open; null when the flow has stopped for another reason.</summary>
    private string? Stuck(VisitFile file) => file.State.IsStopped ? null : stuck.Of(file.State, file.Configuration)?.ActivityId;

    private async Task<StepResult> SkippedAsync(VisitFile file, string activity, StepPost post, HttpContext http, CancellationToken cancel)
    {
        var visited = flow.Attended(file);
        var action = new JsonObject { ["action"] = StuckTasks.GoesOn(file.Configuration, activity) };
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, activity, action, visited, cancel);
        return ContinueFlow.Result(file, run, visited, http.User.Id(), http.User.FullNameOf(), post.Reason);
    }

    private StepResult Ended(VisitFile file, StepPost post, HttpContext http)
    {
        var run = engine.Cancel(file.Configuration.Workflow, file.State);
        return ContinueFlow.Result(file, run with { Effects = [.. run.Effects, new VisitEnded(UserTaskRow.Exception, VisitStates.Withdrawn)] }, flow.Attended(file), http.User.Id(), http.User.FullNameOf(), post.Reason);
    }

    private async Task<IResult> CommitAsync(VisitFile file, StepResult step, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        var next = step.Run.State.IsStopped || stuck.Of(step.Run.State, file.Configuration) is not null ? $"/visits/{file.Visit.Id}/exception" : $"/visits/{file.Visit.Id}";
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            if (post.Action == Retry) store.Add(new AuditEntry
            {
                At = clock.GetUtcNow(), PersonId = step.PersonId, PersonName = step.PersonName, Action = "重试", Subject = StepWriter.Subject(file.Visit),
                New = step.Run.State.IsStopped ? "仍然异常" : "继续", Reason = post.Reason,
            });
            if (post.Action == Skip) store.Add(new AuditEntry
            {
                At = clock.GetUtcNow(), PersonId = step.PersonId, PersonName = step.PersonName, Action = "跳过步骤", Subject = StepWriter.Subject(file.Visit),
                Old = file.Configuration.Workflow.Find(Stuck(file)!)?.DisplayText, Reason = post.Reason,
            });
            await writer.WriteAsync(step, cancel);
            operations.Add(post.OperationId, http.User.Id(), content, next);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
            return pages.Refuse(Handled);
        }
        outbox.Raise(tenant.Current);
        return Results.LocalRedirect(http.Request.PathBase + next);
    }

    private static Platform.Pages.Refusal Handled => new(RefusalKind.Conflict, "异常已由他人处理，或流程刚有变化", "请回到工作列表，查看现在的状态");

    private IResult Wrong(VisitFile file, FieldError error, HttpContext http) => pages.Show(Model(file, [error], error.Code, http), StatusCodes.Status422UnprocessableEntity);

    private ExceptionModel Model(VisitFile file, IReadOnlyList<FieldError> errors, string? wrong, HttpContext http)
    {
        var task = file.OpenTask(UserTaskRow.Exception)!;
        return new ExceptionModel(
            file.Visit.Id, Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file), VisitViews.Rail(file, null, http.User),
            task.Note ?? "", file.Configuration.Workflow.Find(task.ActivityId)?.DisplayText, task.OpenedAt, file.State.Incidents, errors, wrong, file.Configuration.Settings.TimeZone) { CanSkip = Stuck(file) is not null };
    }
}

/// <summary>The page of a flow that has stopped.</summary>
/// <param name="Words">What went wrong.</param>
/// <param name="Activity">Where in the flow; null when it is nowhere in particular.</param>
/// <param name="Incidents">All there were, the oldest first: as many as tries.</param>
/// <param name="Wrong">Name of the input an error belongs to.</param>
public sealed record ExceptionModel(
    Guid VisitId, Guid OperationId, long Revision, DonorBanner Donor, IReadOnlyList<RailStep> Rail, string Words, string? Activity, DateTimeOffset Since,
    IReadOnlyList<Incident> Incidents, IReadOnlyList<FieldError> Errors, string? Wrong, TimeZoneInfo TimeZone)
{
    /// <summary>The flow waits for a step nobody can open: it can go on without it; running it again would change nothing.</summary>
    public bool CanSkip { get; init; }
}
