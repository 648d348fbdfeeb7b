namespace Engine.Rules;

/// <summary>Which way a parameter has to move so that fewer donors pass. Read from the rules that compare with it.</summary>
internal static class ParameterTightening
{
    /// <summary>Whether a lower layer's value is the same or stricter. What is compared both ways, for equality, or by no rule at all may only be the same.</summary>
    public static bool Holds(RulePack pack, string parameter, object above, object below)
    {
        if (Equals(above, below)) return true;
        if (above is not decimal higher || below is not decimal lower) return false;
        var ways = pack.Rules.SelectMany(r => Ways(r, parameter)).Distinct().ToList();
        return ways switch
        {
            [Way.Up] => lower >= higher,
            [Way.Down] => lower <= higher,
            _ => false,
        };
    }

    private enum Way { Up, Down, Unclear }

    private static IEnumerable<Way> Ways(Rule rule, string parameter) =>
    [
        .. Ways(rule.Require, parameter, Way.Up),
        // An exception that applies more often lets more donors pass, a rule that does fewer.
        .. rule.AppliesWhen is { } applies ? Ways(applies, parameter, rule.ExceptionTo is null ? Way.Down : Way.Up) : [],
    ];

    /// <param name="rarer">Where the parameter has to go when the condition is to hold more rarely and is written as "at least".</param>
    private static IEnumerable<Way> Ways(Condition condition, string parameter, Way rarer) => condition switch
    {
        AllOf all => all.Conditions.SelectMany(c => Ways(c, parameter, rarer)),
        AnyOf any => any.Conditions.SelectMany(c => Ways(c, parameter, rarer)),
        NotOf not => Ways(not.Inner, parameter, Opposite(rarer)),
        Comparison leaf when leaf.Term is ParameterTerm term && term.Name == parameter => [Way.Unclear],
        Comparison leaf when leaf.Values.OfType<ParameterTerm>().Any(p => p.Name == parameter) => [leaf.Operator switch
        {
            ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual => rarer,
            ComparisonOperator.Less or ComparisonOperator.LessOrEqual => Opposite(rarer),
            _ => Way.Unclear,
        }],
        _ => [],
    };

    private static Way Opposite(Way way) => way == Way.Up ? Way.Down : Way.Up;
}
