using System.Diagnostics;
using System.Text.Json.Nodes;
using Harness;

namespace Benchmarks;

/// <summary>How long a start takes and how much memory is in use, with few stations and with many.</summary>
internal static class StartBenchmark
{
    private const string Pattern = "hangzhou";

    public static async Task RunAsync(Figures figures, Counts counts)
    {
        foreach (var database in Database.Available)
        {
            var few = await MeasureAsync(figures, database, counts.FewStations, counts.Starts);
            var many = await MeasureAsync(figures, database, counts.ManyStations, counts.Starts);
            figures.Ratio($"{database.Name}: start with {counts.ManyStations} stations / with {counts.FewStations}", many.Milliseconds / few.Milliseconds);
            figures.Ratio($"{database.Name}: memory with {counts.ManyStations} stations / with {counts.FewStations}", many.MiB / few.MiB);
        }
    }

    private static async Task<(double Milliseconds, double MiB)> MeasureAsync(Figures figures, Database database, int stations, int starts)
    {
        var folder = Directory.CreateTempSubdirectory("blood-station-config-").FullName;
        try
        {
            WriteStations(folder, stations);
            var first = Stopwatch.GetTimestamp();
            await using var server = await Measured.ProcessAsync(database, folder);
            figures.Add($"{database.Name}, {stations} stations: first start with set-up", $"{Stopwatch.GetElapsedTime(first).TotalSeconds:0.0} s", "");
            var (times, memory) = (new List<double>(), new List<double>());
            for (var i = 0; i < starts; i++)
            {
                await server.KillAsync();
                var start = Stopwatch.GetTimestamp();
                await server.StartAsync();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                await VisitEachAsync(server, stations);
                memory.Add(server.MemoryMiB);
            }
            figures.Milliseconds($"{database.Name}, {stations} stations: start", times);
            figures.Add($"{database.Name}, {stations} stations: memory after a page of each", $"{Figures.Median(memory):0} MiB", $"{memory.Min():0} – {memory.Max():0}");
            return (Figures.Median(times), Figures.Median(memory));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task VisitEachAsync(ServerProcess server, int stations)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        for (var i = 1; i <= stations; i++) (await http.GetAsync($"/station{i}/sign-in")).EnsureSuccessStatusCode();
    }

    /// <summary>Copies of one demo station under other names, each with one account so that making passwords does not hide the rest.</summary>
    private static void WriteStations(string folder, int stations)
    {
        var source = Path.Combine(Installation.Repository, "tenant-config");
        Copy(Path.Combine(source, "Default"), Path.Combine(folder, "Default"));
        var tenants = new JsonObject { ["Default"] = Tenant("") };
        for (var i = 1; i <= stations; i++)
        {
            var name = $"station{i}";
            tenants[name] = Tenant(name);
            Copy(Path.Combine(source, Pattern), Path.Combine(folder, name));
            File.Delete(Path.Combine(folder, name, "appsettings.json"));
            var recipe = JsonNode.Parse(File.ReadAllText(Path.Combine(source, Pattern, Pattern + ".recipe.json")))!;
            var users = recipe["steps"]!.AsArray().Single(s => (string)s!["name"]! == "Users")!["Users"]!.AsArray();
            while (users.Count > 1) users.RemoveAt(1);
            File.Delete(Path.Combine(folder, name, Pattern + ".recipe.json"));
            File.WriteAllText(Path.Combine(folder, name, name + ".recipe.json"), recipe.ToJsonString());
        }
        File.WriteAllText(Path.Combine(folder, "tenants.json"), tenants.ToJsonString());
    }

    private static JsonObject Tenant(string prefix) => new() { ["State"] = "Uninitialized", ["RequestUrlHost"] = "", ["RequestUrlPrefix"] = prefix };

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
