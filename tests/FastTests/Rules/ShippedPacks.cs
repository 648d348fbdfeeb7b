using System.Reflection;
using Engine.Forms;
using Engine.Rules;
using Modules.Collection;
using Modules.Donors;

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
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.EndsWith(ending, StringComparison.Ordinal) && !n.StartsWith("workflows/", StringComparison.Ordinal) && !n.StartsWith("Rules/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

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
        var items = TestItems.Parse(Text("zhejiang.test-items.json"));
        return
        [
            .. new DonorsModule().Facts, .. new CollectionModule().Facts,
            .. Names(".form.json").SelectMany(n => FormDefinition.Parse(Text(n), items).Facts),
        ];
    }
}
