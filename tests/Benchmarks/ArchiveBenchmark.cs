using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Harness;
using Modules.Archive;
using Modules.Signing.Contracts;

namespace Benchmarks;

/// <summary>Archiving signed donations and checking a thousand packages, against packing and hashing the same bytes and nothing else.</summary>
internal static partial class ArchiveBenchmark
{
    private const string Station = "hangzhou";
    public const int Donations = 40;
    private const int Packages = 1000;

    /// <summary>Real donations, each signed for itself: what is signed names its visit, so a copied one would be refused.</summary>
    /// <param name="donations">A thousand take the better part of an hour to make, before they are archived.</param>
    public static async Task ArchiveAsync(Figures figures, int donations)
    {
        await using var server = await DonatedAsync(donations);
        using var archivist = await Nurse.SignInAsync(server.Address, Station, "da01");
        var seconds = await ArchivedAsync(archivist);
        var (files, bytes) = Unzipped(await PackageAsync(archivist));
        var bare = Seconds(() =>
        {
            for (var i = 0; i < donations; i++) Zip(files);
        });
        figures.Add($"archive: {donations} donations of {files.Count} files, {bytes / 1000.0:0} kB each", $"{seconds:0.0} s", $"{donations / seconds:0.0} a second");
        figures.Add("archive: the same bytes hashed and zipped, nothing else", $"{bare:0.0} s", "");
        figures.Ratio("archive: archiving / bare hash and zip", seconds / bare);
    }

    /// <summary>As many packages, over all cores.</summary>
    public static async Task VerifyAsync(Figures figures)
    {
        await using var server = await DonatedAsync(1);
        using var archivist = await Nurse.SignInAsync(server.Address, Station, "da01");
        await ArchivedAsync(archivist);
        var package = await PackageAsync(archivist);
        var root = await archivist.BytesAsync($"/{Station}/pki/root.cer");
        var verdict = CheckPackage.Run(SignatureChecking.Offline, new MemoryStream(package), [root]);
        if (!verdict.Holds) throw new InvalidOperationException(string.Join("; ", verdict.Faults));
        var checking = Seconds(() => Parallel.For(0, Packages, _ => CheckPackage.Run(SignatureChecking.Offline, new MemoryStream(package), [root])));
        var bare = Seconds(() => Parallel.For(0, Packages, _ => Unzipped(package).Files.ForEach(f => SHA256.HashData(f.Bytes))));
        figures.Add($"verify: {Packages} packages of {verdict.Signatures.Count} signatures on {Environment.ProcessorCount} cores", $"{checking:0.0} s", $"{Packages / checking:0} a second");
        figures.Add("verify: the same packages unzipped and hashed, nothing else", $"{bare:0.0} s", "");
        figures.Ratio("verify: checking / bare unzip and hash", checking / bare);
    }

    private static async Task<ServerProcess> DonatedAsync(int donations)
    {
        var server = await ServerProcess.StartAsync(onPostgres: false);
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

    private static async Task<byte[]> PackageAsync(Nurse archivist)
    {
        var item = Item().Match(await archivist.GetAsync($"/{Station}/archive"));
        return item.Success ? await archivist.BytesAsync($"/{Station}/archive/{item.Groups[1].Value}/v1/package.zip") : throw new InvalidOperationException("Nothing was archived.");
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
