using System.Text.Json.Serialization;
using Engine.Canonical;

namespace Engine.Rules;

[JsonConverter(typeof(KebabCaseEnumConverter<RuleLayer>))]
public enum RuleLayer
{
    National,
    Province,
    Station,
}

/// <summary>What a failed rule leads to, and the outcome of a verdict; ordered from lightest to severest, the severest wins.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RuleOutcome>))]
public enum RuleOutcome
{
    Pass,
    /// <summary>Goes on after a person has confirmed it with a reason.</summary>
    Prompt,
    /// <summary>A needed fact is unknown. Never passes; any deferral is worse, because it stands whatever the fact will be.</summary>
    Missing,
    /// <summary>Not this time; may come back when the finding is normal.</summary>
    DeferVisit,
    /// <summary>Not before a date.</summary>
    DeferUntil,
    DeferPermanently,
    /// <summary>No collection and no promise of a date: outside what the standard admits, or the rules themselves are unfit.</summary>
    Block,
}

/// <summary>A dated, versioned document of rules. Written in JSON as <c>rule-packs/README.md</c> describes; read by <see cref="RulePackJson"/>.</summary>
/// <param name="Layer">As a stored document it is the one it was published in, and so are both dates; see <see cref="PackColumns"/>.</param>
/// <param name="EffectiveFrom">First day in force; null = never, as of a draft law.</param>
/// <param name="EffectiveTo">Last day in force, inclusive; null = open.</param>
/// <param name="Generator">Version of <see cref="ExpressionGenerator"/> the pack was written for.</param>
/// <param name="Stages">Stages of a visit in order; a lower layer names some of the highest layer's, in the same order.</param>
/// <param name="Settings">Values for parameters a higher layer left unset.</param>
/// <param name="Consents">What the province lets single stations replace.</param>
public sealed record RulePack(
    string Id,
    string Title,
    string TitleEn,
    RuleLayer Layer,
    string Version,
    DateOnly? EffectiveFrom,
    int Generator,
    IReadOnlyList<NamedCode> DonationTypes,
    IReadOnlyList<Stage> Stages,
    IReadOnlyList<RuleSet> RuleSets,
    DateOnly? EffectiveTo = null,
    IReadOnlyList<PackParameter>? Parameters = null,
    IReadOnlyList<ParameterSetting>? Settings = null,
    IReadOnlyList<ReplacementConsent>? Consents = null)
{
    /// <summary>SHA-256 in lower-case hex over the canonical document without <see cref="Generator"/>, layer and dates; the pack's identity in verdicts.</summary>
    [JsonIgnore]
    public string Hash { get; init; } = "";

    /// <inheritdoc cref="JsonSchemas"/>
    [JsonPropertyName(JsonSchemas.Property)]
    public string? Schema { get; init; }

    [JsonIgnore]
    public IEnumerable<Rule> Rules => RuleSets.SelectMany(s => s.Rules);

    public bool IsInForce(DateOnly day) => EffectiveFrom is { } first && first <= day && (EffectiveTo is not { } last || day <= last);
}

/// <summary>What a published pack is by its row and not by its content: a pack cannot say itself in which layer and when it is in force.</summary>
/// <param name="EffectiveTo">Last day, inclusive.</param>
public sealed record PackColumns(RuleLayer Layer, DateOnly? EffectiveFrom, DateOnly? EffectiveTo);

public sealed record NamedCode(string Code, string Label);

/// <summary>One stage of a visit.</summary>
/// <param name="Alone">Judged by its own rules only: what is asked there (is the kit in date, is the volume plausible) does not decide whether the donor may give blood.</param>
public sealed record Stage(string Code, string Label, bool Alone = false);

public sealed record RuleSet(string Stage, IReadOnlyList<Rule> Rules);

/// <summary>One requirement: where it applies it must be true.</summary>
/// <param name="Id">Unique among all packs that apply together, for example <c>HB-02</c>.</param>
/// <param name="Clause">Clause of the standard, as printed.</param>
/// <param name="Text">Reason shown when it fails, zh-CN, with placeholders such as <c>{hb}</c>, <c>{@wbcMin}</c>, <c>{until}</c>.</param>
/// <param name="DonationTypes">Codes of the types it is for; null = all of the pack.</param>
/// <param name="Mandatory">A mandatory clause: nothing replaces it, and unset parameters block.</param>
/// <param name="ExceptionTo">Rule of the same pack and stage whose failure is lifted when this rule applies and is satisfied.</param>
/// <param name="LowersTarget">The failure may be cured by collecting less.</param>
/// <param name="Source">Where the number comes from.</param>
/// <param name="Status">How sure that is: C2, C, S, L, G or D.</param>
/// <param name="DonorText">What the donor takes home on paper when it fails, with placeholders as in <paramref name="Text"/>; null: nothing of it is printed for him.</param>
/// <param name="CheckAgain">Its failure may come of a mix-up of persons, samples or files: stopping and checking again comes before any ending.</param>
public sealed record Rule(
    string Id,
    string Clause,
    string Title,
    Condition Require,
    RuleOutcome Outcome,
    string Text,
    string Source,
    string Status,
    string? TitleEn = null,
    Condition? AppliesWhen = null,
    IReadOnlyList<string>? DonationTypes = null,
    UntilDate? Until = null,
    bool Mandatory = false,
    string? ExceptionTo = null,
    Replacement? Replaces = null,
    bool LowersTarget = false,
    string? DonorText = null,
    bool CheckAgain = false)
{
    [JsonIgnore]
    public IEnumerable<Comparison> Leaves => (AppliesWhen?.Leaves ?? []).Concat(Require.Leaves);

    /// <summary>Every fact the rule reads.</summary>
    [JsonIgnore]
    public IEnumerable<string> Facts => Leaves.SelectMany(l => l.Term.Facts).Append(Until?.From ?? "").Where(f => f.Length > 0).Distinct();

    public bool IsFor(RulePack pack, string donationType) => DonationTypes?.Contains(donationType) ?? pack.DonationTypes.Any(t => t.Code == donationType);
}

/// <summary>When the donor may come back: a span after a date fact, or (<see cref="From"/> null) the first later day on which
/// the requirement becomes certainly true with all other facts unchanged.</summary>
[JsonConverter(typeof(UntilDateConverter))]
public sealed record UntilDate(string? From, CalendarSpan? Add)
{
    public static readonly UntilDate WhenSatisfied = new(null, null);
}

/// <summary>Stands in for a recommended rule of a higher layer while it is not expired; a station's only where the province consents.</summary>
public sealed record Replacement(string Rule, string Reason, string Approver, DateOnly Expires);

/// <summary>The province lets a station's pack replace one rule. Written in a pack above the station's.</summary>
/// <param name="Pack">Id of the station's pack.</param>
/// <param name="Expires">Last day, inclusive.</param>
public sealed record ReplacementConsent(string Rule, string Pack, string Reason, string Approver, DateOnly Expires);

[JsonConverter(typeof(KebabCaseEnumConverter<ParameterKind>))]
public enum ParameterKind
{
    Number,
    Choice,
}

/// <summary>A value kept apart from the rules. Null = not set here: a lower layer may set it, else its rules are not configured.</summary>
/// <param name="Value">decimal or string.</param>
/// <param name="Min">Smallest number anyone may set, inclusive.</param>
/// <param name="Max">Largest number anyone may set, inclusive.</param>
public sealed record PackParameter(
    string Name,
    string Label,
    ParameterKind Kind,
    string Source,
    string Status,
    string? Unit = null,
    [property: JsonConverter(typeof(ScalarConverter))] object? Value = null,
    IReadOnlyList<NamedCode>? Options = null,
    decimal? Min = null,
    decimal? Max = null);

/// <summary>A lower layer's value for a parameter that a higher layer's pack left unset.</summary>
public sealed record ParameterSetting(
    string Pack,
    string Parameter,
    [property: JsonConverter(typeof(ScalarConverter))] object Value,
    string Source,
    string Status,
    string? Unit = null);
