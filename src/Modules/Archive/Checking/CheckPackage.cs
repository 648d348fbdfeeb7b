using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Engine.Canonical;
using Modules.Signing.Contracts;

namespace Modules.Archive;

/// <summary>Judges a package by its files alone: no store, no network.</summary>
public sealed partial class CheckPackage
{
    private const string Genuine = "真实性", Complete = "完整性", Usable = "可用性", Safe = "安全性";
    private const int LargestJson = 4 * 1024 * 1024;
    private readonly ISignatureCheck _check;
    private readonly IReadOnlyList<PackageFile> _files;
    private readonly Dictionary<string, PackageFile> _byPath;
    private readonly TrustMaterial _trust;
    private readonly Lazy<(PackageMetadata? Metadata, string? Fault)> _metadata;
    private readonly Dictionary<string, JsonNode?> _json = new(StringComparer.Ordinal);
    private readonly List<PropertyCheck> _checks = [];
    private readonly List<SignatureLine> _signatures = [];

    private CheckPackage(ISignatureCheck check, IReadOnlyList<PackageFile> files, IReadOnlyList<byte[]>? roots)
    {
        (_check, _files) = (check, files);
        _byPath = files.GroupBy(f => f.Path, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _metadata = new(Metadata);
        _trust = new TrustMaterial(roots ?? Of("certificates/root-"), Of("certificates/issuer-"), Of("revocation/", ".crl"), Of("revocation/", ".ocsp"));
    }

    /// <summary>Judges a package file.</summary>
    /// <param name="roots">Roots believed; null: the package's own, which shows no more than that it agrees with itself.</param>
    public static PackageVerdict Run(ISignatureCheck check, Stream zip, IReadOnlyList<byte[]>? roots = null)
    {
        try
        {
            return Run(check, Package.Unzip(zip), roots, finished: true);
        }
        catch (InvalidDataException e)
        {
            return Unreadable(roots, $"不是完好的 zip 文件：{e.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException and not OperationCanceledException)
        {
            // What is thrown at bytes anybody may have made is not a closed list; a broken package is a verdict, not an outage.
            return Unreadable(roots, $"有内容不能读取：{e.Message}");
        }
    }

    private static PackageVerdict Unreadable(IReadOnlyList<byte[]>? roots, string why) =>
        new(null, false, roots is null, [], [new PropertyCheck(Usable, "打开档案包", 1, [new PackageFault("档案包", why)])]);

    /// <param name="finished">Report, manifest and seal are there already.</param>
    internal static PackageVerdict Run(ISignatureCheck check, IReadOnlyList<PackageFile> files, IReadOnlyList<byte[]>? roots, bool finished)
    {
        var run = new CheckPackage(check, files, roots);
        if (finished) run.CheckManifest();
        var metadata = run.ReadMetadata();
        if (finished) run.CheckSeal(metadata);
        if (metadata is not null) run.CheckContent(metadata, finished);
        run.CheckFormats();
        return new PackageVerdict(metadata?.Label.ArchiveNumber, metadata is { Subject.Signed: false }, roots is null, run._signatures, run._checks) { Metadata = metadata, Head = run.Head() };
    }

    private SignedHead? Head() => _byPath.TryGetValue(Package.Head, out var json) && _byPath.TryGetValue(Package.HeadSignature, out var cms) ? new SignedHead(json.Bytes, cms.Bytes) : null;

    private List<byte[]> Of(string start, string end = "") =>
        [.. _files.Where(f => f.Path.StartsWith(start, StringComparison.Ordinal) && f.Path.EndsWith(end, StringComparison.Ordinal)).Select(f => f.Bytes)];

    private void Add(string property, string title, int count, IEnumerable<PackageFault> faults) => _checks.Add(new PropertyCheck(property, title, count, [.. faults.Distinct()]));

    private PackageMetadata? ReadMetadata()
    {
        var (metadata, fault) = _metadata.Value;
        Add(Complete, "元数据齐全，格式、长度与值域正确", 1, metadata is null ? [new PackageFault(Package.Metadata, fault!)] : Values(metadata));
        return metadata;
    }

    /// <summary>Read once, however many files are compared with it.</summary>
    private (PackageMetadata?, string?) Metadata()
    {
        try
        {
            return _byPath.TryGetValue(Package.Metadata, out var file) ? (PackageMetadata.Read(file.Bytes), null) : (null, "不在档案包里");
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }

    private static IEnumerable<PackageFault> Values(PackageMetadata metadata)
    {
        var (label, subject) = (metadata.Label, metadata.Subject);
        if (label.Year is < 1990 or > 2200) yield return Fault("年度不是四位年份");
        if (label.Retention is not ("Y" or "D30" or "D10")) yield return Fault("保管期限不是 Y、D30 或 D10");
        // How many zeros stand before it is the pattern's matter.
        if (label.Item.TrimStart('0') is not { Length: > 0 } item || !item.All(char.IsAsciiDigit) || !label.ArchiveNumber.Contains(item, StringComparison.Ordinal)) yield return Fault("件号不在档号里");
        if (subject.CollectedAt > label.ArchivedAt) yield return Fault("采集时间晚于归档时间");
        var forms = metadata.Files.Where(f => f.Path.StartsWith("forms/", StringComparison.Ordinal)).Select(f => FormVersion().Replace(f.Path, "")).Distinct().Count();
        if (forms != subject.Documents) yield return Fault($"电子全文数是 {subject.Documents}，文件中列有 {forms} 份");

        static PackageFault Fault(string reason) => new(Package.Metadata, reason);
    }

    private void CheckContent(PackageMetadata metadata, bool finished)
    {
        Add(Genuine, "每个文件与形成时的摘要一致", metadata.Files.Count, metadata.Files.Where(f => _byPath.TryGetValue(f.Path, out var file) && file.Sha256 != f.Sha256).Select(f => new PackageFault(f.Path, "内容与形成时的摘要不一致，已被改动")));
        var listed = metadata.Files.Select(f => f.Path).Append(Package.Metadata)
            .Concat(finished ? [Package.Report, Package.Manifest, Package.Seal, Package.SealStamp] : Array.Empty<string>()).ToHashSet(StringComparer.Ordinal);
        Add(Complete, "元数据所列的文件都在", metadata.Files.Count, listed.Where(path => !_byPath.ContainsKey(path)).Select(path => new PackageFault(path, "缺少")));
        Add(Safe, "没有外来文件", _files.Count, _files.Where(f => !listed.Contains(f.Path)).Select(f => new PackageFault(f.Path, "不是档案包里的文件"))
            .Concat(_files.GroupBy(f => f.Path).Where(g => g.Count() > 1).Select(g => new PackageFault(g.Key, "有两份"))));
        Add(Complete, "有过程信息（判定与操作记录）", 1, metadata.Files.Any(f => f.Path == Package.Audit) ? [] : [new PackageFault(Package.Metadata, "没有操作记录")]);
        CheckRecords(metadata);
        CheckForms(metadata, CheckSignatures(metadata));
    }

    /// <summary>Null when it is none, or larger than any of a visit; read once, for many signatures may name it.</summary>
    private JsonNode? Json(string path)
    {
        if (_json.TryGetValue(path, out var known)) return known;
        return _json[path] = _byPath.TryGetValue(path, out var file) && file.Bytes.Length <= LargestJson ? Parsed(file.Bytes) : null;
    }

    private static JsonNode? Parsed(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Empty where there is no canonical form.</summary>
    private static byte[] Canonical(JsonNode json)
    {
        try
        {
            return CanonicalJson.Write(json);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or JsonException)
        {
            return [];
        }
    }

    private static string? Text(JsonNode? json) => json is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static IEnumerable<JsonObject> Objects(JsonNode? json) => (json as JsonArray)?.OfType<JsonObject>() ?? [];

    [GeneratedRegex(@"-v\d+\.pdf$")]
    private static partial Regex FormVersion();
}
