using System.Diagnostics;
using Harness;
using Microsoft.Data.Sqlite;

namespace Benchmarks;

/// <summary>A whole donation from registration to the heat seal: the server's time and bytes, alone and with many donors at once.</summary>
internal static class DonationBenchmark
{
    private const string Station = "hangzhou";

    public static async Task RunAsync(Figures figures, Counts counts)
    {
        foreach (var database in Database.Available) await OnAsync(figures, counts, database);
    }

    private static async Task OnAsync(Figures figures, Counts counts, Database database)
    {
        await using var server = await Measured.RunningAsync(database);
        foreach (var second in new[] { "jc02", "hd01" })
            using (await Nurse.SignInAsync(server.Address, Station, second)) { }
        var people = new List<Nurse>();
        for (var i = 0; i < counts.DonorsAtOnce; i++) people.Add(await Nurse.SignInAsync(server.Address, Station, "hs01", i));
        if (counts.WarmUps > 0) await people[0].DonateAsync();
        var one = await AloneAsync(figures, counts, database, people[0]);
        var together = Stopwatch.GetTimestamp();
        await Task.WhenAll(people.Select(p => p.DonateAsync()));
        var all = Stopwatch.GetElapsedTime(together).TotalMilliseconds;
        var atOnce = counts.DonorsAtOnce;
        figures.Add($"{database.Name}: {atOnce} donors at once, all steps", $"{all / 1000:0.0} s", $"{atOnce / (all / 1000):0.0} donations/s");
        figures.Ratio($"{database.Name}: {atOnce} at once / {atOnce} one after the other", all / (atOnce * one));
        var donations = Math.Min(counts.WarmUps, 1) + counts.DonorsAlone + atOnce;
        const string Rows = "signatures, forms, records, verdicts, audit and leaves, as stored";
        if (!database.OnPostgres) figures.Add("its rows of evidence", $"{await EvidenceAsync(server) / donations / 1000.0:0} kB", Rows);
        foreach (var person in people) person.Dispose();
    }

    /// <returns>Milliseconds of one donation.</returns>
    private static async Task<double> AloneAsync(Figures figures, Counts counts, Database database, Nurse nurse)
    {
        var (times, before, donors) = (new List<double>(), nurse.Traffic, counts.DonorsAlone);
        for (var i = 0; i < donors; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await nurse.DonateAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        var traffic = nurse.Traffic - before;
        figures.Milliseconds($"{database.Name}: a whole donation, alone ({traffic.Requests / donors} requests)", times);
        figures.Add($"{database.Name}: its bytes", $"{traffic.Received / donors / 1000.0:0} kB down",
            $"{traffic.Sent / donors / 1000.0:0} kB up, uncompressed");
        return Figures.Median(times);
    }

    /// <summary>Bytes of every value in every table that carries a seal.</summary>
    private static async Task<long> EvidenceAsync(Installation server)
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
