using System.Text.Json.Nodes;

namespace Engine.Forms;

/// <summary>What a section has a person decide about another form's flagged answers.</summary>
/// <param name="Form">Code of the form whose answers are reviewed.</param>
/// <param name="Fact">Fact that holds the severest decision; the mildest when nothing was flagged.</param>
/// <param name="Decisions">From the mildest to the severest.</param>
/// <param name="Reasons">Reasons offered; another can be written.</param>
public sealed record ReviewDefinition(string Form, string Fact, IReadOnlyList<FormOption> Decisions, IReadOnlyList<string> Reasons)
{
    internal string Outcome(FormReview review) => Decisions[review.Answers.Select(a => Decisions.ToList().FindIndex(d => d.Code == a.Decision)).DefaultIfEmpty(0).Max()].Code;
}

/// <summary>A submitted form whose flagged answers another form reviews.</summary>
/// <param name="Version">Version of the submission, 1 for the first.</param>
/// <param name="ContentHash">SHA-256 of the submission's canonical JSON, lower-case hexadecimal.</param>
public sealed record ReviewedForm(FormDefinition Form, FormSubmission Submission, int Version, string ContentHash)
{
    /// <summary>The answers to be looked at one by one, in the form's order.</summary>
    public IReadOnlyList<FlaggedAnswer> Flagged { get; } = [.. Submission.Values
        .Where(v => Form.Field(v.Code) is { } field && field.IsFlagged(v.Value))
        .Select(v => new FlaggedAnswer(Form.Field(v.Code)!, v.Value, FollowUps(Form, Submission, v.Code)))];

    /// <summary>Fields without an expected answer of their own that were asked because of this one, directly or through another.</summary>
    private static List<(FormField, string)> FollowUps(FormDefinition form, FormSubmission submission, string code)
    {
        var opened = new HashSet<string>(StringComparer.Ordinal) { code };
        return [.. form.Fields.Where(f => f.Expected is null && f.VisibleWhen is { } when && when.Tree.Facts.Any(opened.Contains) && opened.Add(f.Code))
            .Select(f => (f, submission.Value(f.Code))).Where(f => f.Item2 is not null).Select(f => (f.f, f.Item2!))];
    }
}

/// <summary>An answer other than the expected one.</summary>
/// <param name="FollowUps">What was asked because of it, with the values entered.</param>
public sealed record FlaggedAnswer(FormField Question, string Answer, IReadOnlyList<(FormField Field, string Value)> FollowUps)
{
    /// <summary>The answer and its follow-ups as people read them.</summary>
    public string Words => string.Join("；", FollowUps.Select(f => $"{f.Field.Label}：{f.Field.Display(f.Value)}").Prepend(Question.Display(Answer)));
}

/// <summary>What a review came to; part of the submission that holds it, and of what is signed.</summary>
/// <param name="Version">Version of the submission reviewed.</param>
/// <param name="ContentHash">Its content hash: a later version is another content and has not been reviewed.</param>
public sealed record FormReview(string Form, int Version, string ContentHash, IReadOnlyList<AnswerReview> Answers)
{
    internal JsonObject ToJson() => new()
    {
        ["form"] = Form, ["version"] = Version, ["sha256"] = ContentHash,
        ["answers"] = new JsonArray([.. Answers.Select(a => new JsonObject { ["code"] = a.Code, ["question"] = a.Question, ["answer"] = a.Answer, ["decision"] = a.Decision, ["reason"] = a.Reason })]),
    };
}

/// <summary>The decision on one flagged answer, with question and answer as the person who decided had them before him.</summary>
public sealed record AnswerReview(string Code, string Question, string Answer, string Decision, string Reason);
