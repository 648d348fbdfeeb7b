using System.Globalization;

namespace Engine.Rules;

/// <summary>The two RulesEngine expressions of a rule: it is certainly true, or certainly false. Neither = something is missing.</summary>
/// <param name="NotApplicable">True when the rule certainly does not apply; null when it always does.</param>
public sealed record GeneratedRule(string RuleId, string CertainlyTrue, string CertainlyFalse, string? NotApplicable);

internal enum SlotChannel
{
    Number,
    Text,
    Date,
    Known,
}

/// <summary>One value an expression reads by name: <c>n["hb"]</c> or <c>t["sex"]</c>.</summary>
internal sealed record SlotReading(Term Term, SlotChannel Channel)
{
    public string Name => Channel switch
    {
        SlotChannel.Date => Term.Slot + ".date",
        SlotChannel.Known => Term.Slot + ".known",
        _ => Term.Slot,
    };

    public string Expression => Channel == SlotChannel.Text ? $"t[\"{Name}\"]" : $"n[\"{Name}\"]";
}

/// <summary>Turns condition trees into expression text. The only author of such text: nothing a person wrote reaches the
/// parser except letters, digits and numbers of checked codes and quoted values that cannot end their quotation.</summary>
public static class ExpressionGenerator
{
    /// <summary>Raised whenever the same tree gives other text. Expressions are comparable only within one version.</summary>
    public const int Version = 1;

    public static GeneratedRule Generate(RulePack pack, Rule rule)
    {
        var (isTrue, isFalse) = Both(pack, rule.Require);
        if (rule.AppliesWhen is null) return new GeneratedRule(rule.Id, isTrue, isFalse, null);
        var (applies, appliesNot) = Both(pack, rule.AppliesWhen);
        return new GeneratedRule(rule.Id, $"({appliesNot} || ({applies} && {isTrue}))", $"({applies} && {isFalse})", appliesNot);
    }

    internal static IEnumerable<SlotReading> Readings(RulePack pack, Comparison leaf) =>
        leaf.Values.OfType<ParameterTerm>().Cast<Term>().Prepend(leaf.Term).Select(t => new SlotReading(t, Channel(pack, leaf)));

    private static (string True, string False) Both(RulePack pack, Condition condition)
    {
        switch (condition)
        {
            case NotOf not:
                var inner = Both(pack, not.Inner);
                return (inner.False, inner.True);
            case AllOf all:
                var every = all.Conditions.Select(c => Both(pack, c)).ToList();
                return (Join(" && ", every.Select(e => e.True)), Join(" || ", every.Select(e => e.False)));
            case AnyOf any:
                var each = any.Conditions.Select(c => Both(pack, c)).ToList();
                return (Join(" || ", each.Select(e => e.True)), Join(" && ", each.Select(e => e.False)));
            default:
                return Leaf(pack, (Comparison)condition);
        }
    }

    private static (string True, string False) Leaf(RulePack pack, Comparison leaf)
    {
        var readings = Readings(pack, leaf).Select(r => r.Expression).ToList();
        if (leaf.Operator == ComparisonOperator.Known) return ($"({readings[0]} != null)", $"({readings[0]} == null)");
        var known = string.Join(" && ", readings.Select(r => r + " != null"));
        var values = leaf.Values.Select(v => v is ParameterTerm p ? new SlotReading(p, Channel(pack, leaf)).Expression : Literal(v)).ToList();
        var (holds, fails) = leaf.Operator == ComparisonOperator.In
            ? (Join(" || ", values.Select(v => $"{readings[0]} == {v}")), Join(" && ", values.Select(v => $"{readings[0]} != {v}")))
            : ($"{readings[0]} {Symbol(leaf.Operator)} {values[0]}", $"{readings[0]} {Symbol(Opposite(leaf.Operator))} {values[0]}");
        return ($"({known} && {holds})", $"({known} && {fails})");
    }

    private static SlotChannel Channel(RulePack pack, Comparison leaf)
    {
        if (leaf.Operator == ComparisonOperator.Known) return SlotChannel.Known;
        return leaf.Values[0] switch
        {
            decimal => SlotChannel.Number,
            DateOnly => SlotChannel.Date,
            ParameterTerm p when pack.Parameters!.First(d => d.Name == p.Name).Kind == ParameterKind.Number => SlotChannel.Number,
            _ => SlotChannel.Text,
        };
    }

    private static string Literal(object value) => value switch
    {
        decimal number => string.Create(CultureInfo.InvariantCulture, $"({number}M)"),
        DateOnly date => string.Create(CultureInfo.InvariantCulture, $"({date.DayNumber}M)"),
        string text when !text.AsSpan().ContainsAny('"', '\\') => $"\"{text}\"",
        _ => throw new InvalidOperationException("A condition value reached the generator without passing the reader."),
    };

    private static string Symbol(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Equal => "==",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };

    private static ComparisonOperator Opposite(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        _ => ComparisonOperator.Less,
    };

    private static string Join(string separator, IEnumerable<string> parts) => "(" + string.Join(separator, parts) + ")";
}
