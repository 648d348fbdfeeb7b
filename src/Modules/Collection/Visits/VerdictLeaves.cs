using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What the leaves of verdicts stand for: the verdicts of visits as they are stored now.</summary>
internal sealed class VerdictLeaves(Store store) : ILeafContent
{
    public const string Kind = "verdict";

    public IReadOnlyCollection<string> Kinds { get; } = [Kind];

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects,
        CancellationToken cancel)
    {
        var visits = subjects.Select(s => Subject.Parse(s).Id).ToList();
        var verdicts = await store.Set<StoredVerdict>().AsNoTracking().Where(v => visits.Contains(v.VisitId))
            .Select(v => new { v.VisitId, v.Json }).ToListAsync(cancel);
        return verdicts.Select(v => (Kind, new Subject(Visit.Kind, v.VisitId).ToString(), AuditTables.Sha256(v.Json))).ToHashSet();
    }
}
