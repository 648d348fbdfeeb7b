namespace Engine.Forms;

/// <summary>One field that differs between two submissions, as people read it.</summary>
/// <param name="Old">Earlier value with unit or option label; null when there was none.</param>
/// <param name="New">Later value; null when there is none.</param>
public sealed record FieldChange(string Code, string Label, string? Old, string? New)
{
    /// <summary>Differences in the form's order; fields only an earlier version of the form had come last. Values compare as entered.</summary>
    /// <param name="form">The definition labels are taken from, usually the later one.</param>
    public static IReadOnlyList<FieldChange> Between(FormDefinition form, FormSubmission earlier, FormSubmission later)
    {
        var codes = form.Fields.Select(f => f.Code)
            .Concat(earlier.Values.Select(v => v.Code)).Concat(later.Values.Select(v => v.Code)).Distinct(StringComparer.Ordinal);
        return codes.Where(c => Find(earlier, c) != Find(later, c))
            .Select(c => new FieldChange(c, form.Field(c)?.Label ?? c, Shown(form, Find(earlier, c)), Shown(form, Find(later, c))))
            .Concat(Reviews(form, earlier.Review, later.Review))
            .ToList();
    }

    private static IEnumerable<FieldChange> Reviews(FormDefinition form, FormReview? earlier, FormReview? later)
    {
        AnswerReview? Of(FormReview? review, string code) => review?.Answers.FirstOrDefault(a => a.Code == code);
        string? Words(AnswerReview? answer) => answer is null ? null : $"{form.Review?.Decisions.FirstOrDefault(d => d.Code == answer.Decision)?.Label ?? answer.Decision}：{answer.Reason}";
        var newer = earlier is not null && later is not null && earlier.ContentHash != later.ContentHash;
        FieldChange[] version = newer ? [new FieldChange(ReviewEntry.Seen, form.ReviewSection?.Title ?? "", $"第 {earlier!.Version} 版", $"第 {later!.Version} 版")] : [];
        return version.Concat(new[] { earlier, later }.SelectMany(r => r?.Answers ?? []).DistinctBy(a => a.Code).Where(a => Of(earlier, a.Code) != Of(later, a.Code))
            .Select(a => new FieldChange(ReviewEntry.Decision(a.Code), a.Question, Words(Of(earlier, a.Code)), Words(Of(later, a.Code)))));
    }

    /// <summary>The change as others may see it: of a protected field only that, and roughly what, has changed.</summary>
    public FieldChange Masked(FormDefinition form) =>
        form.Field(Code) is { Protected: true } field ? this with { Old = Old is null ? null : Mask.Of(field, Old), New = New is null ? null : Mask.Of(field, New) } : this;

    private static SubmittedValue? Find(FormSubmission submission, string code) => submission.Values.FirstOrDefault(v => v.Code == code);

    // The unit stored with the value, not today's: the two may differ after a change of the form.
    private static string? Shown(FormDefinition form, SubmittedValue? value) =>
        value is null ? null : (form.Field(value.Code) is { } field ? field with { Unit = value.Unit } : null)?.Display(value.Value) ?? value.Value;
}
