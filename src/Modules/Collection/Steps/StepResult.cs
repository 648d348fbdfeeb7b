using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;

namespace Modules.Collection;

/// <summary>Everything a step leaves behind.</summary>
internal sealed record StepResult(Visit Visit, WorkflowInstanceRow Instance, VisitConfiguration Configuration, WorkflowRun Run,
    VisitRun Visited, Actor By)
{
    /// <summary>The form that was filled in; null for an action without one, such as ending the visit.</summary>
    public FilledRecord? Record { get; init; }

    /// <summary>The electronic signatures, and what is printed with them.</summary>
    public Proof Proof { get; init; } = Proof.None;

    /// <summary>Step that was submitted or left; empty where the flow goes on by itself.</summary>
    public string Step { get; init; } = "";

    public string? Reason { get; init; }

    /// <summary>The action the step was left by without submitting its form; null when the form was submitted.</summary>
    public UserTaskAction? Left { get; init; }

    /// <summary>What is written down besides.</summary>
    public (string Action, AuditChange Change)? Noted { get; init; }

    /// <summary>What is corrected; null for a form submitted in its step.</summary>
    public StepAmendment? Amendment { get; init; }

    public static StepResult Of(VisitFile file, WorkflowRun run, VisitRun visited, Actor by) =>
        new(file.Visit, file.Instance, file.Configuration, run, visited, by);

    /// <summary>When it is written.</summary>
    public DateTimeOffset At { get; init; }

    public AuditEntry Did(string action, AuditChange? change = null) => By.Did(action, Visit.Subject.ToString(), At, change);

    public string? Title(string step) => Configuration.Workflow.UserTasks.FirstOrDefault(t => t.StepCode == step)?.Title;

    /// <summary>The tasks that wait now because of it.</summary>
    public IEnumerable<UserTaskStep> Opened => Run.Effects.OfType<BookmarkOpened>()
        .Select(o => Configuration.Workflow.UserTasks.FirstOrDefault(t => t.ActivityId == o.Bookmark.ActivityId)).OfType<UserTaskStep>();
}

/// <summary>A correction of a submitted form.</summary>
/// <param name="Before">The verdict so far on the planned donation type; null when none was given.</param>
/// <param name="Confirmed">Whether somebody has confirmed what that verdict asked to confirm.</param>
internal sealed record StepAmendment(IReadOnlyList<FieldChange> Changes, Verdict? Before, bool Confirmed)
{
    /// <summary>A reason to correct a form is none to go on: only what was confirmed before stays confirmed.</summary>
    public bool Confirms(Verdict after) => after.Outcome != RuleOutcome.Prompt || (Confirmed && Failed(after).IsSubsetOf(Failed(Before!)));

    private static HashSet<string> Failed(Verdict verdict) =>
        [.. verdict.Rules.Where(r => r.Result == RuleResult.Failed).Select(r => r.RuleId)];
}
