using System.Globalization;
using Modules.Donors.Contracts;
using Platform.Rules;

namespace Modules.Collection;

/// <summary>What this module offers to rules beside the fields of the forms.</summary>
public static class CollectionFacts
{
    public const string TargetUnits = "targetUnits";

    /// <summary>ABO group found by this visit's tests.</summary>
    public const string BloodGroup = "abo";

    /// <summary>The donor has consented and signed.</summary>
    public const string ConsentSigned = "consentSigned";

    /// <summary>Name as spoken, document and person agree, seen at the bedside.</summary>
    public const string BedsideIdentity = "bedsideIdentity";

    public const string NeedleAt = "needleAt";
    public const string EndedAt = "collectionEndedAt";
    public const string ProductVolume = "productVolumeMl";
    public const string AnticoagulantInProduct = "acdaInProductMl";
    public const string Units = "collectedUnits";
    public const string RedCellsReturned = "redCellsReturned";
    public const string FollowUpOn = "followUpOn";

    /// <summary>Whether devices gave every value of a form's test items; otherwise a second person checks what was typed.</summary>
    public const string MeasuredByDevice = "measuredByDevice";

    /// <summary>A form that says any of these says that a needle is or was in a donor.</summary>
    public static IReadOnlyList<string> AtTheNeedle { get; } = [BedsideIdentity, NeedleAt, EndedAt, ProductVolume, Units, RedCellsReturned];

    /// <summary>Staff have compared the document with the person; from then on the donor's own typing is believed.</summary>
    public const string IdentityChecked = "identityChecked";

    /// <summary>What is given and from which others follow that are not; see <see cref="AddDerived"/>.</summary>
    public static IReadOnlyList<string> DerivedFrom { get; } = ["birthDate", TargetUnits, "plt", "height", "weight", "sex"];

    public static IReadOnlyList<FactDefinition> All { get; } =
    [
        new("visitDate", "就诊日期", "Visit date", FactKind.Date, Source: "Collection"),
        new("donationType", "献血类型", "Donation type", FactKind.Choice, Source: "Collection"),
        new("plannedVolumeMl", "计划采集量", "Planned volume", FactKind.Number, "mL", 0, 2000, 1, Source: "Collection"),
        new("donationNumber", "献血编号", "Donation number", FactKind.Text, Source: "Collection"),
        new("sampleNumber", "样本号", "Sample number", FactKind.Text, Source: "Collection"),
        new(MeasuredByDevice, "数值全部来自仪器", "All values from devices", FactKind.YesNo, Source: "Collection"),
        new("collectedOn", "采集日期", "Collected on", FactKind.Date, Source: "Collection"),
        new("collectionMinutes", "采集时长", "Duration of collection", FactKind.Number, "min", -100000, 100000, 0, Source: "Collection"),
        new("acdaIssuedMl", "领用的抗凝剂总量", "Anticoagulant issued", FactKind.Number, "mL", 0, 10000, 0, Source: "Collection"),
        new("plateletDensity", "产品血小板浓度", "Platelets per mL of product", FactKind.Number, "10^9/mL", 0, 1000, 2, Source: "Collection"),
        new("unitsFromYield", "按产量折算的治疗量", "Units the yield makes", FactKind.Number, "治疗量", 0, 100, 1, Source: "Collection"),
        new("predictedPlateletCount", "预测采后血小板", "Predicted platelet count after collection", FactKind.Number, "10^9/L", 0, 1000, 1, Source: "Collection"),
    ];

    /// <summary>Adds what follows from the others and is not given itself: age, planned volume of the target, and the count to expect after it.</summary>
    /// <param name="day">Local date of the visit.</param>
    /// <param name="parameter">A number of the rule packs by name, or null when no layer has set it; what needs it then stays unknown.</param>
    public static void AddDerived(FactBag facts, DateOnly day, Func<string, decimal?> parameter)
    {
        if (facts.Date("birthDate") is { } birth) SetMissing(facts, "age", CompletedYears.Between(birth, day));
        AddCollected(facts, day, parameter);
        if (facts.Number(TargetUnits) is not { } units) return;
        SetMissing(facts, "plannedVolumeMl", units * parameter("plateletUnitMl"));
        SetMissing(facts, "predictedPlateletCount", PredictedCount(facts, units * parameter("plateletUnitYield")));
    }

    /// <summary>What the numbers of a run say together, for the plausibility rules (DOMAIN §7).</summary>
    private static void AddCollected(FactBag facts, DateOnly day, Func<string, decimal?> parameter)
    {
        if (Minute(facts, NeedleAt) is { } begun)
        {
            facts.Set("collectedOn", day);
            if (Minute(facts, EndedAt) is { } ended) SetMissing(facts, "collectionMinutes", (decimal)(ended - begun).TotalMinutes);
        }
        SetMissing(facts, "acdaIssuedMl", facts.Number("acdaBags") * parameter("acdaBagMl"));
        if (facts.Number("plateletYield") is not { } yield) return;
        if (facts.Number(ProductVolume) is > 0 and var volume) SetMissing(facts, "plateletDensity", Math.Round(yield * 100 / volume, 2));
        // Units are given out in halves.
        if (parameter("plateletUnitYield") is { } unit) SetMissing(facts, "unitsFromYield", Math.Round(yield / unit * 2, MidpointRounding.AwayFromZero) / 2);
    }

    public static DateTime? Minute(IFacts facts, string code) =>
        DateTime.TryParseExact(facts.Text(code), "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;

    private static void SetMissing(FactBag facts, string code, decimal? value)
    {
        if (facts.Number(code) is null) facts.Set(code, value);
    }

    /// <summary>(PLT × TBV − yield) / TBV in 10^9/L, with the yield in 10^11 platelets (DOMAIN §7).</summary>
    private static decimal? PredictedCount(IFacts facts, decimal? yield)
    {
        if (facts.Number("plt") is not { } count || yield is null || BloodVolume(facts) is not { } litres) return null;
        return Math.Round((count * litres - yield.Value * 100) / litres, 1);
    }

    /// <summary>Total blood volume in L after Nadler, Hidalgo and Bloch (Surgery 1962;51:224–232), from height in m and weight in kg.</summary>
    private static decimal? BloodVolume(IFacts facts)
    {
        if (facts.Number("height") / 100 is not { } height || facts.Number("weight") is not { } weight) return null;
        return facts.Text("sex") switch
        {
            "M" => 0.3669m * height * height * height + 0.03219m * weight + 0.6041m,
            "F" => 0.3561m * height * height * height + 0.03308m * weight + 0.1833m,
            _ => null,
        };
    }
}
