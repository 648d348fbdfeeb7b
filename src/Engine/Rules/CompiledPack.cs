using System.Collections.Concurrent;
using Engine.Canonical;
using RulesEngine.Models;

namespace Engine.Rules;

/// <summary>Whether two makings of expressions agree.</summary>
public enum ExpressionAgreement
{
    Same,
    Different,
    /// <summary>Made by another generator version: only verdicts can be compared, not text.</summary>
    NotComparable,
}

/// <summary>A pack whose rules RulesEngine has compiled. Immutable, knows no tenant, safe for any number of threads.</summary>
public sealed class CompiledPack
{
    private readonly RulesEngine.RulesEngine _engine;
    private readonly IReadOnlyList<SlotReading> _readings;

    private CompiledPack(RulePack pack, CompiledPack same) => (Pack, Expressions, _readings, _engine) = (pack, same.Expressions, same._readings, same._engine);

    private CompiledPack(RulePack pack)
    {
        Pack = pack;
        Expressions = pack.Rules.Select(r => ExpressionGenerator.Generate(pack, r)).ToList();
        _readings = pack.Rules.SelectMany(r => r.Leaves).SelectMany(l => ExpressionGenerator.Readings(pack, l)).Distinct().ToList();
        _engine = new RulesEngine.RulesEngine(RuleSetsOf(pack).ToArray(), Settings());
        foreach (var set in pack.RuleSets) Decide(set.Stage, NoFacts);
    }

    public RulePack Pack { get; }

    /// <summary>What RulesEngine was given, rule by rule.</summary>
    public IReadOnlyList<GeneratedRule> Expressions { get; }

    /// <summary>SHA-256 in lower-case hex over the generated expressions.</summary>
    public string ExpressionsHash => Digest.Of(
        string.Join('\n', Expressions.Select(e => $"{e.RuleId}\t{e.CertainlyTrue}\t{e.CertainlyFalse}\t{e.NotApplicable}")));

    /// <summary>Compiles a pack that <see cref="RulePackJson"/> has read.</summary>
    public static CompiledPack Compile(RulePack pack) => new(pack);

    /// <summary>The same content published in another layer or with other dates.</summary>
    internal CompiledPack As(RulePack pack) => new(pack, this);

    /// <summary>Compares stored expressions with these; says nothing about those of another generator version.</summary>
    public ExpressionAgreement Compare(int generatorVersion, string expressionsHash) =>
        generatorVersion != ExpressionGenerator.Version ? ExpressionAgreement.NotComparable
        : expressionsHash == ExpressionsHash ? ExpressionAgreement.Same : ExpressionAgreement.Different;

    /// <summary>RulesEngine's answers for one stage, by rule id.</summary>
    internal IReadOnlyDictionary<string, Decision> Decide(string stage, IFacts facts)
    {
        var set = Pack.RuleSets.FirstOrDefault(s => s.Stage == stage);
        if (set is null || set.Rules.Count == 0) return NoDecisions;
        var (numbers, texts) = Slots(facts);
        var run = _engine.ExecuteAllRulesAsync(stage, new RuleParameter("n", numbers), new RuleParameter("t", texts));
        var holds = run.AsTask().GetAwaiter().GetResult().ToDictionary(r => r.Rule.RuleName, r => r.IsSuccess, StringComparer.Ordinal);
        return set.Rules.ToDictionary(
            r => r.Id,
            r => new Decision(holds[r.Id + "+"], holds[r.Id + "-"], holds.GetValueOrDefault(r.Id + "~")),
            StringComparer.Ordinal);
    }

    private static readonly FactBag NoFacts = new();
    private static readonly Dictionary<string, Decision> NoDecisions = [];

    private (NumberSlots, TextSlots) Slots(IFacts facts)
    {
        var numbers = new Dictionary<string, decimal?>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var reading in _readings)
        {
            if (reading.Channel == SlotChannel.Text) texts[reading.Name] = reading.Term.Text(facts);
            else numbers[reading.Name] = reading.Channel switch
            {
                SlotChannel.Number => reading.Term.Number(facts),
                SlotChannel.Date => reading.Term.Date(facts)?.DayNumber,
                _ => reading.Term.IsKnown(facts) ? 1 : null,
            };
        }
        return (new NumberSlots(numbers), new TextSlots(texts));
    }

    private IEnumerable<Workflow> RuleSetsOf(RulePack pack)
    {
        var byId = Expressions.ToDictionary(e => e.RuleId, StringComparer.Ordinal);
        return pack.RuleSets.Where(s => s.Rules.Count > 0).Select(set => new Workflow
        {
            WorkflowName = set.Stage,
            Rules = set.Rules.SelectMany(r => Named(byId[r.Id])).ToList(),
        });
    }

    private static IEnumerable<RulesEngine.Models.Rule> Named(GeneratedRule rule)
    {
        yield return new() { RuleName = rule.RuleId + "+", Expression = rule.CertainlyTrue };
        yield return new() { RuleName = rule.RuleId + "-", Expression = rule.CertainlyFalse };
        if (rule.NotApplicable is { } text) yield return new() { RuleName = rule.RuleId + "~", Expression = text };
    }

    private static ReSettings Settings() => new()
    {
        AutoRegisterInputType = false,
        CustomTypes = [],
        AutoExecuteActions = false,
        EnableScopedParams = false,
        EnableFormattedErrorMessage = false,
        // A failure inside an expression must be loud: as a mere "not true" it would read as a missing fact.
        EnableExceptionAsErrorMessage = false,
        EnableExceptionAsErrorMessageForRuleExpressionParsing = false,
        IsExpressionCaseSensitive = true,
        UseFastExpressionCompiler = false,
    };
}

/// <summary>What RulesEngine answered for one rule.</summary>
internal readonly record struct Decision(bool CertainlyTrue, bool CertainlyFalse, bool NotApplicable);

/// <summary>Numbers an expression may read; null = unknown. Dates are day numbers.</summary>
public sealed class NumberSlots(IReadOnlyDictionary<string, decimal?> values)
{
    public decimal? this[string slot] => values.GetValueOrDefault(slot);
}

/// <summary>Texts and codes an expression may read; null = unknown.</summary>
public sealed class TextSlots(IReadOnlyDictionary<string, string?> values)
{
    public string? this[string slot] => values.GetValueOrDefault(slot);
}

/// <summary>Compiled packs by content hash, shared by all tenants of the process.</summary>
/// <param name="facts">What the modules of the process offer to rules.</param>
public sealed class CompiledPacks(IEnumerable<FactDefinition>? facts = null)
{
    private readonly ConcurrentDictionary<string, Lazy<CompiledPack>> _contents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Hash, PackColumns Columns), CompiledPack> _packs = new();

    public IReadOnlyList<FactDefinition> Facts { get; } = [.. facts ?? []];

    /// <summary>The compiled form of a pack already read.</summary>
    public CompiledPack Get(RulePack pack) => _packs.GetOrAdd((pack.Hash, new PackColumns(pack.Layer, pack.EffectiveFrom, pack.EffectiveTo)), _ =>
        _contents.GetOrAdd(pack.Hash, _ => new Lazy<CompiledPack>(() => CompiledPack.Compile(pack))).Value.As(pack));

    /// <summary>The pack with this hash; its text is asked for and read only the first time.</summary>
    /// <exception cref="RulePackException">The text is no valid pack, or not the one the hash names.</exception>
    public CompiledPack Get(string hash, Func<string> json)
    {
        if (_contents.TryGetValue(hash, out var found)) return found.Value;
        var pack = RulePackJson.Read(json());
        return pack.Hash == hash ? Get(pack) : throw new RulePackException("$", $"内容的哈希为 {pack.Hash}，与所要的 {hash} 不符：规则包已被改动");
    }
}
