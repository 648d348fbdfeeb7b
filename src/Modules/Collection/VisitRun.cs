using Modules.Donors.Contracts;
using Platform.Rules;
using Platform.Workflows;

namespace Modules.Collection;

/// <summary>What the flow asks of a visit while a step is worked out; reads and computes, writes nothing.</summary>
internal sealed class VisitRun(VisitConfiguration configuration, IDonors donors, string idNumber, DonorHistory history, string donationType, DateOnly day, FactBag entered)
    : IRuleCheckHost, IFeatureHost, IServiceProvider
{
    private readonly List<(string Stage, Verdict Verdict)> _verdicts = [];

    /// <summary>Everything entered in this visit so far.</summary>
    public IFacts Entered => entered;

    public DonorHistory History { get; private set; } = history;

    /// <summary>Verdicts of this run: one per stage asked and donation type.</summary>
    public IReadOnlyList<(string Stage, Verdict Verdict)> Verdicts => _verdicts;

    /// <summary>The target entered, in therapeutic units; the verdict holds only what rules read, which is what follows from it.</summary>
    public decimal? TargetUnits => entered.Number(CollectionFacts.TargetUnits);

    /// <summary>The last verdict on the planned type; null when no stage was asked.</summary>
    public Verdict? Deciding => _verdicts.LastOrDefault(v => v.Verdict.DonationType == donationType).Verdict;

    /// <summary>The deciding verdict is on how the work was done, not on whether the donor may give blood.</summary>
    public bool DecidesAlone => Deciding is { } verdict && verdict.Stages.All(configuration.Packs.Alone.Contains);

    public async ValueTask<string> CheckAsync(string stage, CancellationToken cancellation)
    {
        // The deciding stage lets blood be taken: another station may have seen the donor since registration.
        var alone = configuration.Packs.Alone.Contains(stage);
        if (!alone && (!History.Known || stage == configuration.Packs.DecidingStage)) History = await donors.HistoryAsync(idNumber, cancellation);
        foreach (var type in configuration.Packs.DonationTypes.Where(t => !alone || t.Code == donationType)) _verdicts.Add((stage, Judge(stage, type.Code)));
        return Port(Deciding!.Outcome);
    }

    public Verdict Judge(string stage, string type, decimal? targetUnits = null) =>
        RuleEvaluation.Evaluate(configuration.Packs, configuration.Packs.StagesUpTo(stage), type, Facts(type, targetUnits), day);

    public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) =>
        ValueTask.FromResult(configuration.Settings.Features.Contains(feature));

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IRuleCheckHost) || serviceType == typeof(IFeatureHost) ? this : null;

    /// <summary>All facts for one donation type: what was entered, the history, and what follows from both.</summary>
    private FactBag Facts(string type, decimal? targetUnits)
    {
        var facts = new FactBag();
        facts.Add(entered);
        if (targetUnits is not null) facts.Set(CollectionFacts.TargetUnits, targetUnits);
        donors.AddFacts(facts, History, type, day);
        facts.Set("visitDate", day).Set("donationType", type);
        CollectionFacts.AddDerived(facts, day, configuration.Parameter);
        return facts;
    }

    private static string Port(RuleOutcome outcome) => outcome switch
    {
        RuleOutcome.Pass => "Pass",
        RuleOutcome.Prompt => "Prompt",
        RuleOutcome.Missing => "Missing",
        _ => "Defer",
    };
}
