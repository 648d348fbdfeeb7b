using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.Publishing.Changes;

/// <summary>A change with its last content.</summary>
public sealed record OpenedChange(Change Change, ChangeBody Body, IReadOnlyList<ChangeRevision> Revisions)
{
    public EditHistory History => EditHistory.Of(Revisions.Select(r => (r.Number, r.Act)));

    public IReadOnlyList<StatedPerson> Authors => [.. Revisions.Select(r => new StatedPerson(r.PersonId, r.PersonToken)).Distinct()];

    public string Subject => SubjectOf(Change.Id);

    public static string SubjectOf(Guid change) => "change:" + change;
}

/// <summary>Reads changes, and keeps the texts in them.</summary>
public sealed class ChangeBook(Store store)
{
    /// <summary>To be written to.</summary>
    /// <exception cref="PublishingRefusedException">There is none.</exception>
    public async Task<OpenedChange> OpenAsync(Guid id, CancellationToken cancel = default)
    {
        var change = await store.Set<Change>().SingleOrDefaultAsync(c => c.Id == id, cancel)
            ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单，请用 changes list 查看");
        // Whoever read it before in this request read what held then.
        await store.Entry(change).ReloadAsync(cancel);
        return await WithRevisionsAsync(change, cancel);
    }

    /// <summary>To be shown; null when there is none.</summary>
    public async Task<OpenedChange?> FindAsync(Guid id, CancellationToken cancel = default) =>
        await store.Set<Change>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel) is { } change ? await WithRevisionsAsync(change, cancel) : null;

    private async Task<OpenedChange> WithRevisionsAsync(Change change, CancellationToken cancel)
    {
        var revisions = await store.Set<ChangeRevision>().AsNoTracking().Where(r => r.ChangeId == change.Id).OrderBy(r => r.Number).ToListAsync(cancel);
        return new OpenedChange(change, ChangeBody.Read(revisions[^1].BodyJson), revisions);
    }

    /// <exception cref="DamagedValueException">It is not what was kept, or is gone.</exception>
    public async Task<string> TextAsync(string sha256, CancellationToken cancel = default)
    {
        var text = await store.Set<ChangeText>().AsNoTracking().Where(t => t.Sha256 == sha256).Select(t => t.Text).SingleOrDefaultAsync(cancel);
        return text is not null && AuditTables.Sha256(text) == sha256 ? text : throw new DamagedValueException("变更单中的文档内容已被改动或删去");
    }

    public async Task<string?> CasesAsync(ChangedDocument document, CancellationToken cancel = default) => document.Cases is { } cases ? await TextAsync(cases, cancel) : null;

    /// <summary>Keeps a text inside the caller's transaction.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> KeepAsync(string text, CancellationToken cancel = default)
    {
        var sha256 = AuditTables.Sha256(text);
        await store.Database.ExecuteSqlAsync($"""INSERT INTO change_texts ("Sha256", "Text") VALUES ({sha256}, {text}) ON CONFLICT DO NOTHING""", cancel);
        return sha256;
    }

    /// <summary>Whether an approved change has taken this one back.</summary>
    public Task<bool> IsTakenBackAsync(Guid id, DateTimeOffset now, CancellationToken cancel = default) =>
        store.Set<Change>().AnyAsync(c => c.TakesBack == id && c.State == ChangeState.Approved && c.InForceFrom <= now, cancel);

    public Task<List<ChangeApproval>> ApprovalsAsync(Guid id, CancellationToken cancel = default) =>
        store.Set<ChangeApproval>().AsNoTracking().Where(a => a.ChangeId == id).OrderBy(a => a.At).ToListAsync(cancel);

    /// <summary>What was looked at last in this revision; null when nothing was.</summary>
    public Task<ChangeCheck?> LastCheckAsync(Change change, CancellationToken cancel = default) =>
        store.Set<ChangeCheck>().AsNoTracking().Where(c => c.ChangeId == change.Id && c.Revision == change.Revision).OrderByDescending(c => c.At).FirstOrDefaultAsync(cancel);
}
