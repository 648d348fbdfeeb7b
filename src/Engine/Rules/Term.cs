using System.Text.Json;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>What a leaf compares: a fact, or something computed from facts. Unknown (null) as soon as one of them is.</summary>
public abstract record Term
{
    public const string VisitDate = "visitDate";

    /// <summary>Name under which a generated expression reads the value; unique among terms of one pack.</summary>
    public abstract string Slot { get; }

    /// <summary>The facts it needs, without the evaluation date.</summary>
    public abstract IReadOnlyList<string> Facts { get; }

    public virtual decimal? Number(IFacts facts) => null;
    public virtual string? Text(IFacts facts) => null;
    public virtual DateOnly? Date(IFacts facts) => null;
    public virtual bool IsKnown(IFacts facts) => Number(facts) is not null || Text(facts) is not null || Date(facts) is not null;

    /// <summary>Days on which comparing with these values may turn while nothing changes but the evaluation date.</summary>
    public virtual IEnumerable<DateOnly> Turns(IFacts facts, IReadOnlyList<object> values) => [];

    /// <summary>A number beyond what a number can hold is unknown: it is neither enough nor too much.</summary>
    protected static decimal? Within(Func<decimal?> number)
    {
        try
        {
            return number();
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    internal static Term Read(JsonElement json, string path)
    {
        if (json.TryGetProperty("param", out _))
        {
            Condition.RequireOnly(json, path, "param", "op", "value", "unit");
            return new ParameterTerm(Code(json, "param", path));
        }
        var fact = Code(json, "fact", path);
        if (json.TryGetProperty("aggregate", out _)) return AggregateTerm.Read(json, fact, path);
        if (!json.TryGetProperty("minus", out _))
        {
            Condition.RequireOnly(json, path, "fact", "op", "value", "unit");
            return new FactTerm(fact);
        }
        Condition.RequireOnly(json, path, "fact", "minus", "op", "value", "unit");
        return new DifferenceTerm(fact, Code(json, "minus", path));
    }

    /// <summary>Codes become names inside generated expressions, so only letters, digits and underscore are let in.</summary>
    internal static string Code(JsonElement json, string name, string path)
    {
        var code = Comparison.Text(json, name, path);
        return code.Length <= 64 && char.IsAsciiLetter(code[0]) && code.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? code
            : throw new DocumentFaultException($"{path}.{name}", "代码须以英文字母开头，只含英文字母、数字和下划线，不超过 64 字");
    }
}

public sealed record FactTerm(string Fact) : Term
{
    public override string Slot => Fact;
    public override IReadOnlyList<string> Facts => [Fact];
    public override decimal? Number(IFacts facts) => facts.Number(Fact);
    public override string? Text(IFacts facts) => facts.Text(Fact);
    public override DateOnly? Date(IFacts facts) => facts.Date(Fact);
    public override bool IsKnown(IFacts facts) => base.IsKnown(facts) || facts.Amounts(Fact) is not null;

    public override IEnumerable<DateOnly> Turns(IFacts facts, IReadOnlyList<object> values) =>
        Fact != VisitDate ? [] : values.OfType<DateOnly>().SelectMany(d => d < DateOnly.MaxValue ? [d, d.AddDays(1)] : new[] { d });
}

/// <summary>One number less another of the same unit, for example pulse pressure.</summary>
public sealed record DifferenceTerm(string Fact, string Minus) : Term
{
    public override string Slot => $"{Fact}-{Minus}";
    public override IReadOnlyList<string> Facts => [Fact, Minus];
    public override decimal? Number(IFacts facts) => Within(() => facts.Number(Fact) - facts.Number(Minus));
}

/// <summary>Whole calendar units that have passed from a date fact to the evaluation date.</summary>
public sealed record ElapsedTerm(string Fact, CalendarUnit Unit) : Term
{
    public override string Slot => $"{Fact}.elapsed.{CalendarUnits.Name(Unit)}";
    public override IReadOnlyList<string> Facts => [Fact];
    public override decimal? Number(IFacts facts) =>
        facts.Date(Fact) is { } from && facts.Date(VisitDate) is { } to ? Unit.Elapsed(from, to) : null;

    public override IEnumerable<DateOnly> Turns(IFacts facts, IReadOnlyList<object> values) =>
        facts.Date(Fact) is not { } from ? [] : values.OfType<decimal>().Select(v => Unit.FirstElapsed(v, from)).OfType<DateOnly>();
}

/// <summary>Count or sum of a donor's dated amounts inside a window that ends on the evaluation date; an entry leaves a
/// rolling window on the day the window's length has passed. <paramref name="Plus"/> adds what is planned today.</summary>
/// <param name="Window">Length and unit of a rolling window; null = the calendar year of the evaluation date.</param>
public sealed record AggregateTerm(string Fact, bool IsSum, CalendarSpan? Window, string? Plus) : Term
{
    public override string Slot =>
        $"{Fact}.{(IsSum ? "sum" : "count")}.{Window?.ToString() ?? "calendar-year"}{(Plus is null ? "" : "+" + Plus)}";

    public override IReadOnlyList<string> Facts => Plus is null ? [Fact] : [Fact, Plus];

    public override decimal? Number(IFacts facts)
    {
        if (facts.Amounts(Fact) is not { } amounts || facts.Date(VisitDate) is not { } day) return null;
        var inside = amounts.Where(a => Contains(a.On, day));
        return Within(() => (IsSum ? inside.Sum(a => a.Amount) : inside.Count()) + (Plus is null ? 0 : facts.Number(Plus)));
    }

    public override IEnumerable<DateOnly> Turns(IFacts facts, IReadOnlyList<object> values) =>
        (facts.Amounts(Fact) ?? []).SelectMany(a => new[] { a.On, Leaves(a.On) }).OfType<DateOnly>();

    private DateOnly? Leaves(DateOnly on) => Window is { } window ? window.After(on) : on.Year < DateOnly.MaxValue.Year ? new DateOnly(on.Year + 1, 1, 1) : null;

    internal static AggregateTerm Read(JsonElement json, string fact, string path)
    {
        Condition.RequireOnly(json, path, "fact", "aggregate", "window", "plus", "op", "value", "unit");
        var aggregate = Comparison.Text(json, "aggregate", path);
        if (aggregate is not ("count" or "sum")) throw new DocumentFaultException(path + ".aggregate", "只能是 count 或 sum");
        var plus = json.TryGetProperty("plus", out _) ? Code(json, "plus", path) : null;
        if (!json.TryGetProperty("window", out var window))
            throw new DocumentFaultException(path + ".window", "缺少，例如 {\"months\":12} 或 \"calendar-year\"");
        var calendarYear = window.ValueKind == JsonValueKind.String && window.GetString() == "calendar-year";
        return new AggregateTerm(fact, aggregate == "sum", calendarYear ? null : CalendarSpan.Read(window, path + ".window"), plus);
    }

    private bool Contains(DateOnly on, DateOnly day) =>
        on <= day && (Window is { } window ? window.Unit.Elapsed(on, day) < window.Length : on.Year == day.Year);
}

/// <summary>A value the pack keeps apart from its rules, so that it can be set and dated by itself.</summary>
public sealed record ParameterTerm(string Name) : Term
{
    public override string Slot => "@" + Name;
    public override IReadOnlyList<string> Facts => [];
    public override decimal? Number(IFacts facts) => facts.Number(Slot);
    public override string? Text(IFacts facts) => facts.Text(Slot);
}
