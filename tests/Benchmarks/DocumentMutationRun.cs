using System.Diagnostics;
using System.Globalization;
using Engine.Forms;
using Engine.Rules;
using Harness;
using Modules.Collection;
using Modules.Donors;

namespace Benchmarks;

/// <summary>Reads any number of damaged packs, flows, forms or recipes: none may crash, take longer than two seconds, or leave memory behind.</summary>
internal static class DocumentMutationRun
{
    private static readonly Lazy<TestItems> Items = new(() => TestItems.Parse(Texts("*.test-items.json")[0]));
    private static readonly Lazy<MutatedDocuments> Reading = new(() => new MutatedDocuments(FactCatalog.Merge(
        [.. new DonorsModule().Facts, .. new CollectionModule().Facts, .. Texts("*.form.json").SelectMany(t => FormDefinition.Parse(t, Items.Value).Facts)]), Items.Value));

    public static int Packs(int seed, int count) => Run("packs", Texts("*.rules.json"), Reading.Value.Pack, seed, count);

    public static int Flows(int seed, int count) => Run("flows", Texts("*.workflow.json"), MutatedDocuments.Flow, seed, count);

    public static int Forms(int seed, int count) => Run("forms", Texts("*.form.json"), Reading.Value.Form, seed, count);

    public static int Recipes(int seed, int count) => Run("recipes", Texts("*.recipe.json"), MutatedDocuments.Recipe, seed, count);

    /// <returns>0 when all went well, 1 at the first that did not.</returns>
    private static int Run(string kind, IReadOnlyList<string> originals, Action<string> read, int seed, int count)
    {
        Console.WriteLine($"{count} damaged {kind}, seed {seed}");
        var watch = Stopwatch.StartNew();
        if (MutatedDocuments.Fault(originals, read, seed, count) is { } fault)
        {
            Console.Error.WriteLine(fault);
            return 1;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} read in {watch.Elapsed:hh\\:mm\\:ss}, at most {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
        return 0;
    }

    private static IReadOnlyList<string> Texts(string pattern) =>
        [.. new[] { "workflows", "rule-packs", "tenant-config" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Installation.Repository, folder), pattern, SearchOption.AllDirectories)).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
}
