using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;

namespace Modules.Collection;

/// <summary>The donor, fixed at the top of every page of a visit; the name is masked.</summary>
/// <param name="BloodGroup">ABO and RhD on file, in words; null without any.</param>
public sealed record DonorBanner(Guid? VisitId, string MaskedName, string Sex, int Age, string? BloodGroup, string? SampleNumber, string? DonationNumber, string DonationType, IReadOnlyList<string> Warnings)
{
    /// <summary>Null before there is a visit.</summary>
    public QueuePlace? Queue { get; init; }
}

public enum RailState
{
    Done,
    Current,
    Open,

    /// <summary>Done before the visit was sent back, to be done again.</summary>
    Again,
    Skipped,
}

public sealed record RailStep(string Step, string Title, RailState State, bool MayOpen);

/// <summary>What must be agreed to before the step is taken: a deferral, or a prompt that wants a reason.</summary>
public sealed record StepConfirmation(string Token, string Title, bool WantsReason, IReadOnlyList<VerdictView> Verdicts)
{
    /// <summary>The action that stops what may be a mix-up, to check and test again, before anything is ended.</summary>
    public const string Stop = "CheckAgain";

    /// <summary>Measured values the devices do not agree on, in words.</summary>
    public IReadOnlyList<string> Disputed { get; init; } = [];

    /// <summary>It may come of a mix-up: stopping to check and test again is offered before the ending.</summary>
    public bool CheckAgain { get; init; }

    /// <summary>Whether the person has agreed to exactly this, but left out the reason.</summary>
    internal bool Asked(Post post) => WantsReason && post.Confirmed == Token && post.Reason is null;

    /// <summary>Null when the person has agreed to exactly this, with a reason where one is wanted.</summary>
    internal Decision? Unmet(Post post) => Asked(post) ? new Decision.ToConfirm<StepConfirmation>(this, [new FieldError("_reason", "确认原因", "必填，请选择或写明确认的原因")])
        : post.Confirmed != Token ? new Decision.ToConfirm<StepConfirmation>(this, []) : null;
}

/// <summary>Two versions of the same step, when somebody else was faster.</summary>
/// <param name="By">Who submitted it; null when the visit changed without this step being submitted.</param>
public sealed record StepConflict(string? By, DateTimeOffset At, IReadOnlyList<FieldChange> Differences);

/// <summary>The page of a step, or of the registration that begins a visit.</summary>
/// <param name="PostTo">Path below the tenant, without path base.</param>
/// <param name="Revision">Revision of the flow this page has seen.</param>
public sealed record StepModel(
    string Title, string PostTo, string? DraftTo, Guid OperationId, long Revision, DonorBanner? Donor, IReadOnlyList<RailStep> Rail,
    FormDefinition Form, FormContext Context, IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, string> Previous,
    IReadOnlyList<FieldError> Errors, IReadOnlyList<VerdictView> Verdicts, HistoryView? History)
{
    public string? Notice { get; init; }

    /// <summary>The same page without the draft it was opened with; null where there is none to be put aside.</summary>
    public string? WithoutDraft { get; init; }

    public string? HeldBy { get; init; }

    /// <summary>The visit was registered a moment ago: the donor is to be told his number.</summary>
    public bool Registered { get; init; }

    public StepConfirmation? Confirmation { get; init; }
    public StepConflict? Conflict { get; init; }

    /// <summary>What can be done here, as the flow defines it; a registration can only be submitted.</summary>
    public IReadOnlyList<UserTaskAction> Actions { get; init; } = [];

    /// <summary>It has waited longer than it may.</summary>
    public bool Late { get; init; }

    /// <summary>Whether the reader may hand the step on.</summary>
    public bool Reassign { get; init; }

    /// <summary>Why the step waits again: sent back by whom and why.</summary>
    public string? Why { get; init; }

    /// <summary>Last values of the station, by field, to be taken over with one tap.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Offers { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Where values shown are known from, by field.</summary>
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>Names the device readings this page shows; comes back with the post.</summary>
    public string Readings { get; init; } = "";

    /// <summary>Why the step as a whole was refused; what was filled in is still there.</summary>
    public string? Refused { get; init; }

    /// <summary>What else can be done for this visit from here.</summary>
    public IReadOnlyList<VisitLink> Links { get; init; } = [];

    public IReadOnlyList<FormSigner> Signers { get; init; } = [];

    /// <summary>Signatures that came with a refused post and still count.</summary>
    public KeptSignatures Kept { get; init; } = KeptSignatures.None;

    public IReadOnlyList<PrintableDocument> Documents { get; init; } = [];
}

/// <summary>A page of the visit beside its steps; the path is below the tenant.</summary>
public sealed record VisitLink(string Path, string Title);

/// <summary>A paper the visit can print now.</summary>
public sealed record PrintableDocument(string Name, string Title);

/// <summary>One row of the worklist.</summary>
/// <param name="Path">Where the reader works on it, below the tenant; null when he may not.</param>
public sealed record WorklistRow(Guid VisitId, string Step, string StepTitle, string MaskedName, string Sex, int Age, string DonationType, DateTimeOffset Since, string? HeldBy, string? Path)
{
    public required DonorMark Mark { get; init; }

    /// <summary>It has waited longer than it may.</summary>
    public bool Escalated { get; init; }

    /// <summary>It was handed to whoever reads the list, or to somebody.</summary>
    public bool Mine { get; init; }

    public bool Assigned { get; init; }

    /// <summary>Why it came here: sent back, or what went wrong.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the reader may hand it on.</summary>
    public bool Reassign { get; init; }
}

public sealed record WorklistStep(string Step, string Title, int Count);

public sealed record WorklistModel(IReadOnlyList<WorklistStep> Steps, string? Selected, Platform.Pages.Paged<WorklistRow> Rows, TimeZoneInfo TimeZone)
{
    /// <summary>What to say of a number that was looked for and found nothing.</summary>
    public string? NotFound { get; init; }

    /// <summary>What the person has to know of the own signing certificate; null while all is well.</summary>
    public string? CertificateNotice { get; init; }

    /// <summary>Rule packs that have reached their last day, whose rules are not asked any more.</summary>
    public IReadOnlyList<string> RunOut { get; init; } = [];
}

/// <summary>A form of a visit as its page shows it.</summary>
public sealed record SubmittedForm(string Title, int Version, string By, DateTimeOffset At, string ContentHash, IReadOnlyList<(string Label, string Value)> Values, IReadOnlyList<GivenSignature> Signatures)
{
    /// <summary>The version it corrects; null for one submitted in its step.</summary>
    public int? Amends { get; init; }

    /// <summary>Why it was corrected.</summary>
    public string? Reason { get; init; }

    /// <summary>What it says otherwise than the version before.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];

    /// <summary>Where the reader corrects it, below the tenant; null when he may not, or a later version stands.</summary>
    public string? AmendPath { get; init; }

    public ShownReview? Review { get; init; }
}

/// <summary>A review as the visit's page shows it.</summary>
/// <param name="Of">What was reviewed: form and version.</param>
/// <param name="Answers">Decisions by their labels.</param>
public sealed record ShownReview(string Of, string ContentHash, IReadOnlyList<AnswerReview> Answers);

/// <summary>A signature as the visit's page shows it.</summary>
/// <param name="Picture">Path of its picture below the tenant; null without one.</param>
public sealed record GivenSignature(string Label, string Person, string Method, DateTimeOffset At, string Identity, string? Picture);

public sealed record GivenVerdict(string Stage, DateTimeOffset At, VerdictView Verdict, string? ConfirmedBecause);

public sealed record VisitPageModel(
    VisitSummary Visit, Guid DonorId, DonorBanner Donor, IReadOnlyList<RailStep> Rail, IReadOnlyList<SubmittedForm> Forms, IReadOnlyList<GivenVerdict> Verdicts,
    string DiagramSvg, IReadOnlyList<Platform.Audit.AuditEntry> Audit, IReadOnlyList<PrintableDocument> Documents, TimeZoneInfo TimeZone)
{
    /// <summary>The last verdict of each donation type, the planned one first.</summary>
    public IReadOnlyList<VerdictView> LastVerdicts { get; init; } = [];

    public string? Notice { get; init; }

    /// <summary>The visit was registered a moment ago: the donor is to be told his number.</summary>
    public bool Registered { get; init; }

    /// <summary>Whether the electronic signatures hold; null where the visit is signed on paper.</summary>
    public VisitProof? Proof { get; init; }

    /// <summary>Record documents made so far, each with its version and signatures.</summary>
    public IReadOnlyList<(string Title, int Version, int Signatures, string Path)> Records { get; init; } = [];

    /// <summary>What else can be done for this visit from here.</summary>
    public IReadOnlyList<VisitLink> Links { get; init; } = [];

    /// <summary>What has stopped the flow, in words; null while it goes on.</summary>
    public string? Fault { get; init; }
}
