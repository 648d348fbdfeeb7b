using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace IntegrationTests.Support;

/// <summary>A package in the hands of somebody who changes it and makes every digest in it agree again.</summary>
internal sealed class OpenedPackage
{
    public OpenedPackage(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Files[entry.FullName] = bytes.ToArray();
        }
        Metadata = XDocument.Load(new MemoryStream(Files["metadata.xml"]));
    }

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public XDocument Metadata { get; }

    public IEnumerable<XElement> Signatures => Metadata.Root!.Elements("签名");

    public XElement Listed(string path) => Metadata.Root!.Elements("文件").Single(f => f.Attribute("路径")!.Value == path);

    /// <summary>Out of the package and out of its metadata.</summary>
    public void Remove(string? path)
    {
        if (path is null || !Files.Remove(path)) return;
        Listed(path).Remove();
    }

    public void Remove(XElement signature)
    {
        foreach (var part in new[] { "路径", "原文", "笔迹", "时间戳" }) Remove(signature.Attribute(part)?.Value);
        signature.Remove();
    }

    /// <summary>Its digests made right again, all but the seal.</summary>
    public OpenedPackage Agree()
    {
        foreach (var file in Metadata.Root!.Elements("文件")) file.SetAttributeValue("sha256", Sha256(Files[file.Attribute("路径")!.Value]));
        using var xml = new MemoryStream();
        Metadata.Save(xml);
        Files["metadata.xml"] = xml.ToArray();
        Files["manifest.sha256"] = Encoding.UTF8.GetBytes(string.Concat(Files.Where(f => !f.Key.StartsWith("manifest.", StringComparison.Ordinal)).Select(f => $"{Sha256(f.Value)}  {f.Key}\n")));
        return this;
    }

    public MemoryStream Zip()
    {
        var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in Files)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        output.Position = 0;
        return output;
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
