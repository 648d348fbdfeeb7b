using System.Security.Claims;
using Engine.Forms;
using Engine.Workflows;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.People;

namespace Modules.Collection;

/// <summary>Somebody submits a step of a visit, or leaves it by another button.</summary>
internal sealed record StepAttempt(VisitFile File, UserTaskStep Task, Post Post, ClaimsPrincipal User)
    : Attempt(Post.OperationId, User.Actor(), Post.Content(PathOf(File, Task), File.Configuration.Form(Task.FormKey!)))
{
    public FormDefinition Form => File.Configuration.Form(Task.FormKey!);

    public DraftPlace Place => File.Place(Task.StepCode);

    /// <summary>Null when the step does not wait any more.</summary>
    public UserTaskRow? Waiting => File.OpenTask(Task.StepCode);

    public UserTaskAction? Action => Task.Action(Post.Action);

    /// <summary>Whatever button was pressed, it is the form that is signed.</summary>
    public PostedSignatures Signatures =>
        new(By, Form.Signers, Post.Fields, (Post with { Action = Post.Done }).Content(PathOf(File, Task), Form));

    /// <summary>Why it is not looked at; null when it is.</summary>
    public Decision? Barred =>
        Waiting is null || Post.Revision != File.Instance.Revision ? new Decision.Conflict()
        : Post.ReasonError is { } unfit ? new Decision.Wrong([unfit])
        : Action is { Reason: true } && Post.Reason is null
            ? new Decision.Wrong([new FieldError(Post.ReasonInput, Action.Label + "的原因", "必填，请写明原因")])
        : null;

    /// <summary>What nearly went wrong, to be written down.</summary>
    public AuditEntry NearMiss(string action, AuditChange found, DateTimeOffset at)
    {
        const int longest = 200;
        return By.Did(action, File.Subject.ToString(), at,
            found.New is { Length: > longest } read ? found with { New = read[..longest] } : found);
    }

    public static string PathOf(VisitFile file, UserTaskStep task) => $"/visits/{file.Visit.Id}/steps/{task.StepCode}";

    /// <summary>What concerns the step as a whole.</summary>
    public FieldError Fault(string words) => new("", Task.Title, words);
}
