using System.Globalization;

namespace Engine.Rules;

/// <summary>A value that does not fit the catalogue.</summary>
/// <param name="Remedy">What may stand there, zh-CN.</param>
public sealed record FactFault(string Code, string Remedy);

/// <summary>Compares facts with the catalogue: a code must be one of its options, a number inside its range, a value of its kind.</summary>
public static class FactScreen
{
    /// <summary>Largest volume one earlier donation may have, mL; a bound of entry, never a limit of eligibility.</summary>
    private const decimal LargestAmount = 10_000;

    /// <summary>Everything that does not fit, facts nobody offers among it; for facts a person has written.</summary>
    public static IReadOnlyList<FactFault> Faults(FactCatalog catalog, FactBag facts) =>
        [.. facts.All.Select(f => Fault(catalog, f.Key, f.Value)).OfType<FactFault>()];

    /// <summary>The facts as they are judged: what does not fit is unfit, which is unknown. What nobody offers is read by no rule and stays.</summary>
    public static FactBag Admit(FactCatalog catalog, FactBag facts)
    {
        foreach (var (code, value) in facts.All.ToList())
            if (catalog.Find(code) is not null && Fault(catalog, code, value) is not null) facts.Set(code, new UnfitFact(Said(value)));
        return facts;
    }

    private static FactFault? Fault(FactCatalog catalog, string code, object value) => value switch
    {
        UnfitFact => null,
        _ when catalog.Find(code) is not { } fact => new FactFault(code, $"未知事实 {code}；请更正拼写，或先在表单、检测项目或模块中定义"),
        _ when Wrong(catalog.Find(code)!, value) is { } remedy => new FactFault(code, remedy),
        _ => null,
    };

    private static string? Wrong(FactDefinition fact, object value) => (fact.Kind, value) switch
    {
        (FactKind.Number, decimal number) => InRange(number, fact.Min, fact.Max) ? null : $"{fact.Label} {Said(number)} 超出范围，可用 {fact.Min}–{fact.Max} {fact.Unit}".TrimEnd(),
        (FactKind.Number, _) => $"{fact.Label}须为数字，不加引号",
        (FactKind.Date, DateOnly) => null,
        (FactKind.Date, _) => $"{fact.Label}须为日期，写成 \"2026-01-31\"",
        (FactKind.YesNo, "yes" or "no") => null,
        (FactKind.YesNo, _) => $"{fact.Label}只能是 yes、no（或 true、false）",
        (FactKind.Choice, string code) => fact.Options is not { } options || options.Any(o => o.Code == code) ? null
            : $"{fact.Label}没有选项“{code}”，可用：{string.Join("、", options.Select(o => o.Code))}",
        (FactKind.Choice, decimal number) when fact.Options is null => $"{fact.Label}须为选项代码，现为数字 {Said(number)}",
        (FactKind.Text, string or DateOnly) => null,
        (FactKind.DatedAmounts, IReadOnlyList<DatedAmount> amounts) => amounts.All(a => InRange(a.Amount, 0, LargestAmount)) ? null
            : $"{fact.Label}每次须在 0–{LargestAmount} {fact.Unit} 之间",
        (FactKind.DatedAmounts, _) => $"{fact.Label}须写成 [{{\"on\":\"2026-01-31\",\"amount\":250}}]",
        _ => $"{fact.Label}的值类型不对，可用：{string.Join("、", fact.Options?.Select(o => o.Code) ?? ["文字"])}",
    };

    private static bool InRange(decimal number, decimal? min, decimal? max) => !(number < min) && !(number > max);

    private static string Said(object value) => value switch
    {
        IReadOnlyList<DatedAmount> amounts => $"{amounts.Count} 项",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
