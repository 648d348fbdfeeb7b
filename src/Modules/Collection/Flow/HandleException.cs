using System.Security.Claims;
using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Pages;
using Platform.People;

namespace Modules.Collection;

/// <summary>流程异常: what has stopped a visit's flow, to be run again or given up.</summary>
internal sealed class HandleException(VisitFiles files, Acts acts, ResolveFault resolve, TimeProvider clock, IPages pages)
{
    private static Refusal Handled => new(RefusalKind.Conflict, "异常已由他人处理，或流程刚有变化", "请回到工作列表，查看现在的状态");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/visits/{id:guid}/exception", (Guid id, HttpContext http, HandleException use) => use.ShowAsync(id, http))
            .RequirePermission(CollectionPermissions.HandleExceptions);
        endpoints.MapPost("/visits/{id:guid}/exception", (Guid id, HttpContext http, HandleException use) => use.HandleAsync(id, http))
            .RequirePermission(CollectionPermissions.HandleExceptions).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(Guid id, HttpContext http)
    {
        if (await files.ReadAsync(id, http.RequestAborted) is not { } file) return pages.Refuse(StepPage.NoVisit);
        return file.OpenTask(UserTaskRow.Exception) is null ? pages.LeadTo($"/visits/{id}") : pages.Show(Model(file, http.User));
    }

    private async Task<IResult> HandleAsync(Guid id, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var post = await Post.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty || !ResolveFault.Actions.Contains(post.Action))
            return pages.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请从异常页面上的按钮操作"));
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        return await acts.RunAsync(resolve, new FaultAttempt(file, post, http.User.Actor()), cancel) switch
        {
            Decision.Done done => pages.LeadTo(done.Next),
            Decision.Wrong { Errors: var errors } =>
                pages.Show(Model(file, http.User) with { Errors = errors, Wrong = errors[0].Code },
                StatusCodes.Status422UnprocessableEntity),
            _ => pages.Refuse(Handled),
        };
    }

    private ExceptionModel Model(VisitFile file, ClaimsPrincipal user)
    {
        var task = file.OpenTask(UserTaskRow.Exception)!;
        return new ExceptionModel(
            file.Visit.Id, Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file),
            VisitViews.Rail(file, null, user),
            task.Note ?? "", file.Configuration.Workflow.Find(task.ActivityId)?.DisplayText, task.OpenedAt, file.State.Incidents, [], null,
            file.Configuration.Settings.TimeZone) { CanSkip = resolve.Stuck(file) is not null };
    }
}

/// <summary>Somebody sees to a flow that has stopped.</summary>
internal sealed record FaultAttempt(VisitFile File, Post Post, Actor By)
    : Attempt(Post.OperationId, By, $"/visits/{File.Visit.Id}/exception\n{Post.Action}");

/// <summary>Runs a flow that has stopped again, has it go on without the step nobody can open, or ends the visit.</summary>
internal sealed class ResolveFault(VisitFiles files, VisitRuns runs, WorkflowEngine engine, StuckTasks stuck, StepWriter writer)
    : IAct<FaultAttempt, StepResult>
{
    private const string Retry = "Retry";
    private const string End = "End";
    private const string Skip = "Skip";

    public static IReadOnlyList<string> Actions { get; } = [Retry, End, Skip];

    /// <summary>The task nobody can open; null when the flow has stopped for another reason.</summary>
    public string? Stuck(VisitFile file) => file.State.IsStopped ? null : stuck.Of(file.State, file.Configuration)?.ActivityId;

    public async Task<Decision> DecideAsync(FaultAttempt attempt, CancellationToken cancel)
    {
        var (file, post) = (attempt.File, attempt.Post);
        if (file.OpenTask(UserTaskRow.Exception) is null || post.Revision != file.Instance.Revision) return new Decision.Conflict();
        if (post.ReasonError is { } unfit) return new Decision.Wrong([unfit]);
        if (post.Action != Retry && post.Reason is null)
            return new Decision.Wrong([new FieldError(post.ReasonInput, post.Action == End ? "终止的原因" : "跳过的原因", "必填，请写明原因")]);
        if (post.Action == Skip && Stuck(file) is null) return new Decision.Conflict();
        var visited = runs.Of(file, files.Facts(file));
        var run = await RunAsync(attempt, visited, cancel);
        if (post.Action == Retry && post.Reason is null && visited.Deciding is { Outcome: RuleOutcome.Prompt })
            return new Decision.Wrong([new FieldError(post.ReasonInput, "确认的原因", "判定有需要确认的提示，请写明确认的原因")]);
        return new Decision.Ready<StepResult>(StepResult.Of(file, run, visited, attempt.By)
            with { Reason = post.Reason, Noted = Noted(attempt, run) });
    }

    private (string, AuditChange)? Noted(FaultAttempt attempt, WorkflowRun run) => attempt.Post.Action switch
    {
        Retry => ("重试", new AuditChange(New: run.State.IsStopped ? "仍然异常" : "继续", Reason: attempt.Post.Reason)),
        Skip => ("跳过步骤",
            new AuditChange(Old: attempt.File.Configuration.Workflow.Find(Stuck(attempt.File)!)?.DisplayText, Reason: attempt.Post.Reason)),
        _ => null,
    };

    private async Task<WorkflowRun> RunAsync(FaultAttempt attempt, VisitRun visited, CancellationToken cancel)
    {
        var (file, workflow) = (attempt.File, attempt.File.Configuration.Workflow);
        switch (attempt.Post.Action)
        {
            case End:
                var ended = engine.Cancel(workflow, file.State);
                return ended with { Effects = [.. ended.Effects, new VisitEnded(UserTaskRow.Exception, VisitStates.Withdrawn)] };
            case Skip:
                var activity = Stuck(file)!;
                return await engine.ResumeAsync(workflow, file.State, activity,
                    new JsonObject { ["action"] = StuckTasks.GoesOn(file.Configuration, activity) }, visited, cancel);
            default:
                return await engine.RetryAsync(workflow, file.State, visited, cancel);
        }
    }

    public async Task<Decision> WriteAsync(FaultAttempt attempt, StepResult result, Proof proof, CancellationToken cancel)
    {
        var file = attempt.File;
        await writer.WriteAsync(result, cancel);
        var again = result.Run.State.IsStopped || stuck.Of(result.Run.State, file.Configuration) is not null;
        return new Decision.Done(again ? $"/visits/{file.Visit.Id}/exception" : $"/visits/{file.Visit.Id}");
    }
}

/// <summary>The page of a flow that has stopped.</summary>
/// <param name="Words">What went wrong.</param>
/// <param name="Activity">Where in the flow; null when it is nowhere in particular.</param>
/// <param name="Incidents">All there were, the oldest first: as many as tries.</param>
/// <param name="Wrong">Name of the input an error belongs to.</param>
public sealed record ExceptionModel(
    Guid VisitId, Guid OperationId, long Revision, DonorBanner Donor, IReadOnlyList<RailStep> Rail, string Words, string? Activity,
    DateTimeOffset Since,
    IReadOnlyList<Incident> Incidents, IReadOnlyList<FieldError> Errors, string? Wrong, TimeZoneInfo TimeZone)
{
    /// <summary>The flow waits for a step nobody can open: it can go on without it; running it again would change nothing.</summary>
    public bool CanSkip { get; init; }
}
