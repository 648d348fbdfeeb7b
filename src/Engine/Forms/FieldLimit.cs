using Engine.Rules;

namespace Engine.Forms;

/// <summary>What a field's value has to be beside another fact: a time not before another, an amount not above the whole. No numbers stand here, those are rules.</summary>
/// <param name="Operator">One of <c>&lt; &lt;= &gt; &gt;=</c>.</param>
/// <param name="Fact">Another field of the form, or a fact from before; while it is unknown nothing is compared.</param>
/// <param name="Label">Its name for people where the form does not ask for it; null where it does.</param>
/// <param name="Message">What to say in place of the usual words, zh-CN; null for those.</param>
public sealed record FieldLimit(string Operator, string Fact, string? Label, string? Message)
{
    private static readonly Dictionary<string, (Func<int, bool> Holds, string OfTime, string OfAmount)> Operators = new(StringComparer.Ordinal)
    {
        ["<"] = (o => o < 0, "早于", "小于"), ["<="] = (o => o <= 0, "不晚于", "不大于"), [">"] = (o => o > 0, "晚于", "大于"), [">="] = (o => o >= 0, "不早于", "不小于"),
    };

    public static IReadOnlyCollection<string> Known => Operators.Keys;

    /// <summary>Types whose values have an order.</summary>
    public static bool Orders(FieldType type) => type is FieldType.Number or FieldType.Date or FieldType.DateTime;

    /// <summary>Why the value cannot be, zh-CN; null when it can, or when one of the two is not known.</summary>
    internal string? Fault(FormField field, FormDefinition form, IFacts facts)
    {
        if (Order(field, facts) is not { } order || Operators[Operator].Holds(order)) return null;
        var other = form.Field(Fact);
        var words = field.Type == FieldType.Number ? Operators[Operator].OfAmount : Operators[Operator].OfTime;
        var shown = other is { Protected: true } ? "" : $"（{(other ?? field).Display(Text(field, facts))}）";
        return Message ?? $"须{words}“{other?.Label ?? Label}”{shown}，请核对";
    }

    /// <summary>Less than zero when the field's value comes before the other.</summary>
    private int? Order(FormField field, IFacts facts) => field.Type switch
    {
        FieldType.Number when facts.Number(field.Code) is { } own && facts.Number(Fact) is { } other => own.CompareTo(other),
        FieldType.Date when facts.Date(field.Code) is { } own && facts.Date(Fact) is { } other => own.CompareTo(other),
        FieldType.DateTime when facts.Text(field.Code) is { } own && facts.Text(Fact) is { } other => string.CompareOrdinal(own, other),
        _ => null,
    };

    private string Text(FormField field, IFacts facts) => field.Type switch
    {
        FieldType.Number => facts.Number(Fact)!.Value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture),
        FieldType.Date => facts.Date(Fact)!.Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        _ => facts.Text(Fact)!,
    };
}
