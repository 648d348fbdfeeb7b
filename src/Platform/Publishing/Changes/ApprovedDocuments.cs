using Platform.Audit;

namespace Platform.Publishing.Changes;

public enum ConfigurationFaultKind
{
    /// <summary>A document nobody has approved; it is passed over.</summary>
    Forged,

    /// <summary>A document that is not what was approved.</summary>
    Altered,

    /// <summary>A document that was approved and is not there.</summary>
    Missing,
}

/// <summary>Where the documents of a store are not what verifying approvals say.</summary>
/// <param name="Document">Kind and name.</param>
/// <param name="From">First instant at which it matters; null: never in force.</param>
/// <param name="To">First instant at which it does not matter any more.</param>
public sealed record ConfigurationFault(ConfigurationFaultKind Kind, Guid Id, string Document, DateTimeOffset? From, DateTimeOffset? To)
{
    public string Words => Kind switch
    {
        ConfigurationFaultKind.Forged => $"{Document} 没有有效的批准，没有生效：它不是经变更单写入的",
        ConfigurationFaultKind.Altered => $"{Document} 与批准的内容不符：批准后被改动",
        _ => $"{Document} 已经批准，却不在了：被删去",
    };

    /// <summary>What holds at the instant is not known for certain.</summary>
    public bool Stops(DateTimeOffset instant) => Kind != ConfigurationFaultKind.Forged && From <= instant && !(To <= instant);
}

/// <param name="Documents">Those that are as approved.</param>
public sealed record VerifiedDocuments(IReadOnlyList<PublishedDocument> Documents, IReadOnlyList<ConfigurationFault> Faults);

/// <summary>Which documents verifying approvals carry.</summary>
public static class ApprovedDocuments
{
    /// <param name="rows">Documents as they are stored.</param>
    /// <param name="approvals">Those whose seal holds.</param>
    public static VerifiedDocuments Of(IReadOnlyCollection<PublishedDocument> rows, IEnumerable<ChangeApproval> approvals)
    {
        var (stated, ended) = Carried(approvals);
        var byId = rows.ToDictionary(r => r.Id);
        var (documents, faults) = (new List<PublishedDocument>(), new List<ConfigurationFault>());
        foreach (var row in rows)
        {
            var name = $"{row.Kind} {row.Name}";
            if (!stated.TryGetValue(row.Id, out var told)) faults.Add(new ConfigurationFault(ConfigurationFaultKind.Forged, row.Id, name, row.EffectiveFrom, row.EffectiveTo));
            else if (Matches(row, told, ended)) documents.Add(row);
            else faults.Add(new ConfigurationFault(ConfigurationFaultKind.Altered, row.Id, name, told.From, ended.TryGetValue(row.Id, out var end) ? end : told.To));
        }
        faults.AddRange(stated.Where(s => !byId.ContainsKey(s.Key)).Select(s =>
            new ConfigurationFault(ConfigurationFaultKind.Missing, s.Key, $"{s.Value.Kind} {s.Value.Name}", s.Value.From, ended.TryGetValue(s.Key, out var to) ? to : s.Value.To)));
        return new VerifiedDocuments(documents, faults);
    }

    private static (Dictionary<Guid, StatedDocument> Stated, Dictionary<Guid, DateTimeOffset> Ended) Carried(IEnumerable<ChangeApproval> approvals)
    {
        var (stated, ended) = (new Dictionary<Guid, StatedDocument>(), new Dictionary<Guid, DateTimeOffset>());
        var complete = approvals.GroupBy(a => a.StatementJson, StringComparer.Ordinal).Select(g => (Statement: ApprovalStatement.Read(g.Key), Rows: g.ToList()))
            .Where(g => g.Statement is not null).Select(g => (Statement: g.Statement!, At: CompleteAt(g.Statement!, g.Rows), g.Rows[^1].Id)).Where(g => g.At is not null);
        // A document of the province arrives again when it ends there: the last word holds.
        foreach (var (statement, completed, _) in complete.OrderBy(g => g.At).ThenBy(g => g.Id))
        {
            var at = statement.From ?? completed!.Value;
            foreach (var document in statement.Documents) stated[document.Id] = document with { From = document.From ?? at };
            foreach (var id in statement.Ends)
                if (!ended.TryGetValue(id, out var before) || at < before) ended[id] = at;
        }
        return (stated, ended);
    }

    /// <summary>When the last of the needed rights came; null while one is missing.</summary>
    public static DateTimeOffset? CompleteAt(ApprovalStatement statement, IReadOnlyList<ChangeApproval> approvals)
    {
        var missing = statement.Needs.ToHashSet(StringComparer.Ordinal);
        if (missing.Count == 0) return null;
        foreach (var approval in approvals.Where(a => a.ChangeId == statement.Change && !IsAuthor(statement, a)).OrderBy(a => a.At))
        {
            missing.ExceptWith(approval.Rights.Split(' '));
            if (missing.Count == 0) return approval.At;
        }
        return null;
    }

    private static bool IsAuthor(ApprovalStatement statement, ChangeApproval approval) =>
        statement.Authors.Any(a => a.Id == approval.PersonId || (a.Token is not null && a.Token == approval.PersonToken));

    private static bool Matches(PublishedDocument row, StatedDocument told, Dictionary<Guid, DateTimeOffset> ended) =>
        (row.Kind, row.Name, row.Layer, row.Hash) == (told.Kind, told.Name, told.Layer, told.Hash) && row.EffectiveFrom == told.From
        && row.EffectiveTo == (ended.TryGetValue(told.Id, out var at) ? at : told.To) && CasesOf(row) == told.Cases && HashOf(row) == row.Hash;

    public static string? CasesOf(PublishedDocument row) => row.CasesJson is { } cases ? AuditTables.Sha256(cases) : null;

    private static string? HashOf(PublishedDocument row)
    {
        try
        {
            return Publisher.HashOf(row.Json);
        }
        catch (DocumentException)
        {
            return null;
        }
    }
}
