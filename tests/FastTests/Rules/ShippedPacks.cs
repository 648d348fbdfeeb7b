using System.Reflection;
using Platform.Rules;

namespace FastTests.Rules;

/// <summary>The packs as they ship, and the facts they are written for.</summary>
internal static class ShippedPacks
{
    public static FactCatalog Facts { get; } = FactCatalog.Merge(Definitions());

    private static readonly Lazy<IReadOnlyList<CompiledPack>> Compiled = new(() =>
        Names(".rules.json").Select(n => CompiledPack.Compile(RulePackJson.Read(Text(n), Facts))).ToList());

    public static IReadOnlyList<CompiledPack> All => Compiled.Value;

    public static CompiledPack Pack(string id) => All.Single(p => p.Pack.Id == id);

    public static IEnumerable<string> Names(string ending) =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static FactBag HealthyWoman() => FactsJson.Read(System.Text.Json.JsonDocument.Parse(Text("rule-packs/national/gb18467-2011.tests.json"))
        .RootElement.GetProperty("facts"));

    private static IEnumerable<FactDefinition> Definitions()
    {
        (string Code, string? Unit)[] numbers =
        [
            ("age", "years"), ("weight", "kg"), ("height", "cm"), ("systolic", "mmHg"), ("diastolic", "mmHg"), ("pulse", "/min"), ("temperature", "°C"),
            ("hb", "g/L"), ("hct", "L/L"), ("plt", "10^9/L"), ("wbc", "10^9/L"), ("previousDonations", null), ("targetUnits", "治疗量"),
            ("plannedVolumeMl", "mL"), ("predictedPlateletCount", "10^9/L"),
        ];
        string[] questions =
        [
            "aspirin", "toothExtraction", "oralCare", "tattoo", "vaccineInactivated", "vaccineLive2w", "vaccineLive4w", "rabiesExposure",
            "upperRespiratory", "gastroenteritis", "menstruation", "pregnantOrMiscarriage", "deliveryOrLactation", "transfusion",
            "majorOperation", "malariaTravel", "alcohol",
        ];
        string[] yesNo =
        [
            "enduranceAthlete", "generalFindingsNormal", "historyKnown", "hasWholeBlood", "hasPlatelets", "priorReaction",
            "deferredPermanently", "hasDeferral", "specialMatchingApproved", .. questions,
        ];
        string[] dates = ["birthDate", "visitDate", "lastWholeBloodOn", "lastPlateletsOn", "deferredUntil", .. questions.Select(q => q + "On")];
        return
        [
            .. numbers.Select(n => new FactDefinition(n.Code, n.Code, n.Code, FactKind.Number, n.Unit)),
            .. yesNo.Select(c => new FactDefinition(c, c, c, FactKind.YesNo)),
            .. dates.Select(c => new FactDefinition(c, c, c, FactKind.Date)),
            new FactDefinition("sex", "性别", "sex", FactKind.Choice, Options: [new("F", "女"), new("M", "男")]),
            new FactDefinition("apheresisDonations", "单采史", "apheresis donations", FactKind.DatedAmounts, "mL"),
        ];
    }
}
