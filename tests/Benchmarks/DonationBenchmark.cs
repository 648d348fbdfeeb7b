using System.Diagnostics;
using Harness;

namespace Benchmarks;

/// <summary>A whole donation from registration to the heat seal: the server's time and bytes, alone and with twenty donors at once.</summary>
internal static class DonationBenchmark
{
    private const string Station = "hangzhou";
    private const int Alone = 8;
    private const int AtOnce = 20;

    public static async Task RunAsync(Figures figures)
    {
        await OnAsync(figures, "SQLite", onPostgres: false);
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is not null) await OnAsync(figures, "PostgreSQL", onPostgres: true);
    }

    private static async Task OnAsync(Figures figures, string database, bool onPostgres)
    {
        await using var server = await ServerProcess.StartAsync(onPostgres: onPostgres);
        using (var second = await Nurse.SignInAsync(server.Address, Station, "jc02")) { }
        using (var second = await Nurse.SignInAsync(server.Address, Station, "hd01")) { }
        var people = new List<Nurse>();
        for (var i = 0; i < AtOnce; i++) people.Add(await Nurse.SignInAsync(server.Address, Station, "hs01", i));
        await people[0].DonateAsync();

        var (times, before) = (new List<double>(), people[0].Traffic);
        for (var i = 0; i < Alone; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await people[0].DonateAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        var traffic = people[0].Traffic - before;
        var together = Stopwatch.GetTimestamp();
        await Task.WhenAll(people.Select(p => p.DonateAsync()));
        var all = Stopwatch.GetElapsedTime(together).TotalMilliseconds;

        figures.Milliseconds($"{database}: a whole donation, alone ({traffic.Requests / Alone} requests)", times);
        figures.Add($"{database}: its bytes", $"{traffic.Received / Alone / 1000.0:0} kB down", $"{traffic.Sent / Alone / 1000.0:0} kB up, uncompressed");
        figures.Add($"{database}: {AtOnce} donors at once, all steps", $"{all / 1000:0.0} s", $"{AtOnce / (all / 1000):0.0} donations/s");
        figures.Ratio($"{database}: {AtOnce} at once / {AtOnce} one after the other", all / (AtOnce * Figures.Median(times)));
        foreach (var person in people) person.Dispose();
    }
}
