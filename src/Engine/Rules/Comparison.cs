using System.Globalization;
using System.Text.Json;
using Engine.Canonical;

namespace Engine.Rules;

public enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    /// <summary>The fact is known; the one leaf that is never "unknown".</summary>
    Known,
}

/// <summary>One term against one value. Numbers compare as decimals, text and codes exactly, dates by calendar day. In JSON:
/// <c>{"fact":"hb","op":">=","value":115,"unit":"g/L"}</c>,
/// <c>{"fact":"lastWholeBloodOn","op":"elapsed","value":6,"unit":"months"}</c>,
/// <c>{"fact":"systolic","minus":"diastolic","op":">=","value":30,"unit":"mmHg"}</c>,
/// <c>{"fact":"apheresisDonations","aggregate":"count","window":{"months":12},"op":"&lt;","value":24}</c>,
/// <c>{"param":"yearWindow","op":"==","value":"rolling"}</c>; a value may be <c>{"param":"wbcMin"}</c>.</summary>
/// <param name="Values">decimal, <see cref="DateOnly"/>, string or <see cref="ParameterTerm"/>; all of one kind; several only for <c>in</c>.</param>
/// <param name="Unit">Unit of the number as written; must be the fact's.</param>
public sealed record Comparison(Term Term, ComparisonOperator Operator, IReadOnlyList<object> Values, string? Unit) : Condition
{
    private static readonly Dictionary<string, ComparisonOperator> Operators = new(StringComparer.Ordinal)
    {
        ["=="] = ComparisonOperator.Equal, ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less, ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater, [">="] = ComparisonOperator.GreaterOrEqual,
        ["in"] = ComparisonOperator.In, ["known"] = ComparisonOperator.Known,
    };

    public override IEnumerable<Comparison> Leaves => [this];

    public override bool? Evaluate(IFacts facts)
    {
        if (Operator == ComparisonOperator.Known) return Term.IsKnown(facts);
        if (Operator != ComparisonOperator.In) return Holds(Compare(facts, Values[0]));
        var orders = Values.Select(v => Compare(facts, v)).ToList();
        return orders.Contains(0) ? true : orders.Contains(null) ? null : false;
    }

    public override IEnumerable<string> MissingFacts(IFacts facts)
    {
        if (Evaluate(facts) is not null) return [];
        var unknown = Term.Facts.Where(f => !new FactTerm(f).IsKnown(facts)).ToList();
        return unknown.Count > 0 ? unknown : Term.Facts;
    }

    public override IEnumerable<string> OpenFacts(IFacts facts) =>
        Evaluate(facts) is not null ? [] : Term.Facts.Where(f => !new FactTerm(f).IsKnown(facts));

    internal IEnumerable<DateOnly> TurnsOf(IFacts facts) => Term.Turns(facts, [.. Values.Select(v => v is ParameterTerm p ? facts.Number(p.Slot) : v).OfType<object>()]);

    internal static Comparison Read(JsonElement json, string path)
    {
        RequireOnly(json, path, "fact", "param", "minus", "aggregate", "window", "plus", "op", "value", "unit");
        var op = Text(json, "op", path);
        var unit = json.TryGetProperty("unit", out _) ? Text(json, "unit", path) : null;
        if (op == "elapsed") return ReadElapsed(json, unit, path);
        if (!Operators.TryGetValue(op, out var found))
            throw new DocumentFaultException(path + ".op", "运算符只能是 " + string.Join(" ", Operators.Keys) + " elapsed");
        var values = ReadValues(json, found, path);
        if (values.Any(v => v is string) && found is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual or ComparisonOperator.In))
            throw new DocumentFaultException(path + ".op", "文字和代码只能用 ==、!= 或 in 比较");
        return new Comparison(Term.Read(json, path), found, values, unit);
    }

    internal static string Text(JsonElement json, string name, string path) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 200 } text
            ? text
            : throw new DocumentFaultException($"{path}.{name}", "缺少，或不是文字");

    private static Comparison ReadElapsed(JsonElement json, string? unit, string path)
    {
        RequireOnly(json, path, "fact", "op", "value", "unit");
        if (CalendarUnits.Parse(unit) is not { } calendar)
            throw new DocumentFaultException(path + ".unit", "elapsed 的单位只能是 " + string.Join("、", CalendarUnits.Names));
        var values = ReadValues(json, ComparisonOperator.GreaterOrEqual, path);
        if (values[0] is not ParameterTerm && values[0] is not (decimal and >= 0 and <= 100_000))
            throw new DocumentFaultException(path + ".value", "elapsed 需要不小于 0 的数字或参数");
        if (values[0] is decimal number && number != decimal.Truncate(number))
            throw new DocumentFaultException(path + ".value", "elapsed 需要整数；半个月请写成天数");
        return new Comparison(new ElapsedTerm(Term.Code(json, "fact", path), calendar), ComparisonOperator.GreaterOrEqual, values, unit);
    }

    /// <summary>Null when term and value are of different kinds or one is unknown: that is unknown, not unequal.</summary>
    private int? Compare(IFacts facts, object value) => value switch
    {
        decimal number => Term.Number(facts)?.CompareTo(number),
        DateOnly date => Term.Date(facts)?.CompareTo(date),
        string text when Term.Text(facts) is { } known => string.CompareOrdinal(known, text),
        ParameterTerm parameter when facts.Number(parameter.Slot) is { } number => Compare(facts, number),
        ParameterTerm parameter when facts.Text(parameter.Slot) is { } text => Compare(facts, text),
        _ => null,
    };

    private bool? Holds(int? order) => order is not { } o ? null : Operator switch
    {
        ComparisonOperator.Equal => o == 0,
        ComparisonOperator.NotEqual => o != 0,
        ComparisonOperator.Less => o < 0,
        ComparisonOperator.LessOrEqual => o <= 0,
        ComparisonOperator.Greater => o > 0,
        _ => o >= 0,
    };

    private static List<object> ReadValues(JsonElement json, ComparisonOperator op, string path)
    {
        if (op == ComparisonOperator.Known)
        {
            RequireOnly(json, path, "fact", "param", "op");
            return [];
        }
        if (!json.TryGetProperty("value", out var value)) throw new DocumentFaultException(path + ".value", "缺少比较值");
        if (op != ComparisonOperator.In) return [ReadValue(value, path + ".value")];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > 50) throw new DocumentFaultException(path + ".value", "in 需要 1 至 50 个值的数组");
        var values = value.EnumerateArray().Select(v => ReadValue(v, path + ".value")).ToList();
        if (values.Select(v => v.GetType()).Distinct().Count() > 1 || values[0] is ParameterTerm)
            throw new DocumentFaultException(path + ".value", "in 的值必须同为数字、文字或日期，不能是参数");
        return values;
    }

    private static object ReadValue(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String when DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) => date,
        JsonValueKind.String => Plain(value.GetString()!, path),
        JsonValueKind.Object => new ParameterTerm(Term.Code(Only(value, path), "param", path)),
        _ => throw new DocumentFaultException(path, "比较值只能是数字、文字、日期、是否或 {\"param\":…}"),
    };

    private static JsonElement Only(JsonElement value, string path)
    {
        RequireOnly(value, path, "param");
        return value;
    }

    /// <summary>Texts end up quoted inside an expression; what could end the quotation is refused at the door.</summary>
    private static string Plain(string text, string path) =>
        text.Length <= 200 && !text.AsSpan().ContainsAny('"', '\\', '\'') && !text.Any(char.IsControl)
            ? text
            : throw new DocumentFaultException(path, "文字比较值不能含引号、反斜杠或控制字符，且不超过 200 字");
}
