using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;

namespace Modules.Collection;

/// <summary>A donor signs his answers at a terminal.</summary>
/// <param name="Drawn">What came with the pads.</param>
internal sealed record SelfInquiry(SelfServiceVisit Seen, SelfServicePost Post, IReadOnlyDictionary<string, string> Drawn)
    : Attempt(Post.OperationId, Post.Terminal.Actor, SelfServiceForms.Step)
{
    public FormDefinition Form => Seen.Inquiry.Form;

    /// <summary>Who else signs the form at the desk is not here.</summary>
    public PostedSignatures Signatures => new(
        By, [.. Form.Signers.Where(s => s.Handwriting)],
        Drawn.Where(s => s.Key.StartsWith(Records.Contracts.Signatures.HandField, StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal), Content);
}

internal sealed record AnsweredSelf(StepResult Step, FormToSign Record, string Place);

/// <summary>Submits the questions as the donor has answered and signed them himself, where nobody has to confirm what comes of them. It leads to a place.</summary>
internal sealed class InquireSelf(VisitFiles files, SelfServiceForms forms, Signatures signatures, VisitRuns runs, WorkflowEngine engine,
    StepWriter writer) : IAct<SelfInquiry, AnsweredSelf>
{
    private const string TypedByDonor = "自助终端输入，证件待核对";

    public async Task<Decision> DecideAsync(SelfInquiry attempt, CancellationToken cancel)
    {
        var (seen, form) = (attempt.Seen, attempt.Form);
        if (await files.ReadAsync(seen.Id, cancel) is not { } file || forms.Waiting(file) is null
            || file.Instance.Revision != seen.Revision) return new Decision.Conflict();
        if (FormReading.Read(form, attempt.Post.Answers, seen.Inquiry.Context).Submission is not { } submission)
            return new Decision.Conflict();
        var known = files.Facts(file, SelfServiceForms.Step);
        var terms = new SigningTerms(new FactBag().Add(known).Add(submission.Facts), submission.ContentHash,
            file.Configuration.SignsElectronically) { DonorId = file.Visit.DonorId, Unattended = TypedByDonor };
        var proven = await signatures.ProveAsync(attempt.Signatures, terms, cancel);
        if (proven.Errors.Count > 0) return new Decision.Wrong(proven.Errors);
        var visited = runs.Of(file, VisitRuns.With(known, submission, form, proven.Signers));
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, file.OpenTask(SelfServiceForms.Step)!.ActivityId,
            new JsonObject { ["action"] = Post.Done }, visited, cancel);
        if (run.Refusal is not null || StepDecision.Confirmation(visited, run, file.Configuration) is not null)
            return new Decision.Conflict();
        var record = new FilledRecord(file.Subject, SelfServiceForms.Step, form, submission, proven.Signers,
            attempt.By) { DonorId = file.Visit.DonorId };
        var step = StepResult.Of(file, run, visited, attempt.By) with { Record = record, Step = record.Step };
        var task = StepPage.TaskOf(file, SelfServiceForms.Step);
        return new Decision.Ready<AnsweredSelf>(
            new AnsweredSelf(step, new FormToSign(files.About(file), record, visited.Verdicts, task?.Documents ?? []),
            Place(file, visited)));
    }

    public Task<ToSign?> DraftAsync(SelfInquiry attempt, AnsweredSelf result, CancellationToken cancel) =>
        Task.FromResult<ToSign?>(result.Record);

    public async Task<Decision> WriteAsync(SelfInquiry attempt, AnsweredSelf result, Proof proof, CancellationToken cancel)
    {
        await writer.WriteAsync(result.Step with { Proof = proof }, cancel);
        return new Decision.Done(result.Place);
    }

    /// <summary>The desk when an answer already stands in the way, as the stage after registration will judge it; what is not known yet does not.</summary>
    private static string Place(VisitFile file, VisitRun visited)
    {
        var next = file.Configuration.Packs.Stages.Skip(1).FirstOrDefault() ?? file.Configuration.Packs.Stages[0];
        return visited.Judge(next, file.Visit.DonationType).Rules.Any(StandingAgainst.Stands) ? SelfServicePlaces.Desk
            : SelfServicePlaces.Room;
    }
}
