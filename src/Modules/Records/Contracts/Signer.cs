using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Canonical;
using Engine.Forms;
using Platform.Audit;

namespace Modules.Records.Contracts;

/// <summary>Who signed a form, how, when and what: each signer's record names the content signed and the signature before it.</summary>
/// <param name="Method">One of <see cref="SigningMethods"/>.</param>
/// <param name="Order">1 for the first signer of a form.</param>
/// <param name="Identity">How it is known who signed, in words.</param>
/// <param name="Content">SHA-256 of the submission's canonical JSON.</param>
/// <param name="Picture">SHA-256 of the picture of the handwriting; null without one.</param>
/// <param name="Sha256">SHA-256 of what was signed: this record's canonical JSON with the one of the signer before.</param>
internal sealed record Signer(
    string Role, string Label, string PersonId, string PersonName, string Method, DateTimeOffset At,
    int Order, string Identity, string Content, string? Picture, string Sha256)
{
    /// <summary>The picture itself, until it is stored; never part of the record.</summary>
    [JsonIgnore]
    public Handwriting? Drawn { get; init; }

    /// <summary>Opens the key of a member of staff, until the record is signed; never part of the record.</summary>
    [JsonIgnore]
    public string? Pin { get; init; }

    /// <summary>The record that signs <paramref name="content"/> after <paramref name="before"/>.</summary>
    public static Signer Of(FormSigner wanted, SignerProof proof, string content, IReadOnlyList<Signer> before)
    {
        var unsigned = new Signer(
            wanted.Role, wanted.Label, proof.PersonId, proof.PersonName, proof.Method, proof.At, before.Count + 1, proof.Identity, content,
            proof.Drawn?.Sha256, "") { Drawn = proof.Drawn, Pin = proof.Pin };
        return unsigned with { Sha256 = AuditTables.Sha256(unsigned.ToCanonicalJson(before.Count == 0 ? null : before[^1].Sha256)) };
    }

    /// <summary>The bytes that are hashed and go into the evidence log (RFC 8785).</summary>
    /// <param name="before">Hash of the signature before this one; null for the first.</param>
    public byte[] ToCanonicalJson(string? before) => CanonicalJson.Write(new JsonObject
    {
        ["content"] = Content, ["role"] = Role, ["person"] = PersonId, ["method"] = Method, ["identity"] = Identity,
        ["order"] = Order, ["at"] = At.ToUnixTimeMilliseconds(), ["picture"] = Picture, ["before"] = before,
    });
}

/// <summary>How somebody has shown who he is.</summary>
/// <param name="Method">One of <see cref="SigningMethods"/>.</param>
/// <param name="Identity">How it is known, in words.</param>
internal sealed record SignerProof(string PersonId, string PersonName, string Method, DateTimeOffset At, string Identity)
{
    public Handwriting? Drawn { get; init; }

    public string? Pin { get; init; }
}

internal static class SigningMethods
{
    public const string Pin = "pin";
    public const string Handwriting = "handwriting";

    /// <summary>Signed in ink on the printed form, which is kept.</summary>
    public const string Wet = "wet";

    /// <param name="electronic">Whether the PIN opened a key that signed.</param>
    public static string Title(string method, bool electronic) => method switch
    {
        Pin => electronic ? "数字证书签名" : "账号和 PIN",
        Handwriting => "手写签名",
        Wet => "纸质签名",
        _ => method,
    };
}
