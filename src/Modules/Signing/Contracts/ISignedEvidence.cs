using System.Globalization;

namespace Modules.Signing.Contracts;

/// <summary>Signatures that are kept in the store and in no archive package: whoever keeps them checks them, whoever judges a whole station asks for all.</summary>
public interface ISignedEvidence
{
    /// <summary>What is signed, zh-CN.</summary>
    string Title { get; }

    /// <summary>Judges every signature there is or has to be, from the store alone.</summary>
    IAsyncEnumerable<JudgedSignature> JudgeAsync(CancellationToken cancel = default);
}

/// <param name="Of">What was signed, zh-CN, for example the number of a list.</param>
/// <param name="Role">As what, zh-CN.</param>
/// <param name="StampedAt">Time of the timestamp authority; null without a valid timestamp.</param>
/// <param name="Authority">Common name of the certificate's issuer.</param>
/// <param name="Faults">Of the signature, and what it says otherwise than the rows beside it, zh-CN; empty when it holds.</param>
public sealed record JudgedSignature(string Of, string Role, string Signer, DateTimeOffset? StampedAt, string Authority, IReadOnlyList<string> Faults)
{
    /// <summary>Nothing is against it, but an authority that does not answer has still to say that its certificate was not revoked.</summary>
    public bool Pending { get; init; }

    /// <summary>Whose signature it is and what is against it, zh-CN.</summary>
    public string Says(string fault) => $"{Role} {Signer}".Trim() is { Length: > 0 } who ? $"{who}：{fault}" : fault;

    /// <summary>Over what, who, when, by whose certificate, and whether it holds; zh-CN.</summary>
    public string InWords(TimeZoneInfo zone)
    {
        var when = StampedAt is { } at ? $"，{TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}（可信时间戳），证书由 {Authority} 签发" : "";
        return $"{Of}：{Role} {Signer}{when} — {(Faults.Count > 0 ? "无效：" + string.Join("；", Faults) : Pending ? "待核：认证机构没有应答" : StampedAt is null ? "纸质签名" : "有效")}";
    }
}
