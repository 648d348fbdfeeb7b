using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Harness;
using Modules.Archive;
using Modules.Signing.Contracts;

namespace Benchmarks;

/// <summary>Archiving signed donations and checking their packages, against packing, unpacking and hashing the same bytes and nothing else.</summary>
internal static partial class ArchiveBenchmark
{
    private const string Station = "hangzhou";
    private const int Rezipped = 40;

    /// <summary>Real donations, each signed for itself: what is signed names its visit, so a copied one would be refused.</summary>
    public static async Task RunAsync(Figures figures, Counts counts)
    {
        var donations = counts.Archived;
        await using var server = await DonatedAsync(donations);
        using var archivist = await Nurse.SignInAsync(server.Address, Station, "da01");
        var archiving = await ArchivedAsync(archivist);
        var packages = await PackagesAsync(archivist);
        if (packages.Count != donations) throw new InvalidOperationException($"{packages.Count} of {donations} donations were archived.");
        var contents = packages.Take(Rezipped).Select(Unzipped).ToList();
        var bare = Seconds(() => contents.ForEach(Zip)) * donations / contents.Count;
        figures.Add($"archive: {donations} donations of {contents[0].Count} files, {contents.Average(c => c.Sum(f => f.Bytes.Length)) / 1000:0} kB each", $"{archiving:0.0} s", $"{donations / archiving:0.0} a second");
        figures.Add("archive: the same bytes hashed and zipped, nothing else", $"{bare:0.0} s", "");
        figures.Ratio("archive: archiving / bare hash and zip", archiving / bare);
        await VerifyAsync(figures, server, packages, await archivist.BytesAsync($"/{Station}/pki/root.cer"));
    }

    /// <summary>By the files alone, over all cores, and by the verb, which looks at all evidence of the station as well.</summary>
    private static async Task VerifyAsync(Figures figures, Installation server, IReadOnlyList<byte[]> packages, byte[] root)
    {
        var signatures = 0;
        var checking = Seconds(() => Parallel.ForEach(packages, package =>
        {
            var verdict = CheckPackage.Run(SignatureChecking.Offline, new MemoryStream(package), [root]);
            if (!verdict.Holds) throw new InvalidOperationException(string.Join("; ", verdict.Faults));
            Interlocked.Add(ref signatures, verdict.Signatures.Count);
        }));
        var bare = Seconds(() => Parallel.ForEach(packages, package => Unzipped(package).ForEach(f => SHA256.HashData(f.Bytes))));
        figures.Add($"verify: {packages.Count} packages, {signatures} signatures, on {Environment.ProcessorCount} cores", $"{checking:0.0} s", $"{packages.Count / checking:0} a second");
        figures.Add("verify: the same packages unzipped and hashed, nothing else", $"{bare:0.0} s", "");
        figures.Ratio("verify: checking / bare unzip and hash", checking / bare);
        var began = Stopwatch.GetTimestamp();
        var verb = await server.VerbAsync(["verify", Station]);
        if (verb.Exit != 0) throw new InvalidOperationException(verb.Output + verb.Error);
        figures.Add($"verify: the verb over the station, process start included", $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s", string.Join("; ", verb.Output.Trim().Split('\n')[^2..]));
    }

    private static async Task<ProductHost> DonatedAsync(int donations)
    {
        var server = await Measured.RunningAsync(Database.Sqlite);
        foreach (var second in new[] { "jc02", "hd01" })
            using (await Nurse.SignInAsync(server.Address, Station, second)) { }
        var nurses = new List<Nurse>();
        for (var desk = 0; desk < Environment.ProcessorCount; desk++) nurses.Add(await Nurse.SignInAsync(server.Address, Station, desk: desk));
        await Task.WhenAll(nurses.Select((nurse, n) => DonateAsync(nurse, donations / nurses.Count + (n < donations % nurses.Count ? 1 : 0))));
        foreach (var nurse in nurses) nurse.Dispose();
        return server;
    }

    private static async Task DonateAsync(Nurse nurse, int donations)
    {
        for (var i = 0; i < donations; i++) await nurse.DonateAsync();
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

    /// <summary>Every package, as the archivist downloads them from the list.</summary>
    private static async Task<IReadOnlyList<byte[]>> PackagesAsync(Nurse archivist)
    {
        var items = new HashSet<string>();
        for (int page = 1, before = -1; items.Count > before; page++)
        {
            before = items.Count;
            items.UnionWith(Item().Matches(await archivist.GetAsync($"/{Station}/archive?page={page}")).Select(m => m.Groups[1].Value));
        }
        var packages = new List<byte[]>();
        foreach (var item in items) packages.Add(await archivist.DownloadAsync($"/{Station}/archive/{item}", $"/{Station}/archive/{item}/v1/package.zip", ("reason", "核查")));
        return packages;
    }

    private static List<(string Name, byte[] Bytes)> Unzipped(byte[] package)
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
        return files;
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
