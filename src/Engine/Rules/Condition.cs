using System.Text.Json;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>A structured condition over facts; the only form in which rules and forms say "when". Never text to be parsed as code.</summary>
public abstract record Condition
{
    public const int MaxDepth = 8;
    public const int MaxNodes = 200;

    /// <summary>Reads a tree: <c>{"all":[…]}</c>, <c>{"any":[…]}</c>, <c>{"not":{…}}</c> or a leaf as <see cref="Comparison"/> describes.</summary>
    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static Condition Parse(JsonElement json, string path = "$")
    {
        var nodes = 0;
        return Read(json, path, 1, ref nodes);
    }

    /// <summary>True, false, or null when a fact it needs is unknown.</summary>
    public abstract bool? Evaluate(IFacts facts);

    /// <summary>Every comparison of the tree, in reading order.</summary>
    public abstract IEnumerable<Comparison> Leaves { get; }

    /// <summary>The facts to ask for so that the tree can be decided; empty once it is. Of the alternatives in an
    /// <c>any</c> the first unknown one is named, so write first what should be asked first.</summary>
    public abstract IEnumerable<string> MissingFacts(IFacts facts);

    /// <summary>Every unknown fact that could still decide the tree; empty once it is decided.</summary>
    public abstract IEnumerable<string> OpenFacts(IFacts facts);

    /// <summary>Every later day on which one of the comparisons may turn with nothing changed but the day; between two of them none does.</summary>
    public IEnumerable<DateOnly> Turns(IFacts facts) => Leaves.SelectMany(l => l.TurnsOf(facts));

    /// <summary>Every fact the tree names, without the parameters.</summary>
    public IEnumerable<string> Facts => Leaves.SelectMany(l => l.Term.Facts).Distinct(StringComparer.Ordinal);

    private static Condition Read(JsonElement json, string path, int depth, ref int nodes)
    {
        if (depth > MaxDepth) throw new DocumentFaultException(path, $"条件嵌套超过 {MaxDepth} 层，请拆成多条规则");
        if (++nodes > MaxNodes) throw new DocumentFaultException(path, $"条件超过 {MaxNodes} 个节点，请拆成多条规则");
        if (json.ValueKind != JsonValueKind.Object) throw new DocumentFaultException(path, "条件必须是对象，例如 {\"fact\":\"hb\",\"op\":\">=\",\"value\":115}");
        if (json.TryGetProperty("all", out var all)) return new AllOf(ReadMany(json, all, "all", path, depth, ref nodes));
        if (json.TryGetProperty("any", out var any)) return new AnyOf(ReadMany(json, any, "any", path, depth, ref nodes));
        if (!json.TryGetProperty("not", out var not)) return Comparison.Read(json, path);
        RequireOnly(json, path, "not");
        return new NotOf(Read(not, path + ".not", depth + 1, ref nodes));
    }

    private static List<Condition> ReadMany(JsonElement parent, JsonElement json, string name, string path, int depth, ref int nodes)
    {
        RequireOnly(parent, path, name);
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            throw new DocumentFaultException($"{path}.{name}", "必须是至少一个条件的数组");
        var conditions = new List<Condition>();
        foreach (var item in json.EnumerateArray())
            conditions.Add(Read(item, $"{path}.{name}[{conditions.Count}]", depth + 1, ref nodes));
        return conditions;
    }

    /// <summary>Refuses a misspelt property: ignored, it would change what the condition means.</summary>
    internal static void RequireOnly(JsonElement json, string path, params ReadOnlySpan<string> allowed)
    {
        foreach (var property in json.EnumerateObject())
            if (!allowed.Contains(property.Name))
                throw new DocumentFaultException($"{path}.{property.Name}", "此处不认识的属性；可用：" + string.Join("、", allowed.ToArray()));
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

    public override IEnumerable<Comparison> Leaves => Conditions.SelectMany(c => c.Leaves);

    public override IEnumerable<string> MissingFacts(IFacts facts) =>
        Evaluate(facts) is not null ? [] : Conditions.SelectMany(c => c.MissingFacts(facts)).Distinct(StringComparer.Ordinal);

    public override IEnumerable<string> OpenFacts(IFacts facts) => Evaluate(facts) is not null ? [] : Conditions.SelectMany(c => c.OpenFacts(facts));
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

    public override IEnumerable<Comparison> Leaves => Conditions.SelectMany(c => c.Leaves);

    public override IEnumerable<string> MissingFacts(IFacts facts) =>
        Evaluate(facts) is not null ? [] : Conditions.First(c => c.Evaluate(facts) is null).MissingFacts(facts);

    public override IEnumerable<string> OpenFacts(IFacts facts) => Evaluate(facts) is not null ? [] : Conditions.SelectMany(c => c.OpenFacts(facts));
}

public sealed record NotOf(Condition Inner) : Condition
{
    public override bool? Evaluate(IFacts facts) => !Inner.Evaluate(facts);
    public override IEnumerable<Comparison> Leaves => Inner.Leaves;
    public override IEnumerable<string> MissingFacts(IFacts facts) => Inner.MissingFacts(facts);
    public override IEnumerable<string> OpenFacts(IFacts facts) => Inner.OpenFacts(facts);
}
