using System.Diagnostics;
using Benchmarks;

var benchmarks = new Dictionary<string, Func<Figures, Counts, Task>>
{
    ["step"] = StepBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["devices"] = DeviceBenchmark.RunAsync,
    ["donation"] = DonationBenchmark.RunAsync,
    ["sign"] = SignBenchmark.RunAsync,
    ["archive"] = ArchiveBenchmark.RunAsync,
};
// By kind of input: from seed and count to exit code.
var mutations = new Dictionary<string, Func<int, int, int>>
{
    ["frames"] = MutationRun.Run,
    ["profiles"] = ProfileMutationRun.Run,
    ["packs"] = DocumentMutationRun.Packs,
    ["flows"] = DocumentMutationRun.Flows,
    ["forms"] = DocumentMutationRun.Forms,
    ["recipes"] = DocumentMutationRun.Recipes,
};

if (args is ["mutate", .. var mutation]) return Mutate(mutation);
var (counts, chosen) = args is ["small", .. var rest] ? (Counts.Small, rest) : (Counts.Full, args);
if (chosen is ["archive", _] && int.TryParse(chosen[1], out var archived) && archived > 0) (counts, chosen) = (counts with { Archived = archived }, ["archive"]);
if (chosen.Length > 1 || !chosen.All(benchmarks.ContainsKey)) return Usage();
if (Database.Available is [_]) Console.Error.WriteLine("PostgreSQL is not measured: TEST_POSTGRES names none.");
var figures = new Figures();
var outcomes = new Outcomes(figures);
foreach (var (name, run) in benchmarks.Where(b => chosen.Length == 0 || b.Key == chosen[0])) await outcomes.AddAsync(name, () => run(figures, counts));
if (args is ["small"])
    foreach (var (kind, run) in mutations) await outcomes.AddAsync("mutate-" + kind, () => Task.Run(() => MutateSmall(kind, run)));
figures.Print(Console.Out);
outcomes.Print(Console.Out);
return outcomes.AllGood ? 0 : 1;

int Mutate(string[] arguments)
{
    var (kind, seed, count) = arguments switch
    {
        [] => ("frames", "", ""),
        [var many] => ("frames", "", many),
        [var many, var from] => ("frames", from, many),
        [var named, var from, var many] => (named, from, many),
        _ => ("", "", ""),
    };
    return mutations.TryGetValue(kind, out var run) && Number(seed, Random.Shared.Next()) is { } first && Number(count, Counts.Full.Mutations) is { } all ? run(first, all) : Usage();
}

static int? Number(string text, int otherwise) => text.Length == 0 ? otherwise : int.TryParse(text, out var number) && number >= 0 ? number : null;

void MutateSmall(string kind, Func<int, int, int> run)
{
    var began = Stopwatch.GetTimestamp();
    // Always the same ones: what a new seed finds belongs to a long run.
    if (run(1, counts.Mutations) != 0) throw new InvalidOperationException("What went wrong stands above.");
    figures.Add($"{counts.Mutations} damaged {kind} read", $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms", "");
}

int Usage()
{
    Console.Error.WriteLine($"""
        [small] [{string.Join("|", benchmarks.Keys)}]   all, or one; small measures each once or twice
        [small] archive COUNT   donations that are archived
        small   all of them small, and a few mutations of each kind
        mutate [COUNT [SEED]]   damaged device frames
        mutate {string.Join("|", mutations.Keys)} SEED COUNT
        """);
    return 1;
}
