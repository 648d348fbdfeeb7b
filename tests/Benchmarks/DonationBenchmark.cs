using System.Diagnostics;
using Harness;
using Microsoft.Data.Sqlite;

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
        await using var server = await ServerProcess.RunningAsync(onPostgres: onPostgres);
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
        if (!onPostgres) figures.Add("its rows of evidence", $"{await EvidenceAsync(server) / (1 + Alone + AtOnce) / 1000.0:0} kB", "signatures, forms, records, verdicts, audit and leaves, as stored");
        foreach (var person in people) person.Dispose();
    }

    /// <summary>Bytes of every value in every table that carries a seal.</summary>
    private static async Task<long> EvidenceAsync(ServerProcess server)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(server.AppData, Station + ".db")};Pooling=False");
        await connection.OpenAsync();
        var columns = new List<(string Table, string Column)>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'Seal')";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) columns.Add((reader.GetString(0), reader.GetString(1)));
        }
        var bytes = 0L;
        foreach (var (table, column) in columns)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT coalesce(sum(length(CAST(\"{column}\" AS BLOB))), 0) FROM \"{table}\"";
            bytes += (long)(await command.ExecuteScalarAsync())!;
        }
        return bytes;
    }
}
