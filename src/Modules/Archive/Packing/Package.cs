using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Canonical;

namespace Modules.Archive;

/// <summary>One file of a package.</summary>
/// <param name="Path">With '/' between folders.</param>
internal sealed record PackageFile(string Path, byte[] Bytes)
{
    public string Sha256 { get; } = Digest.Of(Bytes);
}

/// <summary>The names inside a package, and its writing and reading.</summary>
internal static class Package
{
    public const string Metadata = "metadata.xml";
    public const string Report = "四性检测报告.txt";
    public const string Manifest = "manifest.sha256";

    /// <summary>The station's seal over the manifest: CMS (RFC 5652), detached.</summary>
    public const string Seal = "manifest.sha256.p7s";

    /// <summary>Its timestamp (RFC 3161, appendix A).</summary>
    public const string SealStamp = "manifest.sha256.tsr";

    public const string Audit = "audit.json";

    /// <summary>The newest signed head of the station's evidence, and the signature over it. Packages of before have none.</summary>
    public const string Head = "evidence-head.json", HeadSignature = "evidence-head.p7s";

    /// <summary>In bytes unpacked. No package is larger; whatever says it is, is none.</summary>
    public const long Largest = 128L * 1024 * 1024;

    /// <summary>Files in a package of one visit are dozens; a directory for thousands is none of ours, and reading it is what costs.</summary>
    public const int MostEntries = 2000;

    private const int LongestDirectory = 1024 * 1024;

    /// <summary>End of central directory record (APPNOTE 4.3.16): its length without the comment, and where the directory's beginning stands in it.</summary>
    private const int EndLength = 22, DirectoryAt = 16, LongestComment = ushort.MaxValue;

    /// <summary>What <c>sha256sum -c</c> reads.</summary>
    public static PackageFile ManifestOf(IEnumerable<PackageFile> files) =>
        new(Manifest, Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Sha256}  {f.Path}\n"))));

    /// <summary>What the manifest vouches for: all but itself and the seal over it.</summary>
    public static bool IsListed(PackageFile file) => file.Path is not (Manifest or Seal or SealStamp);

    public static byte[] Zip(IEnumerable<PackageFile> files)
    {
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var file in files)
            {
                using var entry = zip.CreateEntry(file.Path, CompressionLevel.Fastest).Open();
                entry.Write(file.Bytes);
            }
        return output.ToArray();
    }

    /// <summary>What is read back is bounded, so what is written has to be.</summary>
    public static bool Fits(IReadOnlyCollection<PackageFile> files) => files.Count <= MostEntries && files.Sum(f => (long)f.Bytes.Length) <= Largest;

    /// <param name="content">Can be sought in.</param>
    /// <exception cref="InvalidDataException">Not a zip file, damaged, larger than any package, or with two files of one name; names the entry where one is. Nothing is unpacked then.</exception>
    public static IReadOnlyList<PackageFile> Unzip(Stream content)
    {
        if (DirectoryOf(content) > LongestDirectory) throw new InvalidDataException("文件太多，不是档案包");
        using var zip = new ZipArchive(content, ZipArchiveMode.Read);
        if (zip.Entries.Count > MostEntries) throw new InvalidDataException("文件太多，不是档案包");
        if (zip.Entries.Any(e => e.Length > Largest) || zip.Entries.Sum(e => e.Length) > Largest) throw new InvalidDataException("解开后太大，不是档案包");
        // Which of two is meant, one program answers so and the next otherwise.
        if (zip.Entries.GroupBy(e => e.FullName, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidDataException($"{twice.Key} 有两份");
        return [.. zip.Entries.Where(e => e.Length > 0 || !e.FullName.EndsWith('/')).Select(Read)];
    }

    /// <returns>Length of the directory in bytes, whatever it says of the number of its entries; a zip64 directory, which no package needs, is beyond all bounds.</returns>
    private static long DirectoryOf(Stream content)
    {
        var tail = new byte[(int)Math.Min(content.Length, EndLength + LongestComment)];
        content.Position = content.Length - tail.Length;
        content.ReadExactly(tail);
        content.Position = 0;
        if (tail.Length < EndLength) return 0;
        // A comment behind the record may look like one.
        var end = tail.AsSpan(0, tail.Length - EndLength + 4).LastIndexOf("PK\x05\x06"u8);
        if (end < 0) return 0;
        var record = tail.AsSpan(end, EndLength);
        if (MemoryMarshal.Cast<byte, ushort>(record[4..12]).Contains(ushort.MaxValue) || BinaryPrimitives.ReadUInt32LittleEndian(record[DirectoryAt..]) is var start && start == uint.MaxValue) return long.MaxValue;
        return content.Length - start;
    }

    private static PackageFile Read(ZipArchiveEntry entry)
    {
        try
        {
            using var stream = entry.Open();
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return new PackageFile(entry.FullName, bytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{entry.FullName} 的压缩数据已损坏，不能读取");
        }
    }
}
