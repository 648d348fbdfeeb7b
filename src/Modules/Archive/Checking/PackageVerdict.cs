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
/// <param name="OnPaper">Not signed electronically by donor and staff.</param>
/// <param name="OwnRoot">The root believed is the package's own, so only that its parts agree with each other has been shown: whoever forges all of it brings his own root along.</param>
public sealed record PackageVerdict(string? ArchiveNumber, bool OnPaper, bool OwnRoot, IReadOnlyList<SignatureLine> Signatures, IReadOnlyList<PropertyCheck> Checks)
{
    public IReadOnlyList<PackageFault> Faults { get; } = [.. Checks.SelectMany(c => c.Faults)];
    public bool Holds => Faults.Count == 0;

    /// <summary>Null when it cannot be read.</summary>
    internal PackageMetadata? Metadata { get; init; }

    /// <summary>The head of the station's evidence in the package, unjudged; null in packages of before.</summary>
    internal SignedHead? Head { get; init; }

    /// <summary>The verdict line by line, zh-CN: each signature by whom, when and over what, then what is wrong.</summary>
    public IEnumerable<string> InWords(TimeZoneInfo zone) =>
    [
        .. OnPaper ? [PackageMetadata.OnPaper] : Array.Empty<string>(), .. Signatures.Select(s => PropertyReport.InWords(s, zone)), .. Faults.Select(f => $"不符 {f.File}：{f.Reason}"),
        !Holds ? $"{Faults.Count} 处不符" : OwnRoot ? "档案包内部一致；根证书取自档案包本身，不能证明由谁签发。请用 --root 给出从签发机构另行取得的根证书再核查一次" : "全部符合，与归档时一致",
    ];
}
