using Benchmarks;

var all = new Dictionary<string, Func<Figures, Task>>
{
    ["step"] = StepBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["devices"] = DeviceBenchmark.RunAsync,
    ["donation"] = DonationBenchmark.RunAsync,
    ["sign"] = SignBenchmark.RunAsync,
    ["archive"] = figures => ArchiveBenchmark.RunAsync(figures, args is ["archive", var donations] ? int.Parse(donations) : ArchiveBenchmark.Donations),
};
if (args is ["mutate", "profiles", ..]) return ProfileMutationRun.Run(args[2..]);
if (args is ["mutate", ..]) return MutationRun.Run(args[1..]);
if (args is [{ } unknown, ..] && !all.ContainsKey(unknown))
{
    Console.Error.WriteLine($"There is no benchmark {unknown}; there are: {string.Join(", ", all.Keys)}, mutate [COUNT [SEED]], and mutate profiles [SEED [COUNT]]; archive takes a COUNT of donations");
    return 1;
}
var figures = new Figures();
foreach (var (name, run) in all)
    if (args.Length == 0 || args[0] == name) await run(figures);
figures.Print(Console.Out);
return 0;
