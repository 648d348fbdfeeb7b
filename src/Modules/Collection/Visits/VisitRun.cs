using Engine.Rules;
using Engine.Workflows;
using Modules.Donors.Contracts;

namespace Modules.Collection;

/// <summary>Whom and what a visit is judged of.</summary>
internal sealed record JudgedVisit(string IdNumber, DonorHistory History, string DonationType, DateOnly Day);

/// <summary>What the flow asks of a visit while a step is worked out; reads and computes, writes nothing.</summary>
internal sealed class VisitRun(VisitConfiguration configuration, IDonors donors, JudgedVisit of, FactBag entered)
    : IRuleCheckHost, IFeatureHost, IReadingHost, IServiceProvider
{
    private readonly List<(string Stage, Verdict Verdict)> _verdicts = [];

    /// <summary>Everything entered in this visit so far.</summary>
    public IFacts Entered => entered;

    public DonorHistory History { get; private set; } = of.History;

    /// <summary>The visit, whose own deferrals are no history of it; null while it is being registered.</summary>
    public Guid? VisitId { get; init; }

    /// <summary>Somebody is there to confirm what a verdict asks to confirm.</summary>
    public bool Attended { get; init; } = true;

    /// <summary>Whether all these test items have a value that counts; nothing has arrived before there is a visit.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<bool>> HasArrived { get; init; } = (_, _) => Task.FromResult(false);

    public async ValueTask<bool> HasArrivedAsync(IReadOnlyList<string> items, CancellationToken cancellation) =>
        await HasArrived(items, cancellation);

    /// <summary>Verdicts of this run: one per stage asked and donation type.</summary>
    public IReadOnlyList<(string Stage, Verdict Verdict)> Verdicts => _verdicts;

    /// <summary>The target entered, in therapeutic units; the verdict holds only what rules read, which is what follows from it.</summary>
    public decimal? TargetUnits => entered.Number(CollectionFacts.TargetUnits);

    /// <summary>The last verdict on the planned type; null when no stage was asked.</summary>
    public Verdict? Deciding => _verdicts.LastOrDefault(v => v.Verdict.DonationType == of.DonationType).Verdict;

    /// <summary>The deciding verdict is on how the work was done, not on whether the donor may give blood.</summary>
    public bool DecidesAlone => Deciding is { } verdict && verdict.Stages.All(configuration.Packs.Alone.Contains);

    public async ValueTask<string> CheckAsync(string stage, CancellationToken cancellation)
    {
        if (!configuration.Packs.Stages.Contains(stage))
            throw new ActivityFaultException($"There is no stage '{stage}'.", $"规则中没有判定步骤“{stage}”，流程不能继续：请联系管理员改正流程；本次献血可在此处理");
        // The deciding stage lets blood be taken: another station may have seen the donor since registration.
        // The blood group stays the one found on file at registration: what this visit's own tests have entered since agrees with nothing but itself.
        if (!configuration.Packs.Alone.Contains(stage) && (!History.Known || stage == configuration.Packs.DecidingStage))
            History = (VisitId is { } visit ? await donors.HistoryBesidesAsync(of.IdNumber, visit, cancellation)
                : await donors.HistoryAsync(of.IdNumber, cancellation)) with { BloodGroup = History.BloodGroup, RhD = History.RhD };
        foreach (var type in TypesAt(stage)) _verdicts.Add((stage, Judge(stage, type.Code)));
        if (!Attended && Deciding!.Outcome == RuleOutcome.Prompt)
            throw new ActivityFaultException($"The verdict of stage '{stage}' has to be confirmed.", "判定有需要确认的提示，自动继续时没有人确认；请核实后写明原因重试");
        return Port(Deciding!.Outcome);
    }

    /// <summary>Judges every donation type as far as this stage with the history as it was: what the visit itself has added since is not held against it.</summary>
    public void JudgeAgain(string stage)
    {
        foreach (var type in TypesAt(stage)) _verdicts.Add((stage, Judge(stage, type.Code)));
    }

    /// <summary>How the work was done is asked of the donation that was made, and of no other type.</summary>
    private IEnumerable<NamedCode> TypesAt(string stage) =>
        configuration.Packs.DonationTypes.Where(t => !configuration.Packs.Alone.Contains(stage) || t.Code == of.DonationType);

    public Verdict Judge(string stage, string type, decimal? targetUnits = null) =>
        RuleEvaluation.Evaluate(configuration.Packs, configuration.Packs.StagesUpTo(stage), type, Facts(type, targetUnits), of.Day);

    public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) =>
        ValueTask.FromResult(configuration.Settings.Features.Contains(feature));

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IRuleCheckHost) || serviceType == typeof(IFeatureHost) || serviceType == typeof(IReadingHost) ? this : null;

    /// <summary>All facts for one donation type: what was entered, the history, and what follows from both.</summary>
    private FactBag Facts(string type, decimal? targetUnits)
    {
        var facts = new FactBag();
        facts.Add(entered);
        if (targetUnits is not null) facts.Set(CollectionFacts.TargetUnits, targetUnits);
        donors.AddFacts(facts, History, type, of.Day);
        facts.Set("visitDate", of.Day).Set("donationType", type);
        // Before, so that nothing is worked out from what cannot be believed, and after, for what was worked out.
        CollectionFacts.AddDerived(FactScreen.Admit(configuration.Facts, facts), of.Day, configuration.Parameter);
        return FactScreen.Admit(configuration.Facts, facts);
    }

    private static string Port(RuleOutcome outcome) => outcome switch
    {
        RuleOutcome.Pass => "Pass",
        RuleOutcome.Prompt => "Prompt",
        RuleOutcome.Missing => "Missing",
        _ => "Defer",
    };
}
