using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Harness;
using Microsoft.Data.Sqlite;
using Modules.Archive;
using Modules.Signing.Contracts;

namespace Benchmarks;

/// <summary>Archiving and checking a thousand signed donations, against packing and hashing the same bytes and nothing else.</summary>
internal static partial class ArchiveBenchmark
{
    private const string Station = "hangzhou";
    private const int Visits = 1000;

    /// <summary>One real donation, its rows copied under other ids: every package is built, checked, written and numbered as the first. Copies carry the donation number their signatures name, so the index that keeps it single is taken away.</summary>
    public static async Task ArchiveAsync(Figures figures)
    {
        await using var server = await DonatedAsync();
        await server.KillAsync();
        await CopyAsync(Path.Combine(server.AppData, Station + ".db"));
        await server.StartAsync();
        using var archivist = await Nurse.SignInAsync(server.Address, Station, "da01");
        var seconds = await ArchivedAsync(archivist);
        var (files, bytes) = Unzipped(await PackageAsync(archivist));
        var bare = Seconds(() =>
        {
            for (var i = 0; i < Visits; i++) Zip(files);
        });
        figures.Add($"archive: {Visits} donations of {files.Count} files, {bytes / 1000.0:0} kB each", $"{seconds:0.0} s", $"{Visits / seconds:0} a second");
        figures.Add("archive: the same bytes hashed and zipped, nothing else", $"{bare:0.0} s", "");
        figures.Ratio("archive: archiving / bare hash and zip", seconds / bare);
    }

    /// <summary>As many packages, over all cores.</summary>
    public static async Task VerifyAsync(Figures figures)
    {
        await using var server = await DonatedAsync();
        using var archivist = await Nurse.SignInAsync(server.Address, Station, "da01");
        await ArchivedAsync(archivist);
        var package = await PackageAsync(archivist);
        var root = await archivist.BytesAsync($"/{Station}/pki/root.cer");
        var verdict = CheckPackage.Run(SignatureChecking.Offline, new MemoryStream(package), [root]);
        if (!verdict.Holds) throw new InvalidOperationException(string.Join("; ", verdict.Faults));
        var checking = Seconds(() => Parallel.For(0, Visits, _ => CheckPackage.Run(SignatureChecking.Offline, new MemoryStream(package), [root])));
        var bare = Seconds(() => Parallel.For(0, Visits, _ => Unzipped(package).Files.ForEach(f => SHA256.HashData(f.Bytes))));
        figures.Add($"verify: {Visits} packages of {verdict.Signatures.Count} signatures on {Environment.ProcessorCount} cores", $"{checking:0.0} s", $"{Visits / checking:0} a second");
        figures.Add("verify: the same packages unzipped and hashed, nothing else", $"{bare:0.0} s", "");
        figures.Ratio("verify: checking / bare unzip and hash", checking / bare);
    }

    private static async Task<ServerProcess> DonatedAsync()
    {
        var server = await ServerProcess.StartAsync(onPostgres: false);
        foreach (var second in new[] { "jc02", "hd01" })
            using (await Nurse.SignInAsync(server.Address, Station, second)) { }
        using var nurse = await Nurse.SignInAsync(server.Address, Station);
        await nurse.DonateAsync();
        return server;
    }

    /// <returns>Seconds from the one action to its end.</returns>
    private static async Task<double> ArchivedAsync(Nurse archivist)
    {
        var path = $"/{Station}/archive/runs";
        var began = Stopwatch.GetTimestamp();
        await archivist.SubmitAsync(path);
        while (System.Net.WebUtility.HtmlDecode(await archivist.GetAsync(path)).Contains("进行中", StringComparison.Ordinal)) await Task.Delay(100);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<byte[]> PackageAsync(Nurse archivist)
    {
        var item = Item().Match(await archivist.GetAsync($"/{Station}/archive"));
        return item.Success ? await archivist.BytesAsync($"/{Station}/archive/{item.Groups[1].Value}/v1/package.zip") : throw new InvalidOperationException("Nothing was archived.");
    }

    private static async Task CopyAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        foreach (var index in new[] { "DonationNumber", "SampleNumber" }) await ExecuteAsync(connection, $"DROP INDEX \"IX_visits_{index}\"");
        var visit = (await ColumnAsync(connection, "SELECT \"Id\" FROM visits WHERE \"DonationNumber\" IS NOT NULL ORDER BY \"RegisteredAt\" DESC LIMIT 1"))[0];
        var submissions = await ColumnAsync(connection, $"SELECT \"Id\" FROM submissions WHERE \"VisitId\" = '{visit}'");
        var columns = new Dictionary<string, List<string>>();
        foreach (var table in new[] { "visits", "submissions", "signatures", "handwritings", "record_documents", "verdicts", "audit" })
            columns[table] = await ColumnAsync(connection, $"SELECT name FROM pragma_table_info('{table}')");
        await ExecuteAsync(connection, "BEGIN");
        for (var copy = 1; copy < Visits; copy++)
        {
            var id = NewId();
            await CopyAsync(connection, columns, "visits", $"\"Id\" = '{visit}'", ("Id", $"'{id}'"));
            await CopyAsync(connection, columns, "verdicts", $"\"VisitId\" = '{visit}'", ("Id", "upper(hex(randomblob(4)) || '-0000-7000-8000-' || hex(randomblob(6)))"), ("VisitId", $"'{id}'"));
            await CopyAsync(connection, columns, "audit", $"\"Subject\" = 'visit:{visit.ToLowerInvariant()}'", ("Id", "NULL"), ("Subject", $"'visit:{id.ToLowerInvariant()}'"));
            foreach (var submission in submissions)
            {
                var next = NewId();
                await CopyAsync(connection, columns, "submissions", $"\"Id\" = '{submission}'", ("Id", $"'{next}'"), ("VisitId", $"'{id}'"));
                await CopyAsync(connection, columns, "signatures", $"\"SubmissionId\" = '{submission}'", ("SubmissionId", $"'{next}'"), ("VisitId", $"'{id}'"));
                await CopyAsync(connection, columns, "handwritings", $"\"SubmissionId\" = '{submission}'", ("SubmissionId", $"'{next}'"));
                await CopyAsync(connection, columns, "record_documents", $"\"SubmissionId\" = '{submission}'", ("Id", "upper(hex(randomblob(4)) || '-0000-7000-8000-' || hex(randomblob(6)))"), ("SubmissionId", $"'{next}'"), ("VisitId", $"'{id}'"));
            }
        }
        await ExecuteAsync(connection, "COMMIT");
    }

    private static string NewId() => Guid.CreateVersion7().ToString().ToUpperInvariant();

    private static Task CopyAsync(SqliteConnection connection, Dictionary<string, List<string>> columns, string table, string where, params (string Column, string Value)[] others) => ExecuteAsync(connection,
        $"INSERT INTO {table} SELECT {string.Join(", ", columns[table].Select(c => others.FirstOrDefault(o => o.Column == c).Value ?? $"\"{c}\""))} FROM {table} WHERE {where}");

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> ColumnAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync()) values.Add(reader.GetString(0));
        return values;
    }

    private static (List<(string Name, byte[] Bytes)> Files, long Bytes) Unzipped(byte[] package)
    {
        using var zip = new ZipArchive(new MemoryStream(package));
        var files = new List<(string, byte[])>();
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream((int)entry.Length);
            stream.CopyTo(bytes);
            files.Add((entry.FullName, bytes.ToArray()));
        }
        return (files, files.Sum(f => (long)f.Item2.Length));
    }

    private static void Zip(List<(string Name, byte[] Bytes)> files)
    {
        using var zip = new ZipArchive(new MemoryStream(), ZipArchiveMode.Create);
        foreach (var (name, bytes) in files)
        {
            SHA256.HashData(bytes);
            using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
            entry.Write(bytes);
        }
    }

    private static double Seconds(Action act)
    {
        var began = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    [GeneratedRegex("/archive/([0-9a-f-]{36})\"")]
    private static partial Regex Item();
}
