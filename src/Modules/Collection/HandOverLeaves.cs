using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What the leaves of hand-overs stand for: the list both sides have signed, made anew from its rows, so that a line taken away shows too.</summary>
internal sealed class HandOverLeaves(Store store) : ILeafContent
{
    public const string Kind = "hand-over";
    private const string Prefix = "hand-over:";

    public IReadOnlyCollection<string> Kinds { get; } = [Kind];

    public static string Subject(Guid handOver) => Prefix + handOver;

    /// <summary>Canonical JSON (RFC 8785) of the list, by donation number.</summary>
    public static byte[] ContentOf(string number, string giver, string taker, string remarks, IEnumerable<(string Number, decimal VolumeMl, decimal? Units)> donations) => CanonicalJson.Write(new JsonObject
    {
        ["number"] = number, ["givenBy"] = giver, ["takenBy"] = taker, ["remarks"] = remarks,
        ["donations"] = new JsonArray([.. donations.OrderBy(d => d.Number, StringComparer.Ordinal).Select(d => (JsonNode)new JsonObject
        {
            ["donationNumber"] = d.Number, ["volume"] = new JsonObject { ["value"] = Amount(d.VolumeMl), ["unit"] = "mL" }, ["units"] = d.Units is { } units ? Amount(units) : "",
        })]),
    });

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        var ids = subjects.Select(s => Guid.Parse(s.AsSpan(Prefix.Length))).ToList();
        var rows = await store.Set<HandOver>().AsNoTracking().Where(h => ids.Contains(h.Id)).ToListAsync(cancel);
        var lines = (await store.Set<HandOverLine>().AsNoTracking().Where(l => ids.Contains(l.HandOverId)).ToListAsync(cancel)).ToLookup(l => l.HandOverId);
        return rows.Select(h => (Kind, Subject(h.Id), AuditTables.Sha256(ContentOf(h.Number, h.GivenById, h.TakenById, h.Remarks ?? "", lines[h.Id].Select(l => (l.DonationNumber, l.VolumeMl, l.Units)))))).ToHashSet();
    }

    private static string Amount(decimal amount) => amount.ToString("0.##", CultureInfo.InvariantCulture);
}
