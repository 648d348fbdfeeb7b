using System.Globalization;
using System.Text.Json;

namespace Platform.Rules;

/// <summary>A structured condition over facts; the only form in which rules and forms say "when". Never text to be parsed as code.</summary>
public abstract record Condition
{
    public const int MaxDepth = 8;
    public const int MaxNodes = 200;

    /// <summary>Reads a tree: <c>{"all":[…]}</c>, <c>{"any":[…]}</c>, <c>{"not":{…}}</c> or
    /// <c>{"fact":"hb","op":">=","value":115,"unit":"g/L"}</c>.</summary>
    /// <exception cref="ConditionException">Names the JSON path and the remedy.</exception>
    public static Condition Parse(JsonElement json, string path = "$")
    {
        var nodes = 0;
        return Read(json, path, 1, ref nodes);
    }

    /// <summary>True, false, or null when a fact it needs is unknown.</summary>
    public abstract bool? Evaluate(IFacts facts);

    /// <summary>Every fact the tree names.</summary>
    public abstract IEnumerable<string> Facts { get; }

    private static Condition Read(JsonElement json, string path, int depth, ref int nodes)
    {
        if (depth > MaxDepth) throw new ConditionException(path, $"条件嵌套超过 {MaxDepth} 层，请拆成多条规则");
        if (++nodes > MaxNodes) throw new ConditionException(path, $"条件超过 {MaxNodes} 个节点，请拆成多条规则");
        if (json.ValueKind != JsonValueKind.Object) throw new ConditionException(path, "条件必须是对象，例如 {\"fact\":\"hb\",\"op\":\">=\",\"value\":115}");
        if (json.TryGetProperty("all", out var all)) return new AllOf(ReadMany(all, path + ".all", depth, ref nodes));
        if (json.TryGetProperty("any", out var any)) return new AnyOf(ReadMany(any, path + ".any", depth, ref nodes));
        if (json.TryGetProperty("not", out var not)) return new NotOf(Read(not, path + ".not", depth + 1, ref nodes));
        return Comparison.Read(json, path);
    }

    private static List<Condition> ReadMany(JsonElement json, string path, int depth, ref int nodes)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            throw new ConditionException(path, "必须是至少一个条件的数组");
        var conditions = new List<Condition>();
        foreach (var item in json.EnumerateArray())
            conditions.Add(Read(item, $"{path}[{conditions.Count}]", depth + 1, ref nodes));
        return conditions;
    }
}

public sealed record AllOf(IReadOnlyList<Condition> Conditions) : Condition
{
    public override bool? Evaluate(IFacts facts)
    {
        bool? result = true;
        foreach (var condition in Conditions)
        {
            var value = condition.Evaluate(facts);
            if (value == false) return false;
            if (value is null) result = null;
        }
        return result;
    }

    public override IEnumerable<string> Facts => Conditions.SelectMany(c => c.Facts);
}

public sealed record AnyOf(IReadOnlyList<Condition> Conditions) : Condition
{
    public override bool? Evaluate(IFacts facts)
    {
        bool? result = false;
        foreach (var condition in Conditions)
        {
            var value = condition.Evaluate(facts);
            if (value == true) return true;
            if (value is null) result = null;
        }
        return result;
    }

    public override IEnumerable<string> Facts => Conditions.SelectMany(c => c.Facts);
}

public sealed record NotOf(Condition Inner) : Condition
{
    public override bool? Evaluate(IFacts facts) => !Inner.Evaluate(facts);
    public override IEnumerable<string> Facts => Inner.Facts;
}

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

/// <summary>One fact against one value. Numbers compare as decimals, text and codes exactly, dates by calendar day.</summary>
public sealed record Comparison(string Fact, ComparisonOperator Operator, IReadOnlyList<object> Values, string? Unit) : Condition
{
    private static readonly Dictionary<string, ComparisonOperator> Operators = new(StringComparer.Ordinal)
    {
        ["=="] = ComparisonOperator.Equal, ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less, ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater, [">="] = ComparisonOperator.GreaterOrEqual,
        ["in"] = ComparisonOperator.In, ["known"] = ComparisonOperator.Known,
    };

    public override IEnumerable<string> Facts => [Fact];

    internal static Comparison Read(JsonElement json, string path)
    {
        if (!json.TryGetProperty("fact", out var fact) || fact.GetString() is not { Length: > 0 } code)
            throw new ConditionException(path, "缺少 fact、all、any 或 not");
        if (!json.TryGetProperty("op", out var op) || !Operators.TryGetValue(op.GetString() ?? "", out var found))
            throw new ConditionException(path + ".op", "运算符只能是 " + string.Join(" ", Operators.Keys));
        var unit = json.TryGetProperty("unit", out var u) ? u.GetString() : null;
        return new Comparison(code, found, ReadValues(json, found, path), unit);
    }

    public override bool? Evaluate(IFacts facts)
    {
        if (Operator == ComparisonOperator.Known) return IsKnown(facts);
        if (!IsKnown(facts)) return null;
        return Operator == ComparisonOperator.In
            ? Values.Any(v => Compare(facts, v) == 0)
            : Holds(Compare(facts, Values[0]));
    }

    private bool IsKnown(IFacts facts) =>
        facts.Number(Fact) is not null || facts.Text(Fact) is not null || facts.Date(Fact) is not null || facts.Amounts(Fact) is not null;

    /// <summary>Null when fact and value are of different kinds: that is unknown, not unequal.</summary>
    private int? Compare(IFacts facts, object value) => value switch
    {
        decimal number => facts.Number(Fact)?.CompareTo(number),
        DateOnly date => facts.Date(Fact)?.CompareTo(date),
        string text when facts.Text(Fact) is { } known => string.CompareOrdinal(known, text),
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

    private static IReadOnlyList<object> ReadValues(JsonElement json, ComparisonOperator op, string path)
    {
        if (op == ComparisonOperator.Known) return [];
        if (!json.TryGetProperty("value", out var value)) throw new ConditionException(path + ".value", "缺少比较值");
        if (op != ComparisonOperator.In) return [ReadValue(value, path + ".value")];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw new ConditionException(path + ".value", "in 需要数组");
        return value.EnumerateArray().Select(v => ReadValue(v, path + ".value")).ToList();
    }

    private static object ReadValue(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDecimal(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String when DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) => date,
        JsonValueKind.String => value.GetString()!,
        _ => throw new ConditionException(path, "比较值只能是数字、文字、日期或是否"),
    };
}

/// <summary>A condition that cannot be read. The message is for the person who edits the document.</summary>
public sealed class ConditionException(string path, string remedy) : Exception($"{path}: {remedy}")
{
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}
