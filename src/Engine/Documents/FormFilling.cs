using Engine.Forms;

namespace Engine.Documents;

/// <summary>Puts a submitted form into the words it is printed with.</summary>
public static class FormFilling
{
    /// <param name="submission">Made with <paramref name="form"/>.</param>
    /// <param name="context">As the form was read with: decides which questions were asked.</param>
    public static FilledForm Fill(FormDefinition form, FormSubmission submission, FormContext context, IReadOnlyList<FilledSignature> signatures) =>
        new(form.Code, form.Title, form.Version, form.DocumentCode, form.Footer, form.ConfirmText, Sections(form, submission, context), signatures);

    /// <summary>Sections in which something was asked or is to be read. Values stand in full, protected ones too: it is the record.</summary>
    public static IReadOnlyList<FilledSection> Sections(FormDefinition form, FormSubmission submission, FormContext context)
    {
        var facts = new JoinedFacts(form, submission.Facts, context.Known);
        var sections = form.Sections.Select(s => new FilledSection(s.Code, s.Title, [.. s.Paragraphs.Select(Printable), .. ReviewWords(s, submission)], [.. Rows(s, submission, field => FormVisibility.IsVisible(field, facts, context.EnabledTests))]));
        return [.. sections.Where(s => s.Paragraphs.Count + s.Rows.Count > 0)];
    }

    private static IEnumerable<FilledRow> Rows(FormSection section, FormSubmission submission, Func<FormField, bool> isAsked)
    {
        foreach (var field in section.Fields)
        {
            var value = submission.Values.FirstOrDefault(v => v.Code == field.Code);
            // What was entered is printed, asked or not.
            if (value is not null) yield return new FilledRow(field.Label, Printable(Shown(field, value)), Flagged: field.IsFlagged(value.Value));
            else if (isAsked(field)) yield return new FilledRow(field.Label, "");
        }
        if (section.Review is not { } review) yield break;
        foreach (var answer in submission.Review?.Answers ?? [])
            yield return new FilledRow(answer.Question, Printable(answer.Answer), $"复核：{review.Decisions.FirstOrDefault(d => d.Code == answer.Decision)?.Label ?? answer.Decision}。理由：{answer.Reason}");
    }

    private static IEnumerable<string> ReviewWords(FormSection section, FormSubmission submission) => section.Review is null ? []
        : submission.Review is not { } review ? ["没有复核记录。"]
        : review.Answers.Count == 0 ? [$"所复核的征询为第 {review.Version} 版，没有需要复核的回答。"]
        : [$"所复核的征询为第 {review.Version} 版，需要复核的回答逐条如下。"];

    // The unit stored with the value, as it is written there: raised figures are not in every font, and read back as text they are others.
    private static string Shown(FormField field, SubmittedValue value) =>
        field.Type == FieldType.Number ? $"{value.Value} {value.Unit}".Trim() : field.Display(value.Value);

    // A tab typed into a text has no glyph.
    private static string Printable(string text) => text.Replace("\t", "  ", StringComparison.Ordinal);
}
