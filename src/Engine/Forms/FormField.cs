using System.Globalization;
using Engine.Rules;

namespace Engine.Forms;

public enum FieldType
{
    Number,
    Text,
    Multiline,
    YesNo,
    Choice,
    Date,
    /// <summary>Local date and time to the minute.</summary>
    DateTime,
    /// <summary>Chinese resident identity number, GB 11643-1999.</summary>
    IdNumber,
    Phone,
}

/// <summary>One choice of a field.</summary>
public sealed record FormOption(string Code, string Label, string LabelEn);

/// <summary>A condition tree and the JSON it was written as; pages hand the JSON to the browser.</summary>
public sealed record FieldCondition(Condition Tree, string Json);

/// <summary>What a resident identity number says about its holder; such a field is filled from it and must agree with it.</summary>
public enum IdNumberPart
{
    BirthDate,
    Sex,
}

/// <summary>One field of a form. Its code is the fact's code.</summary>
/// <param name="Unit">Unit as printed (g/L, mmHg); null when the field has none.</param>
/// <param name="Min">Smallest plausible number, inclusive; an entry bound, never an eligibility limit.</param>
/// <param name="Max">Largest plausible number, inclusive.</param>
/// <param name="Decimals">Decimal places accepted at entry, 0–6.</param>
/// <param name="MaxLength">Longest text accepted, in UTF-16 units.</param>
/// <param name="Numeric">The choice's codes are numbers and the fact is a number.</param>
/// <param name="Protected">Personal data: the caller stores the value encrypted and masks it.</param>
/// <param name="NotFuture">A date after today is refused.</param>
/// <param name="Required">Always required while visible.</param>
/// <param name="RequiredWhen">Required unless this is certainly false; unknown counts as required.</param>
/// <param name="VisibleWhen">Visible only while this is certainly true.</param>
/// <param name="TestItem">The test item that gives label, unit, range and decimals, or null.</param>
/// <param name="FromIdNumber">Taken from the form's identity number when left empty; refused when it disagrees.</param>
/// <param name="Matches">Fact this must equal, for example the number on another label; anything else is refused, naming both.</param>
/// <param name="Scan">Filled by a barcode scanner: a scan on the page goes to the first such field that is empty.</param>
/// <param name="Default">Value shown on a form not yet filled in; it is stored only when posted.</param>
/// <param name="Expected">Answer of a yes-no question that needs no second look, <c>yes</c> or <c>no</c>; any other answer is flagged. Null when none is expected.</param>
/// <param name="MustBe">The only answer of a yes-no question a form can be submitted with; null when both can.</param>
public sealed record FormField(
    string Code,
    FieldType Type,
    string Label,
    string LabelEn,
    string? Unit = null,
    decimal? Min = null,
    decimal? Max = null,
    int Decimals = 0,
    int MaxLength = 0,
    IReadOnlyList<FormOption>? Options = null,
    bool Numeric = false,
    bool Protected = false,
    bool NotFuture = false,
    bool Required = false,
    FieldCondition? RequiredWhen = null,
    FieldCondition? VisibleWhen = null,
    TestItem? TestItem = null,
    IdNumberPart? FromIdNumber = null,
    string? Default = null,
    string? Matches = null,
    bool Scan = false,
    string? Expected = null,
    string? MustBe = null,
    string? Placeholder = null,
    string? Help = null)
{
    /// <summary>The station's last values are offered: the same lot, kit or separator serves many donors.</summary>
    public bool OfferLast { get; init; }

    /// <summary>Why a station may not hide, rename or thin it out; null: it may.</summary>
    public string? Locked { get; init; }

    /// <summary>What its value has to be beside other facts; empty for most.</summary>
    public IReadOnlyList<FieldLimit> Limits { get; init; } = [];

    /// <summary>The fact this field gives to rules, forms and layouts.</summary>
    public FactDefinition ToFact(string source) =>
        new(Code, Label, LabelEn, Kind, Unit, Min, Max, Decimals, Options?.Select(o => new FactOption(o.Code, o.Label)).ToList(), source);

    /// <summary>Whether this answer is other than the expected one.</summary>
    public bool IsFlagged(string value) => Expected is { } expected && value != expected;

    /// <summary>The value as people read it: unit added, codes replaced by labels.</summary>
    public string Display(string value) => Type switch
    {
        FieldType.YesNo => value == "yes" ? "是" : value == "no" ? "否" : value,
        FieldType.Choice => Options?.FirstOrDefault(o => o.Code == value)?.Label ?? value,
        FieldType.Number when Unit is not null && value.Length > 0 => $"{value} {ShownUnit}",
        FieldType.DateTime => value.Replace('T', ' '),
        _ => value,
    };

    /// <summary>The unit as people write it: <c>10⁹/L</c> for <c>10^9/L</c>.</summary>
    public string? ShownUnit => Unit?.Replace("^12", "¹²", StringComparison.Ordinal).Replace("^11", "¹¹", StringComparison.Ordinal).Replace("^9", "⁹", StringComparison.Ordinal);

    /// <summary>Plausible range without unit, for placeholders: <c>30–250</c>; null when the field has none.</summary>
    public string? Bounds => Min is { } min && Max is { } max ? string.Create(CultureInfo.InvariantCulture, $"{min}–{max}") : null;

    /// <summary>Plausible range with unit, for errors: <c>30–250 g/L</c>; empty when the field has none.</summary>
    public string Range => $"{Bounds} {ShownUnit}".Trim();

    private FactKind Kind => Type switch
    {
        FieldType.Number => FactKind.Number,
        FieldType.Choice => Numeric ? FactKind.Number : FactKind.Choice,
        FieldType.YesNo => FactKind.YesNo,
        FieldType.Date => FactKind.Date,
        _ => FactKind.Text,
    };
}
