using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Engine.Rules;
using Harness;
using Platform.People;

namespace Benchmarks;

/// <summary>一般检查: submitting it, judging it, and its page, which is the heaviest.</summary>
internal static class StepBenchmark
{
    private const string Station = "hangzhou";
    private const string Step = "general-check";

    public static async Task RunAsync(Figures figures, Counts counts)
    {
        var pins = new PinDerivation(PinCost.Floor, PinCost.Floor);
        var salted = pins.New();
        var floor = $"what a PIN costs at the floor: Argon2id, {PinCost.Floor.MemoryKiB} KiB, {PinCost.Floor.Passes} passes";
        figures.Milliseconds(floor, Repeat(counts, () => pins.Derive(salted, Nurse.Pin)));
        foreach (var database in Database.Available) await OnAsync(figures, counts, database);
    }

    private static async Task OnAsync(Figures figures, Counts counts, Database database)
    {
        await using var server = await Measured.RunningAsync(database);
        using var nurse = await Nurse.SignInAsync(server.Address, Station);
        await PinProof.RequireFloorAsync(server, Station);
        await using var rows = await SameRows.OpenAsync(server, Station);
        var times = new Times([], [], [], []);
        for (var i = 0; i < counts.WarmUps + counts.Runs; i++)
        {
            var one = await OneAsync(server, nurse, rows);
            if (i >= counts.WarmUps) times.Add(one);
        }
        Report(figures, counts, database.Name, rows, times);
        await PageAsync(figures, database.Name, nurse, times.Page);
    }

    private static void Report(Figures figures, Counts counts, string name, SameRows rows, Times times)
    {
        var (post, proof) = (Figures.Median(times.Post), Figures.Median(times.Proof));
        figures.Add($"{name}: a general check writes", $"{rows.Rows} rows, {rows.Bytes / 1000.0:0.0} kB", "");
        figures.Milliseconds($"{name}: POST of a general check", times.Post);
        figures.Milliseconds($"{name}: of it the proof of the PIN, which opens the key", times.Proof);
        figures.Share($"{name}: proof of the PIN / POST", proof / post);
        figures.Milliseconds($"{name}: the same rows by plain ADO.NET, one commit", times.Plain);
        figures.Ratio($"{name}: POST less proof of the PIN / plain ADO.NET", (post - proof) / Figures.Median(times.Plain));
        var evaluation = Evaluation(counts);
        figures.Milliseconds($"{name}: one evaluation, all packs, all stages", evaluation);
        figures.Share($"{name}: one evaluation / POST less proof of the PIN", Figures.Median(evaluation) / (post - proof));
    }

    /// <summary>One donor's general check, and in turn with it what it is compared with.</summary>
    private static async Task<(double Page, double Post, double Proof, double Plain)> OneAsync(ProductHost server, Nurse nurse, SameRows rows)
    {
        var path = await nurse.RegisterAsync();
        var page = await MillisecondsAsync(() => nurse.GetAsync(path));
        var form = await nurse.GeneralCheckAsync(path);
        var post = await MillisecondsAsync(() => nurse.PostAsync(path, form));
        var proof = await MillisecondsAsync(() => PinProof.ProveAsync(server, Station, Nurse.Account));
        await rows.ReadAsync(Guid.Parse(path.Split('/')[3]), Step);
        return (page, post, proof, await MillisecondsAsync(rows.WriteAsync));
    }

    private static async Task PageAsync(Figures figures, string database, Nurse nurse, List<double> shown)
    {
        var html = Encoding.UTF8.GetBytes(await nurse.GetAsync(await nurse.RegisterAsync()));
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(html);
        figures.Milliseconds($"{database}: page of the general check", shown);
        figures.Add($"{database}: its size", $"{html.Length / 1000.0:0.0} kB", $"{packed.Length / 1000.0:0.0} kB with gzip");
    }

    /// <summary>In this process, so that only the rules are in the figure: national, province's and station's packs, one donation type.</summary>
    private static List<double> Evaluation(Counts counts)
    {
        string[] files = ["rule-packs/national/gb18467-2011", "rule-packs/zhejiang/zhejiang", $"tenant-config/{Station}/rule-packs/{Station}"];
        var packs = PackSet.Of(files.Select(f => CompiledPack.Compile(RulePackJson.Read(File.ReadAllText(Path.Combine(Installation.Repository, f + ".rules.json"))))));
        using var tests = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Installation.Repository, files[0] + ".tests.json")));
        var facts = FactsJson.Read(tests.RootElement.GetProperty("facts"));
        var (stages, type) = (packs.StagesUpTo(packs.Stages[^1]), packs.DonationTypes[0].Code);
        return Repeat(counts, () => RuleEvaluation.Evaluate(packs, stages, type, facts, new DateOnly(2026, 11, 22)).ToJson());
    }

    private static List<double> Repeat(Counts counts, Action act)
    {
        var times = new List<double>();
        for (var i = 0; i < 2 * counts.WarmUps + counts.Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            act();
            if (i >= 2 * counts.WarmUps) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times;
    }

    private static async Task<double> MillisecondsAsync(Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private sealed record Times(List<double> Page, List<double> Post, List<double> Proof, List<double> Plain)
    {
        public void Add((double Page, double Post, double Proof, double Plain) one)
        {
            Page.Add(one.Page);
            Post.Add(one.Post);
            Proof.Add(one.Proof);
            Plain.Add(one.Plain);
        }
    }
}
