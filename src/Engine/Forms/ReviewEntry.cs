namespace Engine.Forms;

/// <summary>The inputs of a review on a page, and how they are read. Every flagged answer needs a decision and a reason.</summary>
public static class ReviewEntry
{
    /// <summary>Names the submission the person has before him.</summary>
    public const string Seen = "_reviewed";

    private const string Prefix = "review-";
    private const int LongestReason = 200;
    private const int LongestName = 100;

    public static string Decision(string code) => Prefix + code;

    /// <summary>One of the reasons offered.</summary>
    public static string Reason(string code) => $"{Prefix}{code}-reason";

    /// <summary>A reason written; it stands in for a chosen one.</summary>
    public static string OtherReason(string code) => $"{Prefix}{code}-other";

    /// <summary>A review made before, as the inputs of a page.</summary>
    public static IEnumerable<(string Name, string Value)> Inputs(FormReview review) =>
        review.Answers.SelectMany(a => new[] { (Decision(a.Code), a.Decision), (OtherReason(a.Code), a.Reason) }).Prepend((Seen, review.ContentHash));

    /// <summary>Whether an input belongs to a review; such are kept in drafts.</summary>
    internal static bool IsInput(string name) =>
        name == Seen || (name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    /// <summary>The review as posted; null when there are errors.</summary>
    internal static FormReview? Read(ReviewDefinition definition, ReviewedForm reviewed, IReadOnlyDictionary<string, string> posted, List<FieldError> errors)
    {
        if (posted.GetValueOrDefault(Seen) != reviewed.ContentHash)
        {
            errors.Add(new FieldError(Seen, reviewed.Form.Title, "打开本页后有了新的版本，请按新的回答重新复核"));
            return null;
        }
        var before = errors.Count;
        var answers = reviewed.Flagged.Select(f => Read(definition, f, posted, errors)).ToList();
        return errors.Count > before ? null : new FormReview(reviewed.Form.Code, reviewed.Version, reviewed.ContentHash, answers);
    }

    private static AnswerReview Read(ReviewDefinition definition, FlaggedAnswer flagged, IReadOnlyDictionary<string, string> posted, List<FieldError> errors)
    {
        var code = flagged.Question.Code;
        var decision = posted.GetValueOrDefault(Decision(code), "");
        var written = FieldEntry.Clean(posted.GetValueOrDefault(OtherReason(code), "")).Trim();
        var reason = written.Length > 0 ? written : posted.GetValueOrDefault(Reason(code), "");
        var undecided = definition.Decisions.All(d => d.Code != decision);
        if (undecided) errors.Add(new FieldError(Decision(code), flagged.Question.Label, reason.Length == 0 ? "请选择复核结论和理由" : "请选择复核结论"));
        else if (reason.Length == 0) errors.Add(new FieldError(OtherReason(code), flagged.Question.Label, "请选择或写明复核的理由"));
        if (reason.Length > 0 && written.Length == 0 && !definition.Reasons.Contains(reason)) errors.Add(new FieldError(OtherReason(code), flagged.Question.Label, "没有这条理由，请从列表中选择或另写"));
        else if (TypedText.Fault(reason, LongestReason) is { } fault) errors.Add(new FieldError(OtherReason(code), flagged.Question.Label, "理由" + fault));
        return new AnswerReview(code, flagged.Question.Label, flagged.Words, decision, reason);
    }
}
