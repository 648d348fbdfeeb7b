using System.Globalization;

namespace Engine.Rules;

/// <summary>What a fact holds. Yes/no facts are text "yes" or "no"; dates are local calendar dates.</summary>
public enum FactKind
{
    Number,
    Text,
    YesNo,
    Date,
    Choice,
    /// <summary>A list of dated amounts, for example earlier apheresis donations with their volume.</summary>
    DatedAmounts,
}

/// <summary>One thing a rule, a form or a print layout can name.</summary>
/// <param name="Code">Stable name used in JSON, for example <c>hb</c>.</param>
/// <param name="Label">Name shown to people, zh-CN.</param>
/// <param name="LabelEn">Name shown to people, English.</param>
/// <param name="Unit">Unit of the number, UCUM-like as printed (g/L, mmHg, 10^9/L); null for the others.</param>
/// <param name="Min">Smallest plausible number, inclusive; outside is refused at entry.</param>
/// <param name="Max">Largest plausible number, inclusive.</param>
/// <param name="Decimals">Decimal places accepted at entry.</param>
/// <param name="Options">Codes and labels of a choice.</param>
/// <param name="Source">Who offers it: a module's name, a form's name or <c>test-items</c>.</param>
public sealed record FactDefinition(
    string Code,
    string Label,
    string LabelEn,
    FactKind Kind,
    string? Unit = null,
    decimal? Min = null,
    decimal? Max = null,
    int Decimals = 0,
    IReadOnlyList<FactOption>? Options = null,
    string Source = "");

public sealed record FactOption(string Code, string Label);

/// <summary>One entry of a <see cref="FactKind.DatedAmounts"/> fact.</summary>
public readonly record struct DatedAmount(DateOnly On, decimal Amount);

/// <summary>Known facts, read-only. An unknown fact is null: it is never a default value.</summary>
public interface IFacts
{
    decimal? Number(string code);
    string? Text(string code);
    DateOnly? Date(string code);
    IReadOnlyList<DatedAmount>? Amounts(string code);

    /// <summary>Whether something was said that cannot be believed: a code or a number outside the catalogue. The fact itself is unknown then.</summary>
    bool IsUnfit(string code) => false;
}

/// <summary>A value outside the catalogue, as it was said.</summary>
public sealed record UnfitFact(string Said);

/// <summary>Facts held in memory. Later values of the same code replace earlier ones.</summary>
public sealed class FactBag : IFacts
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, object>> All => _values.OrderBy(v => v.Key, StringComparer.Ordinal);

    /// <summary>Sets a fact; null removes it, because unknown and absent are the same thing.</summary>
    public FactBag Set(string code, object? value)
    {
        if (value is null or "") _values.Remove(code);
        else _values[code] = value is int or long or double or float ? Convert.ToDecimal(value, CultureInfo.InvariantCulture) : value;
        return this;
    }

    /// <summary>Takes over every fact of another bag; its values replace those of the same code.</summary>
    public FactBag Add(FactBag other)
    {
        foreach (var (code, value) in other._values) Set(code, value);
        return this;
    }

    public decimal? Number(string code) => _values.GetValueOrDefault(code) as decimal?;
    public string? Text(string code) => _values.GetValueOrDefault(code) as string;
    public DateOnly? Date(string code) => _values.GetValueOrDefault(code) as DateOnly?;
    public IReadOnlyList<DatedAmount>? Amounts(string code) => _values.GetValueOrDefault(code) as IReadOnlyList<DatedAmount>;
    public bool IsUnfit(string code) => _values.GetValueOrDefault(code) is UnfitFact;
}
