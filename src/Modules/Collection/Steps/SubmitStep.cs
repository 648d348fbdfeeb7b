using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Submits a step, or leaves it by another of its buttons. Refusals change nothing but the draft.</summary>
internal sealed class SubmitStep(VisitFiles files, Acts acts, CompleteStep complete, LeaveStep leave, StopStep stop, AnswerStep answer)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/visits/{id:guid}/steps/{step}", async (Guid id, string step, HttpContext http, SubmitStep use) =>
            await use.HandleAsync(id, step, http))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());

    private async Task<IResult> HandleAsync(Guid id, string step, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var post = await Post.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty) return answer.Refuse(new Refusal(RefusalKind.Invalid, "提交不完整", "请回到工作列表重新打开该步骤"));
        if (await files.ReadAsync(id, cancel) is not { } file) return answer.Refuse(StepPage.NoVisit);
        if (StepPage.TaskOf(file, step) is not { } task) return answer.Refuse(StepPage.NoStep);
        var attempt = new StepAttempt(file, task, post, http.User);
        if (post.Action == StepConfirmation.Stop) return answer.LeadTo(await stop.RunAsync(attempt, cancel));
        if (attempt.Action is not { } action) return answer.Refuse(new Refusal(RefusalKind.Invalid, "没有这个操作，什么也没有保存", "请从步骤页面上的按钮操作"));
        if (TaskAccess.Refuse(task, attempt.Waiting, http.User) is { } barred) return answer.Refuse(barred);
        return await answer.OfAsync(attempt,
            action.Submits ? await acts.RunAsync(complete, attempt, cancel) : await acts.RunAsync(leave, attempt, cancel), cancel);
    }
}

/// <summary>An action that submits no form: ends the visit, sends it back.</summary>
internal sealed class LeaveStep(VisitFiles files, VisitRuns runs, WorkflowEngine engine, StepWriter writer) : IAct<StepAttempt, StepResult>
{
    public async Task<Decision> DecideAsync(StepAttempt attempt, CancellationToken cancel)
    {
        if (attempt.Barred is { } barred) return barred;
        var (file, action, visited) = (attempt.File, attempt.Action!, runs.Of(attempt.File, files.Facts(attempt.File)));
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, attempt.Waiting!.ActivityId,
            new JsonObject { ["action"] = action.Key }, visited, cancel);
        if (run.Refusal is { } refused) return new Decision.Refused(new Refusal(RefusalKind.Invalid, $"不能{action.Label}", refused.Message));
        return new Decision.Ready<StepResult>(StepResult.Of(file, run, visited, attempt.By)
            with { Step = attempt.Task.StepCode, Reason = attempt.Post.Reason, Left = action });
    }

    public async Task<Decision> WriteAsync(StepAttempt attempt, StepResult result, Proof proof, CancellationToken cancel)
    {
        await writer.WriteAsync(result, cancel);
        return new Decision.Done(StepPage.Next(result, attempt.User));
    }
}

/// <summary>Persons, samples or files may have been mixed up: it is written down what was found, and the step begins anew. Nothing is judged and nobody is sent home by it.</summary>
internal sealed class StopStep(Store store, VisitFiles files, VisitRuns runs, WorkflowEngine engine, Drafts drafts, TimeProvider clock)
{
    /// <returns>Where the step begins anew.</returns>
    public async Task<string> RunAsync(StepAttempt attempt, CancellationToken cancel)
    {
        var (file, form, known) = (attempt.File, attempt.Form, files.Facts(attempt.File, attempt.Task.StepCode));
        var reading = FormReading.Read(form, attempt.Post.Fields, files.Context(file, form, known, clock.GetUtcNow()));
        if (attempt.Waiting is { } task && reading.Submission is { } submission)
        {
            var visited = runs.Of(file, VisitRuns.With(known, submission, form, []));
            await engine.ResumeAsync(file.Configuration.Workflow, file.State, task.ActivityId, new JsonObject { ["action"] = Post.Done },
                visited, cancel);
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            foreach (var found in visited.Deciding is { } verdict ? StepDecision.MixUps(verdict) : [])
                store.Add(attempt.NearMiss("停下重新检测",
                    new AuditChange(form.Fields.FirstOrDefault(f => found.FactsUsed.ContainsKey(f.Code))?.Label, null,
                    found.Text ?? found.Title), clock.GetUtcNow()));
            await drafts.DropAsync(attempt.Place, cancel);
            await transaction.CommitAsync(cancel);
        }
        return StepAttempt.PathOf(file, attempt.Task) + "?again=1";
    }
}
