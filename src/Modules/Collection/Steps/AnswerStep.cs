using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Modules.Records.Contracts;
using Platform.Pages;

namespace Modules.Collection;

/// <summary>Answers an attempt at a step: leads on, or shows the page again with what was typed, which is kept as a draft.</summary>
internal sealed class AnswerStep(VisitFiles files, DrawStep draw, Signatures signatures, Drafts drafts, TimeProvider clock, IPages pages)
{
    public IResult Refuse(Refusal refusal) => pages.Refuse(refusal);

    public IResult LeadTo(string path) => pages.LeadTo(path);

    public async Task<IResult> OfAsync(StepAttempt attempt, Decision decision, CancellationToken cancel)
    {
        if (decision is Decision.Refused refused) return pages.Refuse(refused.Refusal);
        if (decision is Decision.Done done)
        {
            // What was typed comes back with the step.
            if (attempt.Action is { Submits: false, Back: true }) await KeepAsync(attempt, cancel);
            return pages.LeadTo(done.Next);
        }
        var seen = decision.AtWriting || decision is Decision.DoneOtherwise
            ? attempt with { File = (await files.ReadAsync(attempt.File.Visit.Id, cancel))! } : attempt;
        // A step that is closed keeps no draft: it would come back where the step is done again.
        if (decision is not (Decision.Conflict or Decision.DoneOtherwise) || seen.Waiting is not null) await KeepAsync(attempt, cancel);
        return await ShowAsync(seen, decision, cancel);
    }

    private Task KeepAsync(StepAttempt attempt, CancellationToken cancel) =>
        drafts.KeepAsync(attempt.Place, attempt.By, Drafts.Of(attempt.Form, attempt.Post.Fields), cancel);

    private async Task<IResult> ShowAsync(StepAttempt attempt, Decision decision, CancellationToken cancel)
    {
        var view = new StepView(attempt.File, attempt.Task, attempt.User) { Values = attempt.Post.Fields };
        switch (decision)
        {
            case Decision.Wrong wrong:
                return await ShowAsync(view
                    with { Errors = [.. wrong.Errors.Select(e => e is { Code: "", Label: "" } ? attempt.Fault(e.Message) : e)] },
                    Kept(attempt, decision), null, cancel);
            case Decision.ToConfirm<StepConfirmation> confirm:
                return await ShowAsync(view with { Errors = confirm.Errors },
                    confirm.Errors.Count > 0 ? Kept(attempt, decision) : decision.Kept, confirm.Shown, cancel);
            case NewReadings:
                var filled = await draw.ModelAsync(view with { Fill = true }, cancel);
                return pages.Show(filled with { Notice = "仪器刚传来新的结果，请对照后再提交", Kept = decision.Kept }, StatusCodes.Status409Conflict);
            default:
                return pages.Show(await draw.ModelAsync(view, cancel) with { Conflict = Conflict(attempt) }, StatusCodes.Status409Conflict);
        }
    }

    private async Task<IResult> ShowAsync(StepView view, KeptSignatures kept, StepConfirmation? confirmation, CancellationToken cancel)
    {
        var model = await draw.ModelAsync(view, cancel) with { Kept = kept };
        if (confirmation is not null) model = model with { Confirmation = confirmation, Verdicts = confirmation.Verdicts };
        return pages.Show(model, view.Errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private KeptSignatures Kept(StepAttempt attempt, Decision decision) =>
        decision.Kept == KeptSignatures.None ? signatures.Keep(attempt.Signatures) : decision.Kept;

    /// <summary>Somebody was faster: both values are shown.</summary>
    private StepConflict Conflict(StepAttempt attempt)
    {
        var (file, form, step) = (attempt.File, attempt.Form, attempt.Task.StepCode);
        var theirs = file.Latest(step);
        var mine = FormReading.Read(form, attempt.Post.Fields,
            files.Context(file, form, files.Facts(file, step), clock.GetUtcNow())).Submission;
        return new StepConflict(theirs?.PersonName, theirs?.At ?? clock.GetUtcNow(),
            theirs is null || mine is null ? [] : FieldChange.Between(form, files.Restored(form, theirs), mine));
    }
}
