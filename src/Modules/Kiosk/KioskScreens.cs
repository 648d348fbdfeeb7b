using Engine.Forms;
using Engine.Rules;
using Modules.Collection.Contracts;

namespace Modules.Kiosk;

/// <summary>The screens of one session: the registration while there is no visit, then the questions, then the signature.</summary>
/// <param name="Forms">Screens of the form now being filled in.</param>
/// <param name="Before">Screens behind it that cannot be opened again.</param>
/// <param name="After">Screens that follow, as far as can be told; the signature is one of them.</param>
internal sealed record KioskScreens(IReadOnlyList<FormScreen> Forms, int Before, int After)
{
    public int Total => Before + Forms.Count + After;

    /// <summary>The screen of this number, from 1; null for one of another form, and for the signature.</summary>
    public FormScreen? At(int number) => Forms.ElementAtOrDefault(number - Before - 1);

    public bool IsFirst(int number) => number == Before + 1;

    public bool IsLastOfForm(int number) => number == Before + Forms.Count;

    /// <summary>What identifies the person: the fields beside the identity number that do not follow from it.</summary>
    public static FormDefinition Identity(FormDefinition registration)
    {
        var section = IdentitySection(registration);
        return registration.Only(section with { Instructions = null, Fields = [.. section.Fields.Where(f => f.FromIdNumber is null).Select(f => f with { Help = null })] });
    }

    /// <summary>The registration beyond the identity, without what only staff fill in.</summary>
    public static IReadOnlyList<FormScreen> Registration(SelfServiceForm registration, KioskState state) =>
        [.. FormWalk.Screens(registration.Form, state.Registration, registration.Context).Where(s => s.Section.Kiosk && s.Section.Code != IdentitySection(registration.Form).Code)];

    /// <summary>Everything the registration says so far, what follows from the identity number included.</summary>
    public static FactBag Answered(SelfServiceForm registration, KioskState state)
    {
        var facts = new FactBag();
        foreach (var screen in FormWalk.Screens(registration.Form, state.Registration, registration.Context))
            if (screen.Reading.Submission is { } submission) facts.Add(submission.Facts);
        return facts;
    }

    private static FormSection IdentitySection(FormDefinition registration) => registration.Sections.First(s => s.Fields.Any(f => f.Type == FieldType.IdNumber));
}
