using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Pages;

namespace Modules.Collection;

/// <summary>A step with its form as worked out, not yet signed.</summary>
internal sealed record CompletedStep(StepResult Step, StepMeasurements Measured, FormToSign Record);

/// <summary>Devices have sent results since the person opened the page: nothing is signed unseen.</summary>
internal sealed record NewReadings : Decision;

/// <summary>Submits the form of a step: read, signed by those it wants, judged by the flow, written.</summary>
internal sealed class CompleteStep(VisitFiles files, StepReadings readings, Signatures signatures, WorkStep work, StepWriter writer,
    TimeProvider clock) : IAct<StepAttempt, CompletedStep>
{
    public async Task<Decision> DecideAsync(StepAttempt attempt, CancellationToken cancel)
    {
        if (attempt.Barred is { } barred) return barred;
        var (file, form, now) = (attempt.File, attempt.Form, clock.GetUtcNow());
        if (StepPage.LeftOver(file, form, now) is { } leftOver) return new Decision.Wrong([attempt.Fault(leftOver)]);
        var known = files.Facts(file, attempt.Task.StepCode);
        var context = files.Context(file, form, known, now);
        var reading = FormReading.Read(form, attempt.Post.Fields, context);
        if (reading.Submission is not { } submission)
            return new Decision.Wrong(reading.Errors) { Noted = Mismatches(attempt, reading.Errors) };
        var measured = await readings.OfAsync(file, form, context, cancel);
        if (measured.Token != attempt.Post.Readings) return new NewReadings();
        known.Set(CollectionFacts.MeasuredByDevice, measured.Give(form, submission) ? "yes" : "no")
            .Set(CollectionFacts.WrittenAt, CollectionFacts.MinuteOf(now, file.Configuration.Settings.TimeZone));
        var terms = new SigningTerms(VisitRuns.With(known, submission, form, []), submission.ContentHash,
            file.Configuration.SignsElectronically) { DonorId = file.Visit.DonorId, Answers = submission };
        var proven = await signatures.ProveAsync(attempt.Signatures, terms, cancel);
        var decision = proven.Errors.Count > 0 ? new Decision.Wrong(proven.Errors)
            : await work.OutAsync(
                new SignedStep(attempt, submission, proven.Signers, measured, VisitRuns.With(known, submission, form, proven.Signers)),
                cancel);
        return decision with { Kept = proven.Kept };
    }

    public Task<ToSign?> DraftAsync(StepAttempt attempt, CompletedStep result, CancellationToken cancel) =>
        Task.FromResult<ToSign?>(result.Record);

    public async Task<Decision> WriteAsync(StepAttempt attempt, CompletedStep result, Proof proof, CancellationToken cancel)
    {
        var (file, form) = (attempt.File, attempt.Form);
        var context = files.Context(file, form, files.Facts(file, attempt.Task.StepCode), clock.GetUtcNow());
        if ((await readings.OfAsync(file, form, context, cancel)).Token != result.Measured.Token) return new NewReadings();
        await writer.WriteAsync(result.Step with { Proof = proof }, cancel);
        readings.Write(result.Measured, result.Step);
        return new Decision.Done(StepPage.Next(result.Step, attempt.User));
    }

    /// <summary>A label or document that did not match is a near miss: it is written down although the step was refused.</summary>
    private List<AuditEntry> Mismatches(StepAttempt attempt, IReadOnlyList<FieldError> errors)
    {
        var noted = new List<AuditEntry>();
        foreach (var error in errors)
            if (attempt.Form.Field(error.Code) is { Matches: { } wanted } field
                && attempt.Post.Fields.GetValueOrDefault(error.Code) is { Length: > 0 } read)
                noted.Add(attempt.NearMiss("核对不符", field.Protected ? new AuditChange(field.Label, null, Mask.Number(read))
                    : new AuditChange(field.Label, files.Facts(attempt.File).Text(wanted), TypedText.Number(read)), clock.GetUtcNow()));
        return noted;
    }
}

/// <summary>A step whose form has been read and signed by its people.</summary>
internal sealed record SignedStep(StepAttempt Attempt, FormSubmission Submission, IReadOnlyList<Signer> Signers, StepMeasurements Measured,
    FactBag Facts);

/// <summary>Has the flow say what comes of a signed step, and whether anybody has to put right or confirm something first.</summary>
internal sealed class WorkStep(VisitFiles files, VisitRuns runs, WorkflowEngine engine)
{
    public async Task<Decision> OutAsync(SignedStep step, CancellationToken cancel)
    {
        var (attempt, file, form) = (step.Attempt, step.Attempt.File, step.Attempt.Form);
        var visited = runs.Of(file, step.Facts);
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, attempt.Waiting!.ActivityId,
            new JsonObject { ["action"] = attempt.Post.Action }, visited, cancel);
        if (run.Refusal is { } refused) return new Decision.Refused(new Refusal(RefusalKind.Conflict, "此步骤不能提交", refused.Message));
        var asked = file.Submissions.Select(s => s.Form).Append(form.Code).Distinct(StringComparer.Ordinal).Select(file.Configuration.Form)
            .ToList();
        if (StepDecision.Missing(visited, run, form, asked) is { Count: > 0 } missing) return new Decision.Wrong(missing);
        if (StepDecision.Blocked(visited, form) is { Count: > 0 } blocked) return new Decision.Wrong(blocked);
        if (StepDecision.TooMuch(visited, form) is { } tooMuch) return new Decision.Wrong([tooMuch]);
        if (StepDecision.Confirmation(visited, run, file.Configuration, step.Measured.Disputed)?.Unmet(attempt.Post) is { } unmet)
            return unmet;
        var record = new FilledRecord(file.Subject, attempt.Task.StepCode, form, step.Submission, step.Signers,
            attempt.By) { DonorId = file.Visit.DonorId };
        var result = StepResult.Of(file, run, visited, attempt.By)
            with { Record = record, Step = record.Step, Reason = attempt.Post.Reason };
        return new Decision.Ready<CompletedStep>(
            new CompletedStep(result, step.Measured, new FormToSign(files.About(file), record, visited.Verdicts, attempt.Task.Documents)));
    }
}
