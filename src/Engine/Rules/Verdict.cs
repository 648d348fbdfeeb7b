using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>How a rule came out.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RuleResult>))]
public enum RuleResult
{
    Satisfied,
    Failed,
    /// <summary>A needed fact is unknown.</summary>
    Missing,
    /// <summary>Certainly true and certainly false at once: the rule is broken and blocks.</summary>
    Error,
    /// <summary>Failed, and lifted by an exception that is satisfied.</summary>
    Excepted,
    NotApplicable,
    /// <summary>A parameter it needs is not set: neither passed nor failed; blocks if the rule is mandatory.</summary>
    NotConfigured,
    /// <summary>A lower layer's rule stands in for it.</summary>
    Replaced,
}

/// <summary>The judgement of one visit for one donation type: what came out, why, and everything needed to judge again.</summary>
/// <param name="Outcome">Severest outcome of all rules, in the order of <see cref="RuleOutcome"/>.</param>
/// <param name="Until">First day the donor may come back: the latest of all rules that defer until a date. Null unless the
/// outcome is <see cref="RuleOutcome.DeferUntil"/> and every such date is known.</param>
/// <param name="MissingFacts">Facts to ask for next.</param>
/// <param name="TargetMayBeLowered">True when collecting less may cure everything that failed.</param>
/// <param name="Rules">Every rule for this type in the stages judged, by stage and layer.</param>
/// <param name="Facts">The known facts these rules read.</param>
/// <param name="Generator">Version of the generator whose expressions decided.</param>
public sealed record Verdict(
    string DonationType,
    DateOnly VisitDate,
    IReadOnlyList<string> Stages,
    RuleOutcome Outcome,
    DateOnly? Until,
    IReadOnlyList<string> MissingFacts,
    bool TargetMayBeLowered,
    IReadOnlyList<RuleVerdict> Rules,
    IReadOnlyList<PackReference> Packs,
    IReadOnlyDictionary<string, StoredFact> Facts,
    int Generator)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Signed and hashed content holds quantities as text, so that 3.50 stays 3.50.
        NumberHandling = JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString,
        RespectRequiredConstructorParameters = false,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <exception cref="JsonException">Not a stored verdict.</exception>
    public static Verdict FromJson(string json) => JsonSerializer.Deserialize<Verdict>(json, Options) ?? throw new JsonException("A stored verdict is expected.");

    internal static byte[] Canonical<T>(T part) => CanonicalJson.WriteDocument(JsonSerializer.Serialize(part, Options));
}

/// <summary>How one rule came out.</summary>
/// <param name="Outcome">What it contributes to the verdict: its own outcome when failed, else pass, missing or block.</param>
/// <param name="Text">Reason for people, zh-CN; null when there is nothing to say.</param>
/// <param name="FactsUsed">The known facts it read, as printed.</param>
/// <param name="MissingFacts">Facts that would decide it.</param>
public sealed record RuleVerdict(
    string RuleId,
    string PackId,
    string PackVersion,
    string PackHash,
    RuleLayer Layer,
    string Stage,
    string Clause,
    string Title,
    RuleResult Result,
    RuleOutcome Outcome,
    DateOnly? Until,
    string? Text,
    IReadOnlyDictionary<string, string> FactsUsed,
    IReadOnlyList<string> MissingFacts,
    bool LowersTarget,
    bool Mandatory,
    string Source,
    string Status)
{
    /// <summary>What the donor takes home on paper; null when nothing of this is printed for him.</summary>
    public string? DonorText { get; init; }

    /// <summary>It may come of a mix-up: see <see cref="Rule.CheckAgain"/>; null when it may not.</summary>
    public bool? CheckAgain { get; init; }
}

public sealed record PackReference(string Id, RuleLayer Layer, string Version, string Hash);

/// <summary>A fact as it was when judged; one of the five is present.</summary>
/// <param name="Unfit">True when what was said could not be believed.</param>
public sealed record StoredFact(decimal? Number = null, string? Text = null, DateOnly? Date = null, IReadOnlyList<DatedAmount>? Amounts = null, bool? Unfit = null)
{
    internal static StoredFact? Of(IFacts facts, string code)
    {
        if (facts.IsUnfit(code)) return new StoredFact(Unfit: true);
        var fact = new StoredFact(facts.Number(code), facts.Text(code), facts.Date(code), facts.Amounts(code));
        return fact is { Number: null, Text: null, Date: null, Amounts: null } ? null : fact;
    }

    internal object? Value => Unfit == true ? new UnfitFact("") : Number ?? Text ?? Date ?? (object?)Amounts;
}

/// <summary>A stored verdict judged again from its own facts and packs.</summary>
/// <param name="Again">The new verdict; null when a pack is not at hand.</param>
/// <param name="Differences">What differs, zh-CN; empty = the same.</param>
public sealed record Replay(Verdict? Again, IReadOnlyList<string> Differences)
{
    public bool Same => Again is not null && Differences.Count == 0;
}
