using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>The pinned documents of a visit, read once per set of documents and flow and shared by all visits that pin the same.</summary>
internal sealed class VisitConfiguration
{
    public const string RegistrationForm = "registration";

    /// <summary>Its field that says what is to be given.</summary>
    public const string DonationTypeField = "donationType";
    private readonly InForce _set;
    private readonly CompiledPacks _compiled;
    private readonly ConcurrentDictionary<string, LayoutDefinition> _layouts = new(StringComparer.Ordinal);

    private VisitConfiguration(InForce set, CompiledPacks compiled, string? flow)
    {
        (_set, _compiled) = (set, compiled);
        Settings = StationSettings.Of(set);
        Packs = compiled.Of(set);
        Facts = StationFacts.Of(set, compiled.Facts);
        Flow = flow ?? FlowChoices.Usual(set, Settings);
        Workflow = Parsed(Flow);
    }

    public StationSettings Settings { get; }
    public PackSet Packs { get; }

    /// <summary>Every fact there is, with what it may hold.</summary>
    public FactCatalog Facts { get; }

    /// <summary>Name of the flow the visit takes; before it is registered, of the usual one.</summary>
    public string Flow { get; }

    public WorkflowDefinition Workflow { get; }

    /// <summary>Steps of all flows a visit may take here, each once: those of this flow, and one that only another has behind the one that comes before it there.</summary>
    public IReadOnlyList<UserTaskStep> Steps => field ??= FlowChoices.Steps(Workflow, FlowChoices.Names(_set, Settings).Select(Parsed));

    public string Hash => _set.Hash;

    /// <param name="flow">The visit's; null before it has one.</param>
    public static VisitConfiguration Of(InForce set, CompiledPacks compiled, string? flow = null) => set.Computed(flow ?? "", () => new VisitConfiguration(set, compiled, flow));

    /// <summary>As it is for a visit that is registered so.</summary>
    public VisitConfiguration For(IFacts registration) => Of(_set, _compiled, FlowChoices.Of(_set, Settings, registration));

    /// <summary>Rules of a province or a station alone would let anybody pass.</summary>
    /// <exception cref="DocumentException">The national pack has run out or was never there.</exception>
    public void RequireNationalRules()
    {
        if (Packs.Packs[0].Pack.Layer != RuleLayer.National) throw new DocumentException("规则包", "$", "没有生效的国家层规则包，不能判定，也不能登记：请省级管理员发布国家层规则包");
    }

    public bool HasLayout(string name) => _set.Find(DocumentKinds.Layout, name) is not null;

    public bool HasForm(string code) => _set.Find(DocumentKinds.Form, code) is not null;

    public FormDefinition Form(string code) => StationFacts.FormOf(_set, _set.Require(DocumentKinds.Form, code));

    public bool SignsElectronically => Settings.Features.Contains(Modules.Signing.Contracts.SigningSettings.Feature);

    /// <summary>The layout of a record document; it may show any form in force.</summary>
    public LayoutDefinition RecordLayout(string name) => _layouts.GetOrAdd(name, _ => LayoutDefinition.Parse(_set.Require(DocumentKinds.Layout, name).Json, PrintedDocuments.Find(name, _set)!));

    /// <summary>What the submission of a form rests on, each by content hash.</summary>
    public JsonObject HashesFor(FormDefinition form) => new()
    {
        ["form"] = _set.Require(DocumentKinds.Form, form.Code).Hash, ["workflow"] = _set.Require(DocumentKinds.Workflow, Flow).Hash,
        ["packs"] = new JsonArray([.. _set.All(DocumentKinds.RulePack).Select(p => p.Hash).Order(StringComparer.Ordinal).Select(h => (JsonNode)h)]),
    };

    /// <param name="reviewed">What the form reviews; see <see cref="VisitFiles.Context"/>.</param>
    public FormContext Context(IFacts known, DateOnly today, ReviewedForm? reviewed) => new(known, Settings.OptionalTests.ToHashSet(StringComparer.Ordinal), today, reviewed);

    /// <summary>Whether it can be given here: the registration form lets it be chosen.</summary>
    public bool Offers(string donationType) => Form(RegistrationForm).Field(DonationTypeField)?.Options is not { } choices || choices.Any(c => c.Code == donationType);

    /// <summary>Whether the flow leads to a judgement of this stage; one that another station has is none here.</summary>
    public bool Asks(string stage) => Workflow.Activities.Any(a => a.LiteralText("stage") == stage && a.Parent?.Connections.Any(c => c.Target == a) == true);

    private WorkflowDefinition Parsed(string flow) => _set.Parsed(_set.Require(DocumentKinds.Workflow, flow), WorkflowDefinition.Parse);

    public string StageTitle(string stage) => Packs.Packs[0].Pack.Stages.FirstOrDefault(s => s.Code == stage)?.Label ?? stage;

    /// <summary>What a rule is called; null when there is none of this id.</summary>
    public string? RuleTitle(string? id) => Packs.Packs.SelectMany(p => p.Pack.Rules).FirstOrDefault(r => r.Id == id)?.Title;

    public string DonationTypeTitle(string code) => Packs.DonationTypes.FirstOrDefault(t => t.Code == code)?.Label ?? code;

    /// <summary>Number parameter of the packs by name, null when no layer has set it.</summary>
    public decimal? Parameter(string name) => Packs.NumberParameter(name);
}
