using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>What the leaves of the archive stand for: the digest of each package.</summary>
internal sealed class ArchiveLeaves(Store store) : ILeafContent
{
    public const string Kind = "archive";
    private const string Prefix = "archive:";

    public IReadOnlyCollection<string> Kinds { get; } = [Kind];

    public static string Subject(Guid item) => Prefix + item;

    public static byte[] ContentOf(string sha256) => Convert.FromHexString(sha256);

    public async Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        var items = subjects.Select(s => Guid.Parse(s.AsSpan(Prefix.Length))).ToList();
        var versions = await store.Set<ArchiveVersion>().AsNoTracking().Where(v => items.Contains(v.ItemId)).Select(v => new { v.ItemId, v.Sha256 }).ToListAsync(cancel);
        return versions.Select(v => (Kind, Subject(v.ItemId), AuditTables.Sha256(ContentOf(v.Sha256)))).ToHashSet();
    }
}
