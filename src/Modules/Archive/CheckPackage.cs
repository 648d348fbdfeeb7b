using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Documents;

namespace Modules.Archive;

/// <summary>What is wrong with a file of a package, zh-CN.</summary>
public sealed record PackageFault(string File, string Reason);

/// <summary>One thing looked at, under one of the four properties (真实性 完整性 可用性 安全性, DA/T 70-2018).</summary>
/// <param name="Count">How many were looked at.</param>
public sealed record PropertyCheck(string Property, string Title, int Count, IReadOnlyList<PackageFault> Faults);

/// <summary>Who signed, when, over what, and whether it holds.</summary>
/// <param name="Over">What the signature is over, in words.</param>
/// <param name="At">The time of the timestamp; null on paper or without a valid one.</param>
/// <param name="Authority">Who issued the certificate; null on paper.</param>
public sealed record SignatureLine(string File, string Over, string Role, string Signer, DateTimeOffset? At, string? Authority, IReadOnlyList<string> Faults);

/// <summary>The verdict on a package.</summary>
/// <param name="ArchiveNumber">Null when it cannot be read.</param>
/// <param name="OnPaper">Not signed electronically.</param>
/// <param name="OwnRoot">The root believed is the package's own: whether it is the authority's is still to be asked.</param>
public sealed record PackageVerdict(string? ArchiveNumber, bool OnPaper, bool OwnRoot, IReadOnlyList<SignatureLine> Signatures, IReadOnlyList<PropertyCheck> Checks)
{
    public IReadOnlyList<PackageFault> Faults { get; } = [.. Checks.SelectMany(c => c.Faults)];
    public bool Holds => Faults.Count == 0;
}

/// <summary>Judges a package by its files alone: no store, no network.</summary>
public sealed partial class CheckPackage
{
    /// <summary>Method of a signature in ink, as the record of a visit names it.</summary>
    private const string Ink = "wet";

    private const string Genuine = "真实性", Complete = "完整性", Usable = "可用性", Safe = "安全性";
    private readonly ISignatureCheck _check;
    private readonly IReadOnlyList<PackageFile> _files;
    private readonly Dictionary<string, PackageFile> _byPath;
    private readonly TrustMaterial _trust;
    private readonly List<PropertyCheck> _checks = [];
    private readonly List<SignatureLine> _signatures = [];

    private CheckPackage(ISignatureCheck check, IReadOnlyList<PackageFile> files, IReadOnlyList<byte[]>? roots)
    {
        (_check, _files) = (check, files);
        _byPath = files.GroupBy(f => f.Path, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _trust = new TrustMaterial(roots ?? Of("certificates/root-"), Of("certificates/issuer-"), Of("revocation/", ".crl"), Of("revocation/", ".ocsp"));
    }

    /// <summary>Judges a package file.</summary>
    /// <param name="roots">Roots believed; null: the package's own.</param>
    public static PackageVerdict Run(ISignatureCheck check, Stream zip, IReadOnlyList<byte[]>? roots = null)
    {
        try
        {
            return Run(check, Package.Unzip(zip), roots, finished: true);
        }
        catch (InvalidDataException e)
        {
            return new PackageVerdict(null, false, roots is null, [], [new PropertyCheck(Usable, "打开档案包", 1, [new PackageFault("档案包", $"不是完好的 zip 文件：{e.Message}")])]);
        }
    }

    /// <param name="finished">Report and manifest are there already.</param>
    internal static PackageVerdict Run(ISignatureCheck check, IReadOnlyList<PackageFile> files, IReadOnlyList<byte[]>? roots, bool finished)
    {
        var run = new CheckPackage(check, files, roots);
        if (finished) run.CheckManifest();
        var metadata = run.ReadMetadata();
        if (metadata is not null) run.CheckContent(metadata, finished);
        run.CheckFormats();
        return new PackageVerdict(metadata?.Label.ArchiveNumber, metadata is { Subject.Signed: false }, roots is null && metadata is not { Subject.Signed: false }, run._signatures, run._checks);
    }

    /// <summary>The verdict line by line, zh-CN: each signature by whom, when and over what, then what is wrong.</summary>
    public static IEnumerable<string> InWords(PackageVerdict verdict, TimeZoneInfo zone) =>
    [
        .. verdict.OnPaper ? [PackageMetadata.OnPaper] : Array.Empty<string>(), .. verdict.Signatures.Select(s => PropertyReport.InWords(s, zone)),
        .. verdict.OwnRoot ? ["提示：根证书取自档案包本身，请用 --root 给出从签发机构另行取得的根证书再核查一次"] : Array.Empty<string>(),
        .. verdict.Faults.Select(f => $"不符 {f.File}：{f.Reason}"), verdict.Holds ? "全部符合，与归档时一致" : $"{verdict.Faults.Count} 处不符",
    ];

    private List<byte[]> Of(string start, string end = "") =>
        [.. _files.Where(f => f.Path.StartsWith(start, StringComparison.Ordinal) && f.Path.EndsWith(end, StringComparison.Ordinal)).Select(f => f.Bytes)];

    private void Add(string property, string title, int count, IEnumerable<PackageFault> faults) => _checks.Add(new PropertyCheck(property, title, count, [.. faults.Distinct()]));

    private PackageMetadata? ReadMetadata()
    {
        try
        {
            if (!_byPath.TryGetValue(Package.Metadata, out var file)) throw new FormatException("不在档案包里");
            var metadata = PackageMetadata.Read(file.Bytes);
            Add(Complete, "元数据齐全，格式、长度与值域正确", 1, Values(metadata));
            return metadata;
        }
        catch (FormatException e)
        {
            Add(Complete, "元数据齐全，格式、长度与值域正确", 1, [new PackageFault(Package.Metadata, e.Message)]);
            return null;
        }
    }

    private static IEnumerable<PackageFault> Values(PackageMetadata metadata)
    {
        var (label, subject) = (metadata.Label, metadata.Subject);
        if (label.Year is < 1990 or > 2200) yield return Fault("年度不是四位年份");
        if (label.Retention is not ("Y" or "D30" or "D10")) yield return Fault("保管期限不是 Y、D30 或 D10");
        if (!label.Item.All(char.IsAsciiDigit) || !label.ArchiveNumber.Contains(label.Item, StringComparison.Ordinal)) yield return Fault("件号不在档号里");
        if (subject.CollectedAt > label.ArchivedAt) yield return Fault("采集时间晚于归档时间");
        var forms = metadata.Files.Where(f => f.Path.StartsWith("forms/", StringComparison.Ordinal)).Select(f => FormVersion().Replace(f.Path, "")).Distinct().Count();
        if (forms != subject.Documents) yield return Fault($"电子全文数是 {subject.Documents}，文件中列有 {forms} 份");

        static PackageFault Fault(string reason) => new(Package.Metadata, reason);
    }

    private void CheckContent(PackageMetadata metadata, bool finished)
    {
        Add(Genuine, "每个文件与形成时的摘要一致", metadata.Files.Count, metadata.Files.Where(f => _byPath.TryGetValue(f.Path, out var file) && file.Sha256 != f.Sha256).Select(f => new PackageFault(f.Path, "内容与形成时的摘要不一致，已被改动")));
        var listed = metadata.Files.Select(f => f.Path).Append(Package.Metadata).Concat(finished ? [Package.Report, Package.Manifest] : Array.Empty<string>()).ToHashSet(StringComparer.Ordinal);
        Add(Complete, "元数据所列的文件都在", metadata.Files.Count, listed.Where(path => !_byPath.ContainsKey(path)).Select(path => new PackageFault(path, "缺少")));
        Add(Safe, "没有外来文件", _files.Count, _files.Where(f => !listed.Contains(f.Path)).Select(f => new PackageFault(f.Path, "不是档案包里的文件"))
            .Concat(_files.GroupBy(f => f.Path).Where(g => g.Count() > 1).Select(g => new PackageFault(g.Key, "有两份"))));
        Add(Complete, "有过程信息（判定与操作记录）", 1, metadata.Files.Any(f => f.Path == Package.Audit) ? [] : [new PackageFault(Package.Metadata, "没有操作记录")]);
        CheckRecords(metadata);
        CheckSignatures(metadata);
        CheckForms(metadata);
    }

    private void CheckRecords(PackageMetadata metadata)
    {
        var records = metadata.Files.Select(f => f.Path).Where(p => p.StartsWith("records/", StringComparison.Ordinal)).ToList();
        Add(Genuine, "记录与被签内容是规范形式的 JSON（RFC 8785）", records.Count, records.Where(p => Json(p) is var json && (json is null || !Canonical(json).AsSpan().SequenceEqual(_byPath[p].Bytes)))
            .Where(_byPath.ContainsKey).Select(p => new PackageFault(p, "不是规范形式，内容已被改动")));
        Add(Genuine, "签名内容与记录、笔迹和前一签名相符", metadata.Signatures.Count, metadata.Signatures.SelectMany(s => Contradictions(s, metadata)));
    }

    /// <summary>What the signed content says otherwise than the files beside it.</summary>
    private IEnumerable<PackageFault> Contradictions(ListedSignature signature, PackageMetadata metadata)
    {
        if (Json(signature.Over) is not JsonObject signed) yield break;
        var signer = signed["signer"] as JsonObject ?? signed;
        var content = signed["submission"] is { } submission ? AuditTables.Sha256(Canonical(submission)) : Text(signer["content"]);
        if (content != _byPath.GetValueOrDefault(signature.Record)?.Sha256) yield return new PackageFault(signature.Record, $"与{signature.Role}签名的内容不一致");
        if (Text(signer["picture"]) != (signature.Picture is null ? null : _byPath.GetValueOrDefault(signature.Picture)?.Sha256)) yield return new PackageFault(signature.Picture ?? signature.Over, $"{signature.Role}的手写签名与签名时的不一致");
        if (signature.Path is null) yield break;
        var before = metadata.Signatures.Where(s => s.Record == signature.Record && s.Path is not null && s.Order < signature.Order).MaxBy(s => s.Order);
        if (Text(signed["before"]) != (before is null ? null : _byPath.GetValueOrDefault(before.Path!)?.Sha256)) yield return new PackageFault(signature.Over, "与前一签名的衔接不一致");
        if (signed["donor"] is JsonObject donor && Text(donor["idNumber"]) != metadata.Subject.DocumentNumber) yield return new PackageFault(Package.Metadata, "证件编号与签名内容不一致");
        if (Text(signed["donationNumber"]) is { } number && number != metadata.Subject.DonationNumber) yield return new PackageFault(Package.Metadata, "献血编号与签名内容不一致");
    }

    private void CheckSignatures(PackageMetadata metadata)
    {
        foreach (var signature in metadata.Signatures) _signatures.Add(Line(signature, metadata.Subject.Signed));
        Add(Genuine, metadata.Subject.Signed ? "电子签名与时间戳有效" : PackageMetadata.OnPaper, metadata.Signatures.Count, _signatures.SelectMany(s => s.Faults.Select(f => new PackageFault(s.File, f))));
        var stamped = metadata.Signatures.Where(s => s.Timestamp is not null).ToList();
        Add(Genuine, "单独存放的时间戳就是签名里的时间戳", stamped.Count, stamped
            .Where(s => _byPath.TryGetValue(s.Timestamp!, out var token) && s.Path is not null && _byPath.TryGetValue(s.Path, out var cms) && SignatureParts.Timestamp(cms.Bytes)?.AsSpan().SequenceEqual(token.Bytes) != true)
            .Select(s => new PackageFault(s.Timestamp!, "与签名里的时间戳不一致")));
    }

    private SignatureLine Line(ListedSignature signature, bool signed)
    {
        if (signature.Path is null)
            return new SignatureLine(signature.Over, signature.Record, signature.Role, signature.Signer, null, null, signed && signature.Method != Ink ? ["没有电子签名"] : []);
        if (!_byPath.TryGetValue(signature.Path, out var cms) || !_byPath.TryGetValue(signature.Over, out var over)) return new SignatureLine(signature.Path, signature.Over, signature.Role, signature.Signer, null, null, ["签名或被签内容不在档案包里"]);
        var verdict = _check.Check(cms.Bytes, over.Bytes, _trust);
        return new SignatureLine(signature.Path, signature.Over, signature.Role, verdict.Signer.Length > 0 ? verdict.Signer : signature.Signer, verdict.StampedAt, verdict.Authority, verdict.Faults);
    }

    private void CheckForms(PackageMetadata metadata)
    {
        var forms = metadata.Files.Where(f => f.Path.StartsWith("forms/", StringComparison.Ordinal) && _byPath.ContainsKey(f.Path)).ToList();
        var faults = new List<PackageFault>();
        foreach (var form in forms)
        {
            var reading = PdfSignatures.Read(_byPath[form.Path].Bytes);
            faults.AddRange(reading.Faults.Select(f => new PackageFault(form.Path, f)));
            if (reading.Signatures.Count != form.Signatures) faults.Add(new PackageFault(form.Path, $"应有 {form.Signatures} 个签名，文件中有 {reading.Signatures.Count} 个"));
            foreach (var signature in reading.Signatures)
            {
                var verdict = _check.Check(signature.Cms, signature.SignedBytes, _trust);
                _signatures.Add(new SignatureLine(form.Path, form.Kind, signature.FieldName, verdict.Signer, verdict.StampedAt, verdict.Authority, verdict.Faults));
                faults.AddRange(verdict.Faults.Select(f => new PackageFault(form.Path, f)));
            }
        }
        Add(Genuine, "表单 PDF 的签名有效，签名后没有改动", forms.Count, faults);
    }

    private JsonNode? Json(string path)
    {
        try
        {
            return _byPath.TryGetValue(path, out var file) ? JsonNode.Parse(file.Bytes) : null;
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


    [GeneratedRegex(@"-v\d+\.pdf$")]
    private static partial Regex FormVersion();
}
