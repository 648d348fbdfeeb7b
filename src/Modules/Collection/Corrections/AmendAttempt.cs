using System.Security.Claims;
using Engine.Forms;
using Modules.Records.Contracts;
using Platform.People;

namespace Modules.Collection;

/// <summary>Somebody corrects a submitted form.</summary>
/// <param name="Latest">Its version that stands.</param>
internal sealed record AmendAttempt(VisitFile File, Submission Latest, AmendPost Post, ClaimsPrincipal User)
    : Attempt(Post.Step.OperationId, User.Actor(),
        Post.Step.Content(AmendForm.PathOf(File, Latest.Step), File.Configuration.Form(Latest.Form)))
{
    public FormDefinition Form => File.Configuration.Form(Latest.Form);

    public string Step => Latest.Step;

    public DraftPlace Place => File.Place(Step).Correction;

    /// <summary>A correction is of what was true when the form was filled in: "08:30" is of that day.</summary>
    public DateTimeOffset MadeAt => MadeAtOf(File, Step);

    public static DateTimeOffset MadeAtOf(VisitFile file, string step) =>
        file.Submissions.Where(s => s.Step == step && s.AmendsVersion is null).Max(s => s.At);
}

/// <summary>A correction as worked out, not yet signed.</summary>
internal sealed record CorrectedForm(StepResult Step, FormToSign Record);
