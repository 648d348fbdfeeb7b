using Engine.Forms;
using Engine.Rules;
using Microsoft.AspNetCore.Http;
using Modules.Records.Contracts;
using Platform.Audit;

namespace Modules.Collection;

/// <summary>A correction as it would be written.</summary>
/// <param name="Before">The verdict so far on the planned donation type; null when none was given.</param>
internal sealed record Amended(FormSubmission Submission, IReadOnlyList<FieldChange> Changes, FactBag Facts, VisitRun Visited,
    Verdict? Before)
{
    public bool IsWorse => Before is { } before && Visited.Deciding is { } after
        && (after.Outcome > before.Outcome
            || (after.Outcome == before.Outcome && after.Outcome == RuleOutcome.DeferUntil && after.Until > before.Until));

    /// <summary>Names exactly what was shown: who signs has seen it.</summary>
    public string Token => AuditTables.Sha256($"{Submission.ContentHash}|{Visited.Deciding?.Outcome}|{Visited.Deciding?.Until}")[..16];
}

/// <summary>A posted correction.</summary>
/// <param name="Version">The version the page has shown.</param>
/// <param name="Kind">Reason from the list.</param>
/// <param name="Text">Reason in own words.</param>
internal sealed record AmendPost(Post Step, int Version, string Kind, string Text)
{
    public const string KindField = "_kind";
    public const string TextField = "_text";
    private const int LongestText = 200;

    public string Reason => Text.Length == 0 ? Kind : $"{Kind}：{Text}";

    public string? TextFault => Text.Length == 0 ? null : TypedText.Fault(Text, LongestText);

    public static async Task<AmendPost> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        var step = await Post.ReadAsync(request, cancel);
        return new AmendPost(step, int.TryParse(step.Fields.GetValueOrDefault("_version"), out var version) ? version : -1,
            step.Fields.GetValueOrDefault(KindField, ""), step.Fields.GetValueOrDefault(TextField, "").Trim());
    }
}

/// <summary>The page of a correction: first the fields, then the difference to sign.</summary>
public sealed record AmendModel(
    Guid VisitId, string Step, string Title, int Version, Guid OperationId, DonorBanner Donor, FormDefinition Form, FormContext Context,
    IReadOnlyDictionary<string, string> Values, IReadOnlyList<FieldError> Errors)
{
    /// <summary>Reasons to choose from; the last wants words.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["填写错误", "漏填", "与原始记录不符", "献血者更正", "其他"];

    /// <summary>Protected values as they stand, masked, by field: left empty they stay.</summary>
    public IReadOnlyDictionary<string, string> Masked { get; init; } = new Dictionary<string, string>();

    public string Kind { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>What would change; null while the fields are still being filled in.</summary>
    public IReadOnlyList<FieldChange>? Changes { get; init; }

    public string? Confirmed { get; init; }

    /// <summary>A draft that was taken up again.</summary>
    public string? Notice { get; init; }

    public VerdictView? Before { get; init; }
    public VerdictView? After { get; init; }
    public bool Worse { get; init; }

    /// <summary>Signatures that came with a refused post and still count.</summary>
    public KeptSignatures Kept { get; init; } = KeptSignatures.None;
    public StepConflict? Conflict { get; init; }

    /// <summary>What came with the post, for accounts typed before.</summary>
    public IReadOnlyDictionary<string, string> Posted { get; init; } = new Dictionary<string, string>();
}
