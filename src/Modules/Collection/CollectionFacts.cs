using System.Globalization;
using Engine.Rules;
using Modules.Donors.Contracts;

namespace Modules.Collection;

/// <summary>What this module offers to rules beside the fields of the forms.</summary>
public static class CollectionFacts
{
    public const string TargetUnits = "targetUnits";

    /// <summary>ABO group found by this visit's tests.</summary>
    public const string BloodGroup = "abo";

    /// <summary>RhD found by this visit's tests.</summary>
    public const string RhD = "rhd";

    /// <summary>The donor has consented and signed.</summary>
    public const string ConsentSigned = "consentSigned";

    /// <summary>Name as spoken, document and person agree, seen at the bedside.</summary>
    public const string BedsideIdentity = "bedsideIdentity";

    public const string NeedleAt = "needleAt";
    public const string EndedAt = "collectionEndedAt";
    /// <summary>Local minute of the registration, as a time field has it.</summary>
    public const string RegisteredAt = "registeredAt";

    /// <summary>Local minute at which the check before the needle was signed.</summary>
    public const string BedsideCheckedAt = "bedsideCheckedAt";

    /// <summary>Local minute at which a form is, or was, submitted.</summary>
    public const string WrittenAt = "writtenAt";

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
        new(RegisteredAt, "登记时间", "Registered at", FactKind.Text, Source: "Collection"),
        new(BedsideCheckedAt, "采前核对时间", "Checked before the needle at", FactKind.Text, Source: "Collection"),
        new(WrittenAt, "提交时间", "Submitted at", FactKind.Text, Source: "Collection"),
        new("minutesCheckToNeedle", "采前核对到穿刺", "From the check to the needle", FactKind.Number, "min", -100000, 100000, 0, Source: "Collection"),
        new("minutesEndAhead", "结束时间比提交时间晚", "End later than the submission", FactKind.Number, "min", -100000, 100000, 0, Source: "Collection"),
        new("processedMlPerMinute", "每分钟处理的全血", "Whole blood processed a minute", FactKind.Number, "mL/min", 0, 10000, 1, Source: "Collection"),
        new("plateletsProcessed", "所处理全血中的血小板总数", "Platelets in the blood processed", FactKind.Number, "10^11", 0, 1000, 3, Source: "Collection"),
        new("acdaIssuedMl", "领用的抗凝剂总量", "Anticoagulant issued", FactKind.Number, "mL", 0, 10000, 0, Source: "Collection"),
        new("plateletDensity", "产品血小板浓度", "Platelets per mL of product", FactKind.Number, "10^9/mL", 0, 1000000, 2, Source: "Collection"),
        new("unitsFromYield", "按产量折算的治疗量", "Units the yield makes", FactKind.Number, "治疗量", 0, 1000000, 2, Source: "Collection"),
        new("predictedPlateletCount", "预测采后血小板", "Predicted platelet count after collection", FactKind.Number, "10^9/L", -100000, 100000, 1, Source: "Collection"),
    ];

    /// <summary>Adds what follows from the others and is not given itself: age, planned volume of the target, and the count to expect after it. Nothing is rounded: what is compared is what was computed.</summary>
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
        AddTimes(facts);
        AddFlow(facts);
        SetMissing(facts, "acdaIssuedMl", facts.Number("acdaBags") * parameter("acdaBagMl"));
        if (facts.Number("plateletYield") is not { } yield) return;
        if (facts.Number(ProductVolume) is > 0 and var volume) SetMissing(facts, "plateletDensity", yield * 100 / volume);
        if (parameter("plateletUnitYield") is > 0 and var unit) SetMissing(facts, "unitsFromYield", yield / unit);
    }

    /// <summary>How the times of a run stand to those of the visit.</summary>
    private static void AddTimes(FactBag facts)
    {
        SetMissing(facts, "minutesCheckToNeedle", Between(BedsideCheckedAt, NeedleAt));
        SetMissing(facts, "minutesEndAhead", Between(WrittenAt, EndedAt));

        decimal? Between(string from, string to) => Minute(facts, from) is { } first && Minute(facts, to) is { } then ? (decimal)(then - first).TotalMinutes : null;
    }

    /// <summary>What the blood that went through the separator says of the rest. Not rounded: it is compared.</summary>
    private static void AddFlow(FactBag facts)
    {
        if (facts.Number("processedBloodMl") is not { } processed) return;
        if (facts.Number("collectionMinutes") is > 0 and var minutes) SetMissing(facts, "processedMlPerMinute", processed / minutes);
        // 10^9/L times mL, in 10^11.
        SetMissing(facts, "plateletsProcessed", facts.Number("plt") * processed / 100000);
    }

    public static DateTime? Minute(IFacts facts, string code) =>
        DateTime.TryParseExact(facts.Text(code), "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;

    /// <summary>An instant as a time field has it: the station's local minute.</summary>
    public static string MinuteOf(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private static void SetMissing(FactBag facts, string code, decimal? value)
    {
        if (facts.Number(code) is null) facts.Set(code, value);
    }

    /// <summary>(PLT × TBV − yield) / TBV in 10^9/L, with the yield in 10^11 platelets (DOMAIN §7).</summary>
    private static decimal? PredictedCount(IFacts facts, decimal? yield)
    {
        if (facts.Number("plt") is not { } count || yield is null || BloodVolume(facts) is not { } litres) return null;
        return (count * litres - yield.Value * 100) / litres;
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
