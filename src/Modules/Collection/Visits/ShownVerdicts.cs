using Engine.Rules;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Flows;

namespace Modules.Collection;

/// <summary>The verdicts of a visit as its pages show them: one for each donation type that can be given here, the planned one first.</summary>
internal sealed class ShownVerdicts(VisitFiles files, IDonors donors)
{
    /// <param name="typed">What is on a page and not submitted; null for what is on record alone.</param>
    /// <param name="except">The step that is being filled in: what it said before does not count beside what is typed.</param>
    public IReadOnlyList<VerdictView> Of(VisitFile file, IFacts? typed = null, string? except = null)
    {
        var (set, planned) = (file.Configuration, file.Visit.DonationType);
        var against = file.Visit.State == VisitStates.Open && !NeedleIsNext(file) ? Run(file, typed, except) : null;
        return [.. set.Packs.DonationTypes.Select(t => t.Code).Where(t => t == planned || set.Offers(t)).OrderBy(t => t == planned ? 0 : 1)
            .Select(type => against is not null && StandingAgainst.Of(against.Judge(set.Packs.DecidingStage!, type)) is { } standing ? VerdictView.Of(set, standing) : OnRecord(file, type))];
    }

    /// <summary>What stands against the planned donation by what is typed, in one sentence; null while nothing does.</summary>
    public string? Against(VisitFile file, IFacts typed, string except) =>
        Of(file, typed, except) is [{ Outcome: > RuleOutcome.Missing } planned, ..] ? $"{planned.DonationType}：{planned.Words}。{planned.Sentence}" : null;

    private static VerdictView OnRecord(VisitFile file, string type) =>
        file.Verdicts.LastOrDefault(v => v.DonationType == type && !file.Configuration.Packs.Alone.Contains(v.Stage)) is { } stored
            ? VerdictView.Of(file.Configuration, Verdict.FromJson(stored.Json), file.Visit.State == VisitStates.Open && !NeedleIsNext(file)) : VerdictView.Unjudged(file.Configuration, type);

    /// <summary>Every step before the needle is done: the verdict given there is the one that holds.</summary>
    private static bool NeedleIsNext(VisitFile file) =>
        !file.Tasks.Any(t => t.ClosedAt is null && t.Step != UserTaskRow.Exception && file.Configuration.HasForm(t.Form) && !NeedleGate.Guards(file.Configuration.Form(t.Form)));

    private VisitRun Run(VisitFile file, IFacts? typed, string? except)
    {
        var known = files.Facts(file, except);
        if (typed is FactBag more) known.Add(more);
        return new VisitRun(file.Configuration, donors, file.Judged, known);
    }
}
