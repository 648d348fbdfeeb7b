using System.Globalization;
using Engine.Rules;

namespace Engine.Forms;

/// <summary>A condition as a Chinese sentence, for people who fill in the form without scripts. Facts the form does not ask are left out.</summary>
public static class ConditionWords
{
    /// <summary>For example <c>“证件类型”不是“居民身份证”</c>; null when the condition names no field of the form.</summary>
    public static string? Describe(Condition condition, FormDefinition form) => Say(condition, form, negated: false);

    private static string? Say(Condition condition, FormDefinition form, bool negated) => condition switch
    {
        NotOf not => Say(not.Inner, form, !negated),
        AllOf all => Join(all.Conditions, negated ? "，或" : "，且", form, negated),
        AnyOf any => Join(any.Conditions, negated ? "，且" : "，或", form, negated),
        Comparison { Term: FactTerm term } leaf when form.Field(term.Fact) is { } field => $"“{field.Label}”{Compare(leaf, field, negated)}",
        _ => null,
    };

    private static string? Join(IReadOnlyList<Condition> conditions, string word, FormDefinition form, bool negated)
    {
        var said = conditions.Select(c => Say(c, form, negated)).OfType<string>().ToList();
        return said.Count == 0 ? null : string.Join(word, said);
    }

    private static string Compare(Comparison leaf, FormField field, bool negated)
    {
        var values = string.Join("或", leaf.Values.Select(v => Show(v, field)));
        return (leaf.Operator, negated) switch
        {
            (ComparisonOperator.Known, false) => "已填写",
            (ComparisonOperator.Known, true) => "未填写",
            (ComparisonOperator.Equal or ComparisonOperator.In, false) or (ComparisonOperator.NotEqual, true) => "为" + values,
            (ComparisonOperator.Equal or ComparisonOperator.In, true) or (ComparisonOperator.NotEqual, false) => "不是" + values,
            (ComparisonOperator.Less, false) or (ComparisonOperator.GreaterOrEqual, true) => "小于" + values,
            (ComparisonOperator.LessOrEqual, false) or (ComparisonOperator.Greater, true) => "不超过" + values,
            (ComparisonOperator.Greater, false) or (ComparisonOperator.LessOrEqual, true) => "大于" + values,
            _ => "不低于" + values,
        };
    }

    private static string Show(object value, FormField field) => value switch
    {
        decimal number when field.Type == FieldType.Choice => $"“{field.Display(number.ToString(CultureInfo.InvariantCulture))}”",
        decimal number => field.Display(number.ToString(CultureInfo.InvariantCulture)),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => $"“{field.Display((string)value)}”",
    };
}
