using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;

namespace Modules.Collection;

/// <summary>What the steps of a flow mean for the needle, as <see cref="NeedleGate"/> reads forms and rules. A field or signer that may be left out proves nothing.</summary>
internal sealed class NeedleTerms(WorkflowDefinition flow, Func<string, FormDefinition?> forms, PackSet packs)
{
    private readonly Dictionary<ActivityNode, (UserTaskStep Step, FormDefinition Form)> _tasks = flow.UserTasks
        .Where(t => t.FormKey is not null && forms(t.FormKey) is not null)
        .ToDictionary(t => flow.Find(t.ActivityId)!, t => (t, forms(t.FormKey!)!));

    public PackSet Packs => packs;

    public IEnumerable<ActivityNode> Tasks => _tasks.Keys;

    /// <summary>Tasks whose form is not in force, or not known before the flow runs.</summary>
    public IEnumerable<(ActivityNode Node, string? Form)> WithoutForm => flow.UserTasks.Where(t => t.FormKey is null || forms(t.FormKey) is null).Select(t => (flow.Find(t.ActivityId)!, t.FormKey));

    /// <summary>The check at the bedside, with the donor still to be stuck.</summary>
    public bool IsCheck(ActivityNode node) => FormOf(node) is { } form && NeedleGate.Guards(form) && NeedleGate.BeforeNeedle(form);

    /// <summary>A form that tells of a needle that was in.</summary>
    public bool IsCollection(ActivityNode node) => FormOf(node) is { } form && NeedleGate.Guards(form) && !NeedleGate.BeforeNeedle(form);

    /// <summary>Whether leaving it by this port submits its form.</summary>
    public bool Submits(ActivityNode node, string port) => _tasks.TryGetValue(node, out var task) && task.Step.Action(port)?.Submits == true;

    public bool GivesConsent(ActivityNode node, string port) => Submits(node, port) && FormOf(node) is { } form
        && (form.Signers.Any(s => s is { Fact: CollectionFacts.ConsentSigned, When: null, Signs: true }) || form.Fields.Any(f => f.Code == CollectionFacts.ConsentSigned && f.MustBe == "yes" && IsAlwaysAsked(f)));

    public bool ConfirmsIdentity(ActivityNode node, string port) => Submits(node, port) && FormOf(node)?.Field(CollectionFacts.BedsideIdentity) is { Type: FieldType.YesNo } field && IsAlwaysAsked(field);

    /// <summary>Two sign by their own PIN, the second being another person.</summary>
    public bool HasSecondPerson(ActivityNode node, string port) => Submits(node, port) && IsCheck(node)
        && FormOf(node)!.Signers.Where(s => s is { Pin: true, When: null }).ToList() is { Count: > 1 } signers && signers.Skip(1).Any(s => s.SecondPerson);

    public static bool AllotsNumber(ActivityNode node, string port) => node.Type == CollectionActivities.AllotsDonationNumber && port == "Done";

    public static bool Passes(ActivityNode node, string port, string stage) => IsRuleCheck(node, stage) && port == "Pass";

    public static bool IsRuleCheck(ActivityNode node, string stage) => node.Type == "Station.RuleCheck" && node.LiteralText("stage") == stage;

    public static bool EndsVisit(ActivityNode node) => CollectionActivities.Ends.Contains(node.Type);

    /// <summary>Waits for what nobody of this product sends, or what may never come.</summary>
    public static bool MayWaitForEver(ActivityNode node) => node.Type switch
    {
        "Elsa.Event" or "Elsa.RunTask" or "Station.AwaitEvent" => true,
        "Station.Print" => node.Json["wait"] is not null && !(node.Literal("wait") is { } wait && !JsonValues.ToBoolean(wait)),
        "Collection.AwaitReading" => !node.HasArrowFrom("TimedOut") || node.Json["timeout"] is null,
        _ => false,
    };

    /// <summary>Stages judged by their own rules that ask how the donor was made ready, and those that ask of the run; without rules there is nothing to judge.</summary>
    public IEnumerable<string> Alone(bool afterNeedle) => packs.Alone.Where(stage => FactsOf([stage]) is { Count: > 0 } facts && facts.Overlaps(ToldByTheRun) == afterNeedle);

    /// <summary>Whether what the task's form says is judged in one of these stages.</summary>
    public bool IsJudged(ActivityNode task, IEnumerable<string> stages)
    {
        var read = FactsOf(stages);
        return FormOf(task)!.Facts.Any(f => read.Contains(f.Code) || (CollectionFacts.DerivedFrom.Contains(f.Code) && !packs.Alone.IsSupersetOf(stages)));
    }

    private HashSet<string> ToldByTheRun => [.. _tasks.Keys.Where(IsCollection).SelectMany(t => FormOf(t)!.Facts.Select(f => f.Code)), .. CollectionFacts.AtTheNeedle.Except([CollectionFacts.BedsideIdentity])];

    private HashSet<string> FactsOf(IEnumerable<string> stages) =>
        [.. packs.Packs.SelectMany(p => p.Pack.RuleSets).Where(s => stages.Contains(s.Stage)).SelectMany(s => s.Rules).SelectMany(r => r.Facts)];

    private FormDefinition? FormOf(ActivityNode node) => _tasks.TryGetValue(node, out var task) ? task.Form : null;

    private static bool IsAlwaysAsked(FormField field) => field is { Required: true, VisibleWhen: null, TestItem: null or { Optional: false } };
}
