using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Platform.Audit;

namespace Modules.Collection;

/// <summary>A hand-over with its donations, as both sides sign it.</summary>
/// <param name="Station">Name of the tenant.</param>
internal sealed record HandOverList(string Station, HandOver HandOver, IReadOnlyList<HandOverLine> Lines)
{
    /// <summary>Of the list's and the signed record's format; grow when their members change.</summary>
    private const string ListFormat = "hand-over/3", RecordFormat = "signed-hand-over/1";

    /// <summary>Canonical JSON (RFC 8785) of the list, by donation number.</summary>
    public byte[] ToCanonicalJson() => CanonicalJson.Write(Json());

    /// <summary>Canonical JSON (RFC 8785) one side signs: the list, as what he signs, and the signature before.</summary>
    /// <param name="before">CMS of the giver, for the taker; null for the giver.</param>
    public byte[] RecordFor(string role, byte[]? before) => CanonicalJson.Write(new JsonObject
    {
        ["format"] = RecordFormat, ["list"] = Json(),
        ["signer"] = new JsonObject
        {
            ["role"] = role, ["order"] = role == HandOverRoles.Giver ? 1 : 2, ["person"] = PersonOf(role), ["name"] = NameOf(role),
        },
        ["before"] = before is null ? null : AuditTables.Sha256(before),
    });

    public string PersonOf(string role) => role == HandOverRoles.Giver ? HandOver.GivenById : HandOver.TakenById;

    public string NameOf(string role) => UnicodeText.ToNfc(role == HandOverRoles.Giver ? HandOver.GivenBy : HandOver.TakenBy);

    private JsonObject Json()
    {
        var list = new JsonObject
        {
            ["number"] = HandOver.Number, ["givenBy"] = HandOver.GivenById, ["takenBy"] = HandOver.TakenById, ["remarks"] = HandOver.Remarks ?? "",
            ["donations"] = new JsonArray([.. Lines.OrderBy(l => l.DonationNumber, StringComparer.Ordinal).Select(l => (JsonNode)Json(l))]),
        };
        // The lists of before had nothing of this, and their leaves stand for what they had.
        if (HandOver.Method is not { } method) return list;
        (list["format"], list["station"], list["at"], list["method"]) = (ListFormat, Station, HandOver.At.ToUnixTimeMilliseconds(), method);
        return list;
    }

    private JsonObject Json(HandOverLine line)
    {
        var json = new JsonObject
        {
            ["donationNumber"] = line.DonationNumber, ["volume"] = new JsonObject { ["value"] = Amount(line.VolumeMl), ["unit"] = "mL" }, ["units"] = line.Units is { } units ? Amount(units) : "",
        };
        if (HandOver.Method is not null) json["donationType"] = line.DonationType;
        if (line.BloodGroup is { } group) json["bloodGroup"] = group;
        return json;
    }

    private static string Amount(decimal amount) => amount.ToString("0.##", CultureInfo.InvariantCulture);
}
