using Modules.Donors.Contracts;
using Platform.Rules;

namespace Modules.Collection;

/// <summary>What this module offers to rules beside the fields of the forms.</summary>
public static class CollectionFacts
{
    public const string TargetUnits = "targetUnits";

    /// <summary>Staff have compared the document with the person; from then on the donor's own typing is believed.</summary>
    public const string IdentityChecked = "identityChecked";

    public static IReadOnlyList<FactDefinition> All { get; } =
    [
        new("visitDate", "就诊日期", "Visit date", FactKind.Date, Source: "Collection"),
        new("donationType", "献血类型", "Donation type", FactKind.Choice, Source: "Collection"),
        new("plannedVolumeMl", "计划采集量", "Planned volume", FactKind.Number, "mL", 0, 2000, 1, Source: "Collection"),
        new("predictedPlateletCount", "预测采后血小板", "Predicted platelet count after collection", FactKind.Number, "10^9/L", 0, 1000, 1, Source: "Collection"),
    ];

    /// <summary>Adds what follows from the others and is not given itself: age, planned volume of the target, and the count to expect after it.</summary>
    /// <param name="day">Local date of the visit.</param>
    /// <param name="parameter">A number of the rule packs by name, or null when no layer has set it; what needs it then stays unknown.</param>
    public static void AddDerived(FactBag facts, DateOnly day, Func<string, decimal?> parameter)
    {
        if (facts.Date("birthDate") is { } birth) SetMissing(facts, "age", CompletedYears.Between(birth, day));
        if (facts.Number(TargetUnits) is not { } units) return;
        SetMissing(facts, "plannedVolumeMl", units * parameter("plateletUnitMl"));
        SetMissing(facts, "predictedPlateletCount", PredictedCount(facts, units * parameter("plateletUnitYield")));
    }

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
