using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Modules.Archive;
using Modules.Signing.Contracts;
using Xunit;

namespace FastTests.Archive;

/// <summary>Anybody may hand an auditor a file: whatever it is, it costs neither his memory nor his time.</summary>
public sealed class PackageBoundsTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public void Given_a_file_that_unpacks_to_more_than_a_package_has_When_checked_Then_it_is_refused_without_unpacking() =>
        Refused("太大", Zip(zip => Write(zip, "forms/a.pdf", 130)));

    [Fact]
    public void Given_files_that_together_unpack_to_more_than_a_package_has_When_checked_Then_it_is_refused()
    {
        var zip = Zip(zip => { Write(zip, "forms/a.pdf", 70); Write(zip, "forms/b.pdf", 70); });
        Refused("太大", zip);
    }

    [Fact]
    public void Given_a_file_that_says_it_is_small_and_is_not_When_checked_Then_no_more_than_it_says_is_read()
    {
        var bytes = Zip(zip => Write(zip, "forms/a.pdf", 130)).ToArray();
        var entry = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(entry + 24), 10);
        Assert.False(Judged(new MemoryStream(bytes)).Holds);
    }

    [Fact]
    public void Given_tens_of_thousands_of_files_When_checked_Then_it_is_refused() =>
        Refused("文件太多", Zip(zip => { for (var i = 0; i < 30_000; i++) zip.CreateEntry($"forms/{i}.pdf"); }));

    [Fact]
    public void Given_thousands_of_files_When_checked_Then_it_is_refused() =>
        Refused("文件太多", Zip(zip => { for (var i = 0; i < 3_000; i++) zip.CreateEntry($"forms/{i}.pdf"); }));

    [Fact]
    public void Given_metadata_of_millions_of_characters_and_a_thousand_files_When_checked_Then_they_are_not_read_for_each_file()
    {
        var verdict = Judged(Zip(zip =>
        {
            Text(zip, "metadata.xml", "<电子档案包>" + string.Concat(Enumerable.Repeat("<文件/>", 1_000_000)) + "</电子档案包>");
            var manifest = new StringBuilder();
            for (var i = 0; i < 1_000; i++)
            {
                Text(zip, $"records/{i}.json", "{}");
                manifest.Append(new string('0', 64)).Append($"  records/{i}.json\n");
            }
            Text(zip, "manifest.sha256", manifest.ToString());
        }));
        Assert.Contains(verdict.Faults, f => f.File == "metadata.xml");
    }

    [Fact]
    public void Given_two_files_of_one_name_When_checked_Then_it_is_refused_by_that_name() =>
        Refused("forms/a.pdf 有两份", Zip(zip => { Write(zip, "forms/a.pdf", 1); Write(zip, "forms/a.pdf", 1); }));

    private static void Refused(string words, MemoryStream zip)
    {
        var fault = Assert.Single(Judged(zip).Faults);
        Assert.Contains(words, fault.Reason, StringComparison.Ordinal);
    }

    private static PackageVerdict Judged(MemoryStream zip)
    {
        var (allocated, begun) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var verdict = CheckPackage.Run(SignatureChecking.Offline, zip);
        var (used, took) = (GC.GetAllocatedBytesForCurrentThread() - allocated, Stopwatch.GetElapsedTime(begun));
        Assert.True(used < 100 * Megabyte, $"{used} bytes");
        Assert.True(took < TimeSpan.FromSeconds(10), $"{took}");
        return verdict;
    }

    private static MemoryStream Zip(Action<ZipArchive> fill)
    {
        var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true)) fill(zip);
        output.Position = 0;
        return output;
    }

    private static void Write(ZipArchive zip, string name, int megabytes)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        var zeros = new byte[Megabyte];
        for (var i = 0; i < megabytes; i++) entry.Write(zeros);
    }

    private static void Text(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
