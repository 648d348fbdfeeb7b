using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Harness;
using Microsoft.AspNetCore.Identity;
using Platform.People;
using Platform.Rules;

namespace Benchmarks;

/// <summary>一般检查: submitting it, judging it, and its page, which is the heaviest.</summary>
internal static class StepBenchmark
{
    private const string Station = "hangzhou";
    private const string Step = "general-check";
    private const int WarmUp = 5;
    private const int Runs = 25;

    public static async Task RunAsync(Figures figures)
    {
        await OnAsync(figures, "SQLite", onPostgres: false);
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is not null) await OnAsync(figures, "PostgreSQL", onPostgres: true);
    }

    private static async Task OnAsync(Figures figures, string database, bool onPostgres)
    {
        await using var server = await ServerProcess.RunningAsync(onPostgres: onPostgres);
        using var nurse = await Nurse.SignInAsync(server.Address, Station);
        await using var rows = await SameRows.OpenAsync(server, Station);
        var (hasher, person) = (new PasswordHasher<Person>(), new Person());
        var hash = hasher.HashPassword(person, Nurse.Pin);
        var (page, post, pin, plain) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < WarmUp + Runs; i++)
        {
            var path = await nurse.RegisterAsync();
            var shown = await MillisecondsAsync(() => nurse.GetAsync(path));
            var form = await nurse.GeneralCheckAsync(path);
            var posted = await MillisecondsAsync(() => nurse.PostAsync(path, form));
            var proved = await MillisecondsAsync(() => Task.FromResult(hasher.VerifyHashedPassword(person, hash, Nurse.Pin)));
            await rows.ReadAsync(Guid.Parse(path.Split('/')[3]), Step);
            var written = await MillisecondsAsync(rows.WriteAsync);
            if (i < WarmUp) continue;
            page.Add(shown);
            post.Add(posted);
            pin.Add(proved);
            plain.Add(written);
        }
        var step = Figures.Median(post) - Figures.Median(pin);
        figures.Add($"{database}: a general check writes", $"{rows.Rows} rows, {rows.Bytes / 1000.0:0.0} kB", "");
        figures.Milliseconds($"{database}: POST of a general check", post);
        figures.Milliseconds($"{database}: of it the PIN check (PBKDF2)", pin);
        figures.Milliseconds($"{database}: the same rows by plain ADO.NET, one commit", plain);
        figures.Ratio($"{database}: POST less PIN check / plain ADO.NET", step / Figures.Median(plain));
        var evaluation = Evaluation();
        figures.Milliseconds($"{database}: one evaluation, all packs, all stages", evaluation);
        figures.Share($"{database}: one evaluation / POST less PIN check", Figures.Median(evaluation) / step);
        await PageAsync(figures, database, nurse, page);
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
    private static List<double> Evaluation()
    {
        string[] files = ["rule-packs/national/gb18467-2011", "rule-packs/zhejiang/zhejiang", $"tenant-config/{Station}/rule-packs/{Station}"];
        var packs = PackSet.Of(files.Select(f => CompiledPack.Compile(RulePackJson.Read(File.ReadAllText(Path.Combine(Installation.Repository, f + ".rules.json"))))));
        using var tests = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Installation.Repository, files[0] + ".tests.json")));
        var facts = FactsJson.Read(tests.RootElement.GetProperty("facts"));
        var (stages, type) = (packs.StagesUpTo(packs.Stages[^1]), packs.DonationTypes[0].Code);
        return Repeat(() => RuleEvaluation.Evaluate(packs, stages, type, facts, new DateOnly(2026, 11, 22)).ToJson());
    }

    private static List<double> Repeat(Action act)
    {
        var times = new List<double>();
        for (var i = 0; i < 2 * WarmUp + Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            act();
            if (i >= 2 * WarmUp) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times;
    }

    private static async Task<double> MillisecondsAsync(Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
