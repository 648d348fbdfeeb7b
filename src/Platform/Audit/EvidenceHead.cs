using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Platform.Audit;

/// <summary>What the evidence of a station was at a moment: signed and kept elsewhere too, it tells later whether an end was cut off.</summary>
/// <param name="Station">Name of the tenant.</param>
/// <param name="Leaves">Size of the evidence log.</param>
/// <param name="Root">Its root at that size (RFC 9162), lower-case hexadecimal.</param>
/// <param name="Audit">The audit at that moment.</param>
public sealed record EvidenceHead(string Station, DateTimeOffset At, long Leaves, string Root, AuditHead Audit)
{
    private const string Format = "evidence-head/1";

    /// <summary>Canonical JSON (RFC 8785).</summary>
    public byte[] ToCanonicalJson() => CanonicalJson.Write(new JsonObject
    {
        ["format"] = Format, ["station"] = Station, ["at"] = At.ToUnixTimeMilliseconds(), ["leaves"] = Leaves, ["root"] = Root,
        ["audit"] = new JsonObject { ["last"] = Audit.Last, ["count"] = Audit.Count, ["sha256"] = Audit.Sha256, ["open"] = new JsonArray([.. Audit.Open.Select(id => (JsonNode)id)]) },
    });

    /// <summary>Null when these bytes are no head.</summary>
    public static EvidenceHead? Read(byte[] json)
    {
        try
        {
            var head = JsonNode.Parse(json)!.AsObject();
            if (head["format"]!.GetValue<string>() != Format) return null;
            var audit = head["audit"]!.AsObject();
            return new EvidenceHead(
                head["station"]!.GetValue<string>(), DateTimeOffset.FromUnixTimeMilliseconds(head["at"]!.GetValue<long>()), head["leaves"]!.GetValue<long>(), head["root"]!.GetValue<string>(),
                new AuditHead(audit["last"]!.GetValue<long>(), audit["count"]!.GetValue<long>(), audit["sha256"]!.GetValue<string>(), [.. audit["open"]!.AsArray().Select(id => id!.GetValue<long>())]));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            return null;
        }
    }
}

/// <param name="Last">Highest number of an entry; 0 without any.</param>
/// <param name="Count">Entries up to it.</param>
/// <param name="Sha256">Over number and seal of each, by number; lower-case hexadecimal.</param>
/// <param name="Open">Numbers shortly before the last that were missing: given to somebody who was still writing, or had given up. Not part of the rest.</param>
public sealed record AuditHead(long Last, long Count, string Sha256, IReadOnlyList<long> Open);
