using System.Diagnostics;
using Engine.Canonical;
using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;
using Web.Verbs;

namespace Harness;

/// <summary>Damaged packs, flows, forms and recipes, read as verbs read them: refused with place and remedy, or understood; never a crash, never longer than two seconds.</summary>
/// <param name="facts">What rules may name.</param>
/// <param name="items">What forms may name.</param>
public sealed class MutatedDocuments(FactCatalog facts, TestItems items)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Reads so many damaged copies of these documents.</summary>
    /// <param name="read">One of <see cref="Pack"/>, <see cref="Flow"/>, <see cref="Form"/>, <see cref="Recipe"/>.</param>
    /// <returns>What went wrong first, with the text; null when nothing did.</returns>
    public static string? Fault(IReadOnlyList<string> originals, Action<string> read, int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var mutated = MutatedJson.Mutate(originals[random.Next(originals.Count)], random);
            var began = Stopwatch.GetTimestamp();
            try
            {
                read(mutated);
            }
            catch (Exception e) when (Explains(e))
            {
                // Refused as it should be.
            }
            catch (Exception e)
            {
                return $"seed {seed}, round {i}: {e}\n{mutated}";
            }
            if (Stopwatch.GetElapsedTime(began) > Longest) return $"seed {seed}, round {i} took {Stopwatch.GetElapsedTime(began)}\n{mutated}";
        }
        return null;
    }

    /// <summary>Read, compiled, and put together as the only pack.</summary>
    public void Pack(string text) => PackSet.Of([CompiledPack.Compile(RulePackJson.Read(text, facts))]);

    /// <summary>Run by the verb in its sandbox until it waits, and validated.</summary>
    public static void Flow(string text)
    {
        Verb(error => WorkflowRunCommand.RunAsync(["mutated.workflow.json", "--json"], TextWriter.Null, error, _ => text));
        Verb(error => WorkflowValidateCommand.RunAsync(["mutated.workflow.json", "--json"], TextWriter.Null, error, file => file.EndsWith(".workflow.json", StringComparison.Ordinal) ? text : throw new FileNotFoundException(file)));
    }

    public void Form(string text) => FormDefinition.Parse(text, items);

    public static void Recipe(string text)
    {
        var file = Path.Combine(Path.GetTempPath(), $"mutated-{Guid.NewGuid():N}.recipe.json");
        try
        {
            File.WriteAllText(file, text);
            Platform.Recipes.Recipe.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Verb(Func<TextWriter, Task<int>> run)
    {
        using var error = new StringWriter();
        var exit = run(error).GetAwaiter().GetResult();
        if (exit is < 0 or > 2 || error.ToString().Contains("   at ", StringComparison.Ordinal)) throw new InvalidOperationException($"exit {exit}: {error}");
    }

    private static bool Explains(Exception e) => e switch
    {
        DocumentFaultException fault => fault.Path.StartsWith('$') && fault.Remedy.Length > 0,
        RulePackException pack => pack.Errors.Count > 0 && pack.Errors.All(error => error.Path.StartsWith('$') && error.Remedy.Length > 0),
        DocumentException document => document.Remedy.Length > 0,
        _ => false,
    };
}
