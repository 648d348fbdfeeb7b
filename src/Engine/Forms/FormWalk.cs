using Engine.Rules;

namespace Engine.Forms;

/// <summary>One section of a form as a screen of its own.</summary>
/// <param name="Form">The form cut down to this section, without signers.</param>
/// <param name="Context">What is known when it is shown, earlier sections' answers included.</param>
/// <param name="Reading">The answers to it as they stand.</param>
public sealed record FormScreen(FormDefinition Form, FormContext Context, FormReading Reading)
{
    public FormSection Section => Form.Sections[0];
}

/// <summary>A form asked one section at a time, as at a kiosk: sections in which nothing is asked are passed over.</summary>
public static class FormWalk
{
    /// <summary>The screens of the answers so far; a section that depends on an answer not yet given appears when it is.</summary>
    /// <param name="answers">As typed, by field code.</param>
    public static IReadOnlyList<FormScreen> Screens(FormDefinition form, IReadOnlyDictionary<string, string> answers, FormContext context)
    {
        var screens = new List<FormScreen>();
        var known = new FactBag();
        foreach (var section in form.Sections)
        {
            var here = context with { Known = new JoinedFacts(form, new FactBag().Add(known), context.Known) };
            var part = form.Only(section);
            if (section.Fields.Count > 0 && FormVisibility.Askable(part, here).Count == 0) continue;
            var reading = FormReading.Read(part, answers, here);
            if (reading.Submission is { } submission) known.Add(submission.Facts);
            screens.Add(new FormScreen(part, here, reading));
        }
        return screens;
    }
}
