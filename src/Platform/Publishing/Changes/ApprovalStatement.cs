using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Platform.Publishing.Changes;

/// <summary>A document that an approval puts in force.</summary>
/// <param name="Hash">Canonical hash of its content.</param>
/// <param name="Cases">SHA-256 of its cases; null without.</param>
/// <param name="From">First instant in force where it is not that of the whole: at set-up each document has its own.</param>
/// <param name="To">First instant no longer in force.</param>
public sealed record StatedDocument(Guid Id, string Kind, string Name, DocumentLayer Layer, string Hash, string? Cases, DateTimeOffset? From, DateTimeOffset? To);

/// <param name="Token">Null where nobody has said which person it is.</param>
public sealed record StatedPerson(string Id, string? Token);

/// <summary>What is approved: all of it or nothing. Two who approve the same say the same text.</summary>
/// <param name="Set">Hash of the whole set that is in force then: kind, name, layer and content of every document.</param>
/// <param name="From">First instant in force; null: when the last needed approval is given.</param>
/// <param name="Ends">Documents no longer in force from then.</param>
/// <param name="Authors">Everybody who has saved a revision.</param>
/// <param name="Needs">Rights that have to be there, sorted.</param>
public sealed record ApprovalStatement(
    string Tenant, Guid Change, string Set, DateTimeOffset? From, IReadOnlyList<StatedDocument> Documents, IReadOnlyList<Guid> Ends, IReadOnlyList<StatedPerson> Authors, IReadOnlyList<string> Needs)
{
    private const string Format = "change-approval/1";

    /// <summary>The one right the first set-up needs; nobody has it but the product.</summary>
    public const string SetUp = "set-up";

    /// <summary>The one right by which documents of the province are in force at a station: they were approved there.</summary>
    public const string FromProvince = "from-province";

    /// <summary>Canonical JSON (RFC 8785).</summary>
    public string ToJson() => Encoding.UTF8.GetString(CanonicalJson.Write(new JsonObject
    {
        ["format"] = Format, ["tenant"] = Tenant, ["change"] = Change.ToString(), ["set"] = Set, ["from"] = Milliseconds(From),
        ["documents"] = new JsonArray([.. Documents.OrderBy(d => d.Id).Select(d => new JsonObject
        {
            ["id"] = d.Id.ToString(), ["kind"] = d.Kind, ["name"] = d.Name, ["layer"] = d.Layer.ToString(), ["hash"] = d.Hash, ["cases"] = d.Cases, ["from"] = Milliseconds(d.From), ["to"] = Milliseconds(d.To),
        })]),
        ["ends"] = new JsonArray([.. Ends.Order().Select(id => (JsonNode)id.ToString())]),
        ["authors"] = new JsonArray([.. Authors.OrderBy(a => a.Id, StringComparer.Ordinal).Select(a => new JsonObject { ["id"] = a.Id, ["token"] = a.Token })]),
        ["needs"] = new JsonArray([.. Needs.Order(StringComparer.Ordinal).Select(n => (JsonNode)n)]),
    }));

    /// <summary>Null where the text is no statement.</summary>
    public static ApprovalStatement? Read(string text)
    {
        try
        {
            var json = JsonNode.Parse(text)!.AsObject();
            if (json["format"]!.GetValue<string>() != Format) return null;
            return new ApprovalStatement(
                json["tenant"]!.GetValue<string>(), Guid.Parse(json["change"]!.GetValue<string>()), json["set"]!.GetValue<string>(), Instant(json["from"]),
                [.. json["documents"]!.AsArray().Select(d => Document(d!))], [.. json["ends"]!.AsArray().Select(e => Guid.Parse(e!.GetValue<string>()))],
                [.. json["authors"]!.AsArray().Select(a => new StatedPerson(a!["id"]!.GetValue<string>(), a["token"]?.GetValue<string>()))], [.. json["needs"]!.AsArray().Select(n => n!.GetValue<string>())]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            return null;
        }
    }

    private static StatedDocument Document(JsonNode d) => new(
        Guid.Parse(d["id"]!.GetValue<string>()), d["kind"]!.GetValue<string>(), d["name"]!.GetValue<string>(), Enum.Parse<DocumentLayer>(d["layer"]!.GetValue<string>()),
        d["hash"]!.GetValue<string>(), d["cases"]?.GetValue<string>(), Instant(d["from"]), Instant(d["to"]));

    private static JsonNode? Milliseconds(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();

    private static DateTimeOffset? Instant(JsonNode? ms) => ms is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(ms.GetValue<long>());
}
