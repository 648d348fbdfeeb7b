using System.Security.Claims;
using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Submits a step: read and judge outside the lock, then one transaction. Refusals change nothing but the draft.</summary>
internal sealed class SubmitStep(
    Store store, VisitFiles files, StepPage page, StepSigners signers, SignaturesInHand inHand, SignRecord signing, StepWriter writer, StepOperation operations, StepReadings readings, SaveDraft drafts,
    IDonors donors, WorkflowEngine engine, OutboxSignal outbox, TenantContext tenant, TimeProvider clock, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/visits/{id:guid}/steps/{step}", (Guid id, string step, HttpContext http, SubmitStep use, CancellationToken cancel) => use.HandleAsync(id, step, http, cancel))
            .RequirePermission(CollectionPermissions.Work).WithMetadata(new RequireAntiforgeryTokenAttribute());

    private async Task<IResult> HandleAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        var post = await StepPost.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请回到工作列表重新打开该步骤"));
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        if (StepPage.TaskOf(file, step) is not { } defined) return pages.Refuse(StepPage.NoStep);
        if (post.Action == StepPost.CheckAgain) return await StopAsync(file, defined, post, http, cancel);
        if (defined.Action(post.Action) is not { } action) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "没有这个操作，什么也没有保存", "请从步骤页面上的按钮操作"));
        if (TaskAccess.Refuse(defined, file.OpenTask(step), http.User) is { } barred) return pages.Refuse(barred);
        var form = file.Configuration.Form(defined.FormKey!);
        var content = post.Content($"/visits/{id}/steps/{step}", form);
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
        if (file.OpenTask(step) is not { } task || post.Revision != file.Instance.Revision)
        {
            // A step that is closed keeps no draft: it would come back where the step is done again.
            if (file.OpenTask(step) is not null) await drafts.KeepAsync(file.Visit, step, form, post.Fields, http.User, cancel);
            return await page.ConflictAsync(file, defined, form, post, http, cancel);
        }
        if (post.ReasonError is { } unfit) return await RefuseAsync(file, defined, form, post, [unfit], http, cancel);
        if (action is { Submits: true, Reason: true } && post.Reason is null) return await RefuseAsync(file, defined, form, post, [NoReason(action, post)], http, cancel);
        return !action.Submits
            ? await LeaveAsync(file, defined, task, form, action, post, content, http, cancel)
            : await CompleteAsync(file, defined, task, form, post, content, http, cancel);
    }

    private async Task<IResult> CompleteAsync(
        VisitFile file, UserTaskStep defined, UserTaskRow task, FormDefinition form, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        if (StepPage.LeftOver(file, form, clock.GetUtcNow()) is { } leftOver) return await RefuseAsync(file, defined, form, post, [new FieldError("", defined.Title, leftOver)], http, cancel);
        var known = files.Facts(file, defined.StepCode);
        var reading = FormReading.Read(form, post.Fields, files.Context(file, form, known, clock.GetUtcNow()));
        if (reading.Submission is not { } submission)
        {
            await NoteMismatchesAsync(file, form, post, reading.Errors, http, cancel);
            return await RefuseAsync(file, defined, form, post, reading.Errors, http, cancel);
        }
        var measured = await readings.OfAsync(file, form, files.Context(file, form, known, clock.GetUtcNow()), cancel);
        if (measured.Token != post.Readings)
        {
            await drafts.KeepAsync(file.Visit, task.Step, form, post.Fields, http.User, cancel);
            return await page.NewReadingsAsync(file, defined, form, post, http, cancel);
        }
        known.Set(CollectionFacts.MeasuredByDevice, measured.Give(form, submission) ? "yes" : "no").Set(CollectionFacts.WrittenAt, CollectionFacts.MinuteOf(clock.GetUtcNow(), file.Configuration.Settings.TimeZone));
        var (act, posted) = InHand(file, defined, form, post, http.User);
        var (signed, unsigned) = await signers.ProveAsync(
            new SigningAct(form, submission, With(known, submission, form, []), file.Visit.DonorId, file.Configuration.SignsElectronically), posted, http.User, cancel);
        post = post with { Kept = inHand.Keep(act, form, posted, signed, http.User) };
        if (unsigned.Count > 0) return await RefuseAsync(file, defined, form, post, unsigned, http, cancel);

        var visited = VisitOf(file, With(known, submission, form, signed));
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, task.ActivityId, new JsonObject { ["action"] = post.Action }, visited, cancel);
        if (run.Refusal is { } refused) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Conflict, "此步骤不能提交", refused.Message));
        var asked = file.Submissions.Select(s => s.Form).Append(form.Code).Distinct(StringComparer.Ordinal).Select(file.Configuration.Form).ToList();
        if (StepDecision.Missing(visited, run, form, asked) is { Count: > 0 } missing) return await RefuseAsync(file, defined, form, post, missing, http, cancel);
        if (StepDecision.Blocked(visited, form) is { Count: > 0 } blocked) return await RefuseAsync(file, defined, form, post, blocked, http, cancel);
        if (StepDecision.TooMuch(visited, form) is { } tooMuch) return await RefuseAsync(file, defined, form, post, [tooMuch], http, cancel);
        if (StepDecision.Confirmation(visited, run, file.Configuration, measured.Disputed) is { } confirmation
            && (post.Confirmed != confirmation.Token || (confirmation.WantsReason && post.Reason is null)))
        {
            if (confirmation.Asked(post)) return await RefuseAsync(file, defined, form, post, [StepConfirmation.NoReason], http, cancel, confirmation);
            await drafts.KeepAsync(file.Visit, task.Step, form, post.Fields, http.User, cancel);
            return await page.ConfirmAsync(file, defined, form, post, confirmation, http, cancel);
        }
        var proof = await signing.SignAsync(new RecordToSign(file, task.Step, form, submission, signed, visited.Verdicts, defined.Documents), cancel);
        if (proof.Fault is { } fault) return await RefuseAsync(file, defined, form, post, [fault], http, cancel);
        return await CommitAsync(file, new StepResult(
            file.Visit, file.Instance, run, visited, file.Configuration, task.Step, form, submission, signed, http.User.Id(), http.User.FullNameOf(), post.Reason) { Proof = proof }, measured, defined, form, post, content, http, cancel);
    }

    /// <summary>Whatever button was pressed, it is the form that is signed.</summary>
    private (string Act, IReadOnlyDictionary<string, string> Posted) InHand(VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, ClaimsPrincipal user)
    {
        var act = inHand.ActOf((post with { Action = StepPost.Done }).Content($"/visits/{file.Visit.Id}/steps/{defined.StepCode}", form), form, post.Fields, user);
        return (act, inHand.Take(act, form, post.Fields, user));
    }

    /// <summary>Persons, samples or files may have been mixed up: it is written down what was found, and the step begins anew. Nothing is judged and nobody is sent home by it.</summary>
    private async Task<IResult> StopAsync(VisitFile file, UserTaskStep defined, StepPost post, HttpContext http, CancellationToken cancel)
    {
        var (form, known) = (file.Configuration.Form(defined.FormKey!), files.Facts(file, defined.StepCode));
        if (file.OpenTask(defined.StepCode) is { } task && FormReading.Read(form, post.Fields, files.Context(file, form, known, clock.GetUtcNow())).Submission is { } submission)
        {
            var visited = VisitOf(file, With(known, submission, form, []));
            await engine.ResumeAsync(file.Configuration.Workflow, file.State, task.ActivityId, new JsonObject { ["action"] = StepPost.Done }, visited, cancel);
            foreach (var found in visited.Deciding is { } verdict ? StepDecision.MixUps(verdict) : [])
                await NoteAsync(file.Visit, "停下重新检测", form.Fields.FirstOrDefault(f => found.FactsUsed.ContainsKey(f.Code)), null, found.Text ?? found.Title, http, cancel);
            await drafts.ForgetAsync(file.Visit, defined.StepCode, cancel);
        }
        return Results.LocalRedirect($"{http.Request.PathBase}/visits/{file.Visit.Id}/steps/{defined.StepCode}?again=1");
    }

    /// <summary>An action that submits no form: ends the visit, sends it back.</summary>
    private async Task<IResult> LeaveAsync(
        VisitFile file, UserTaskStep defined, UserTaskRow task, FormDefinition form, UserTaskAction action, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        if (action.Reason && post.Reason is null) return await RefuseAsync(file, defined, form, post, [NoReason(action, post)], http, cancel);
        var visited = VisitOf(file, files.Facts(file));
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, task.ActivityId, new JsonObject { ["action"] = action.Key }, visited, cancel);
        if (run.Refusal is { } refused) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, $"不能{action.Label}", refused.Message));
        var result = new StepResult(
            file.Visit, file.Instance, run, visited, file.Configuration, task.Step, null, null, [], http.User.Id(), http.User.FullNameOf(), post.Reason) { Left = action };
        var answer = await CommitAsync(file, result, StepMeasurements.None, defined, form, post, content, http, cancel);
        // What was typed comes back with the step.
        if (action.Back && answer is RedirectHttpResult) await drafts.KeepAsync(file.Visit, task.Step, form, post.Fields, http.User, cancel);
        return answer;
    }

    private static FieldError NoReason(UserTaskAction action, StepPost post) => new(post.ReasonInput, action.Label + "的原因", "必填，请写明原因");

    private async Task<IResult> CommitAsync(
        VisitFile file, StepResult result, StepMeasurements measured, UserTaskStep defined, FormDefinition form, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        var next = StepPage.Next(result, http.User);
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            if (result.Submission is not null && (await readings.OfAsync(file, form, files.Context(file, form, files.Facts(file, defined.StepCode), clock.GetUtcNow()), cancel)).Token != measured.Token)
                return await page.NewReadingsAsync(file, defined, form, post, http, cancel);
            await writer.WriteAsync(result, cancel);
            if (result.Submission is { } submission) readings.Write(measured, result.Visit, submission, result.PersonId, result.PersonName, result.Reason);
            operations.Add(post.OperationId, http.User.Id(), content, next);
            await transaction.CommitAsync(cancel);
            inHand.Drop(post.Kept);
        }
        catch (NeedleGateException gateClosed)
        {
            store.ChangeTracker.Clear();
            return await GateRefusedAsync((await files.ReadAsync(file.Visit.Id, cancel))!, defined, form, post, gateClosed.Message, http, cancel);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            return await AfterRaceAsync(file.Visit.Id, defined, form, post, content, http, cancel);
        }
        outbox.Raise(tenant.Current);
        return Results.LocalRedirect(http.Request.PathBase + next);
    }

    /// <summary>Somebody was faster by a moment: the same operation (a double click) gets its answer, another one sees both values.</summary>
    private async Task<IResult> AfterRaceAsync(Guid visitId, UserTaskStep defined, FormDefinition form, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
        return await page.ConflictAsync((await files.ReadAsync(visitId, cancel))!, defined, form, post, http, cancel);
    }

    private async Task<IResult> GateRefusedAsync(VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, string refusal, HttpContext http, CancellationToken cancel)
    {
        await NoteAsync(file.Visit, "采集被拒绝", null, null, refusal, http, cancel);
        return await RefuseAsync(file, defined, form, post, [new FieldError("", defined.Title, refusal)], http, cancel);
    }

    /// <summary>A label or document that did not match is a near miss: it is written down although the step was refused.</summary>
    private async Task NoteMismatchesAsync(VisitFile file, FormDefinition form, StepPost post, IReadOnlyList<FieldError> errors, HttpContext http, CancellationToken cancel)
    {
        foreach (var error in errors)
            if (form.Field(error.Code) is { Matches: { } wanted } field && post.Fields.GetValueOrDefault(error.Code) is { Length: > 0 } read)
                await NoteAsync(file.Visit, "核对不符", field, field.Protected ? null : files.Facts(file).Text(wanted), field.Protected ? Mask.Number(read) : TypedText.Number(read), http, cancel);
    }

    private async Task NoteAsync(Visit visit, string action, FormField? field, string? expected, string read, HttpContext http, CancellationToken cancel)
    {
        const int longest = 200;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), Action = action, Subject = StepWriter.Subject(visit),
            Field = field?.Label, Old = expected, New = read.Length > longest ? read[..longest] : read,
        });
        await transaction.CommitAsync(cancel);
    }

    private async Task<IResult> RefuseAsync(
        VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, IReadOnlyList<FieldError> errors, HttpContext http, CancellationToken cancel, StepConfirmation? confirmation = null)
    {
        await drafts.KeepAsync(file.Visit, defined.StepCode, form, post.Fields, http.User, cancel);
        if (post.Kept == KeptSignatures.None)
        {
            var (act, posted) = InHand(file, defined, form, post, http.User);
            post = post with { Kept = inHand.Keep(act, form, posted, [], http.User) };
        }
        return await page.RefusedAsync(file, defined, form, post, errors, confirmation, http, cancel);
    }

    private VisitRun VisitOf(VisitFile file, FactBag facts) =>
        new(file.Configuration, donors, file.Donor.IdNumber, file.History, file.Visit.DonationType, file.Visit.Day, facts)
        {
            VisitId = file.Visit.Id, HasArrived = readings.HasArrivedOf(file.Visit.Id),
        };

    /// <summary>What is known with this submission and its signatures.</summary>
    public static FactBag With(FactBag known, FormSubmission submission, FormDefinition form, IReadOnlyList<StepSigner> signed)
    {
        known.Add(submission.Facts);
        foreach (var signer in form.Signers.Where(s => s.Fact is not null && signed.Any(p => p.Role == s.Role))) known.Set(signer.Fact!, "yes");
        return known;
    }
}
