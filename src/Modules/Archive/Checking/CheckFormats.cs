using System.Text;
using System.Text.Json.Nodes;

namespace Modules.Archive;

/// <summary>The part of the check that looks at manifest and formats.</summary>
public sealed partial class CheckPackage
{
    /// <summary>Beginnings of programs: ELF, Windows, scripts.</summary>
    private static readonly byte[][] Programs = [[0x7F, 0x45, 0x4C, 0x46], [0x4D, 0x5A], [0x23, 0x21]];

    /// <summary>Bytes; a line has about a hundred.</summary>
    private const int LongestManifest = 1024 * 1024;

    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47];

    /// <summary>Whatever acts by itself or hides something in a PDF.</summary>
    private static readonly string[] Active = ["/JavaScript", "/Launch", "/EmbeddedFile", "/RichMedia", "/OpenAction"];

    private void CheckManifest()
    {
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        var faults = new List<PackageFault>();
        var text = _byPath.TryGetValue(Package.Manifest, out var manifest) && manifest.Bytes.Length <= LongestManifest ? Encoding.UTF8.GetString(manifest.Bytes) : "";
        foreach (var line in text.Split('\n').SkipLast(1))
            if (line.Length <= 66 || line[64..66] != "  " || !line[..64].All(char.IsAsciiHexDigitLower) || !listed.TryAdd(line[66..], line[..64])) faults.Add(new PackageFault(Package.Manifest, $"有一行不是“摘要  文件名”：{line}"));
        if (!text.EndsWith('\n')) faults.Add(new PackageFault(Package.Manifest, text.Length == 0 ? "缺少、是空的或太大" : "末行不完整"));
        foreach (var file in _files.Where(Package.IsListed)) faults.AddRange(Unlike(file, listed.GetValueOrDefault(file.Path)));
        foreach (var path in listed.Keys.Where(p => !_byPath.ContainsKey(p))) faults.Add(new PackageFault(Package.Manifest, $"列有 {path}，档案包里没有"));
        Add(Genuine, "每个文件与清单的摘要一致", _files.Count, faults);
    }

    /// <summary>Where the metadata vouches for the file, it is the manifest that was changed.</summary>
    private IEnumerable<PackageFault> Unlike(PackageFile file, string? listed)
    {
        if (listed == file.Sha256) yield break;
        if (listed is null) yield return new PackageFault(Package.Manifest, $"没有列出 {file.Path}");
        else if (Vouched(file)) yield return new PackageFault(Package.Manifest, $"其中 {file.Path} 的摘要被改动");
        else yield return new PackageFault(file.Path, file.Path is Package.Metadata or Package.Report ? $"与 {Package.Manifest} 中的摘要不一致：两者之一被改动" : "与清单的摘要不一致，内容已被改动");
    }

    private bool Vouched(PackageFile file) => _metadata.Value.Metadata?.Files.Any(f => f.Path == file.Path && f.Sha256 == file.Sha256) == true;

    private void CheckFormats()
    {
        Add(Usable, "格式是允许的，内容能打开", _files.Count, _files.SelectMany(f => FormatFaults(f).Select(reason => new PackageFault(f.Path, reason))));
        Add(Safe, "没有可执行的内容", _files.Count, _files.Where(f => Programs.Any(p => f.Bytes.AsSpan().StartsWith(p)) || (f.Path.EndsWith(".pdf", StringComparison.Ordinal) && Active.Any(Encoding.Latin1.GetString(f.Bytes).Contains)))
            .Select(f => new PackageFault(f.Path, "含有可执行的内容")));
    }

    private IEnumerable<string> FormatFaults(PackageFile file)
    {
        switch (Path.GetExtension(file.Path))
        {
            case ".pdf":
                var text = Encoding.Latin1.GetString(file.Bytes);
                if (!text.StartsWith("%PDF-1.", StringComparison.Ordinal) || !text.TrimEnd().EndsWith("%%EOF", StringComparison.Ordinal)) yield return "不是完整的 PDF";
                if (!text.Contains("pdfaid", StringComparison.Ordinal)) yield return "不是 PDF/A";
                if (text.Contains("/Encrypt", StringComparison.Ordinal)) yield return "被加密";
                break;
            case ".json" when Json(file.Path) is not (JsonObject or JsonArray):
                yield return "不是完好的 JSON";
                break;
            case ".png" when !file.Bytes.AsSpan().StartsWith(Png):
                yield return "不是 PNG";
                break;
            case ".json" or ".png" or ".xml" or ".txt" or ".sha256" or ".p7s" or ".tsr" or ".cer" or ".crl" or ".ocsp":
                break;
            default:
                yield return "不是档案允许的格式";
                break;
        }
    }
}
