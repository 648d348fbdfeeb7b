using System.Text.Json;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing.Changes;

/// <summary>What would be in force with a change, and what is wrong with that.</summary>
/// <param name="At">The instant looked at: the change's own, or now.</param>
/// <param name="Documents">As they would be published.</param>
/// <param name="Ends">Versions that would end.</param>
/// <param name="SetHash">Of the whole set in force then.</param>
/// <param name="Revision">Of the configuration all this was worked out from.</param>
public sealed record ChangeOutcome(DateTimeOffset At, IReadOnlyList<PublishedDocument> Documents, IReadOnlyList<PublishedDocument> Ends, string SetHash, IReadOnlyList<SetFinding> Findings, long Revision);

/// <summary>Looks at the whole set that would be in force together, at the change's instant and at every later one already scheduled.</summary>
public sealed class CheckChange(Store store, ChangeBook book, Configuration configuration, Publisher publisher, SetClaims claims, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Looks, and keeps what was found.</summary>
    /// <exception cref="PublishingRefusedException">The change is not open any more.</exception>
    public async Task<ChangeOutcome> RunAsync(Guid id, Actor by, CancellationToken cancel = default)
    {
        var outcome = await OutcomeAsync(await book.FindAsync(id, cancel) ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单"), cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var opened = await book.OpenAsync(id, cancel);
        var (next, refusal) = ChangeStates.After(opened.Change.State, outcome.Findings.Count == 0 ? ChangeAct.Pass : ChangeAct.Fail);
        if (refusal is not null) throw new PublishingRefusedException(refusal);
        opened.Change.State = next;
        await KeepAsync(opened.Change, outcome, cancel);
        store.Add(by.Did("检查变更单", opened.Subject, clock.GetUtcNow(), new AuditChange(New: $"{opened.Change.Number} {(outcome.Findings.Count == 0 ? "没有发现问题" : $"{outcome.Findings.Count} 处问题")}")));
        await transaction.CommitAsync(cancel);
        return outcome;
    }

    public static IReadOnlyList<SetFinding> FindingsOf(ChangeCheck check) => JsonSerializer.Deserialize<List<SetFinding>>(check.FindingsJson)!;

    /// <summary>Works it out and writes nothing.</summary>
    public async Task<ChangeOutcome> OutcomeAsync(OpenedChange opened, CancellationToken cancel = default)
    {
        var prepared = await PrepareAsync(opened, cancel);
        return prepared with
        {
            Findings =
            [
                .. prepared.Findings.Concat(await publisher.FindingsAsync(prepared.Documents, prepared.Ends, prepared.At, cancel))
                    .Concat(await claims.ConflictsAsync(claims.Of(prepared.Documents), cancel)).Distinct(),
            ],
        };
    }

    /// <summary>What would be in force, without looking into it: only what is wrong with the change itself is found.</summary>
    public async Task<ChangeOutcome> PrepareAsync(OpenedChange opened, CancellationToken cancel = default)
    {
        var (now, revision, stored) = (Milliseconds(clock.GetUtcNow()), await configuration.RevisionAsync(cancel), await configuration.ApprovedAsync(cancel));
        var at = opened.Body.From is { } from && from > now ? from : now;
        var zone = StationSettings.Of(await configuration.AtAsync(at, cancel)).TimeZone;
        var (documents, ends, findings) = (new List<PublishedDocument>(), new List<PublishedDocument>(), new List<SetFinding>());
        if (opened.Body.From < now) findings.Add(new SetFinding("变更单", "$.from", "生效时刻已经过去", "请改为以后的时刻，或“批准后立即生效”"));
        if (opened.Body.Documents.Count == 0) findings.Add(new SetFinding("变更单", "$", "变更单里没有任何修改", "请先修改，再检查"));
        foreach (var changed in opened.Body.Documents)
        {
            var versions = stored.Where(d => (d.Kind, d.Name, d.Layer) == (changed.Kind, changed.Name, changed.Layer)).ToList();
            // What is scheduled and is taken back before it begins never begins; nothing is put in its place.
            var scheduled = versions.Where(d => d.ChangeId is not null && d.ChangeId == opened.Change.TakesBack && d.EffectiveFrom > at).ToList();
            ends.AddRange(scheduled);
            if (scheduled.Count > 0) continue;
            findings.AddRange(Standing(changed, versions, at));
            if (changed.Ends) ends.AddRange(versions.Where(d => d.EffectiveTo is not { } to || to > at));
            else
            {
                var document = await DocumentAsync(opened, changed, at, zone, cancel);
                findings.AddRange(DocumentDates.Findings(publisher.FileOf(document), changed.FirstDay, changed.LastDay, DocumentDates.DayOf(at, zone)));
                documents.Add(document);
            }
        }
        return new ChangeOutcome(at, documents, ends, Publisher.SetHash(stored, documents, ends, at), findings, revision);
    }

    public static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private async Task<PublishedDocument> DocumentAsync(OpenedChange opened, ChangedDocument changed, DateTimeOffset at, TimeZoneInfo zone, CancellationToken cancel)
    {
        var file = new DocumentFile(await book.TextAsync(changed.Text!, cancel), null, null, changed.LastDay, false);
        var document = await publisher.DetachedAsync(new NewDraft(changed.Kind, changed.Name, changed.Layer, file, await book.CasesAsync(changed, cancel), opened.Change.AuthorAccount) { Id = IdOf(opened.Change.Id, changed), ChangeId = opened.Change.Id }, cancel);
        (document.EffectiveFrom, document.EffectiveTo) = (at, DocumentDates.End(changed.LastDay, zone));
        return document;
    }

    /// <summary>One row for one content of one document of one change, whoever approves it and however often it is worked out: what is kept by the ids of a set never serves another content.</summary>
    private static Guid IdOf(Guid change, ChangedDocument document) =>
        new(Convert.FromHexString(AuditTables.Sha256($"{change}|{document.Kind}|{document.Layer}|{document.Name}|{document.Text}|{document.Cases}|{document.LastDay:O}"))[..16]);

    /// <summary>What has come into force since the change was begun, or will later.</summary>
    private IEnumerable<SetFinding> Standing(ChangedDocument changed, List<PublishedDocument> versions, DateTimeOffset at)
    {
        var file = changed.Name + publisher.Kind(changed.Kind).Suffix;
        var standing = InForceAt.Select(versions, at).SingleOrDefault();
        if (standing?.Hash != changed.BaseHash) yield return new SetFinding(file, "$", "起草以后，另一份变更单已经改了这份文档", "请合并：改同一处的须选定一方");
        if (versions.Where(d => d.EffectiveFrom > at && !(d.EffectiveTo <= d.EffectiveFrom)).MinBy(d => d.EffectiveFrom) is { } later)
            yield return new SetFinding(file, "$", $"另一份变更单已排期修改这份文档（{later.EffectiveFrom:yyyy-MM-dd HH:mm} UTC），到时会盖住这里的修改", "请先收回那份变更单，或改在它之后生效");
    }

    private async Task KeepAsync(Change change, ChangeOutcome outcome, CancellationToken cancel)
    {
        if (await store.FindAsync<ChangeCheck>([change.Id, change.Revision, outcome.SetHash], cancel) is { } before) store.Remove(before);
        await store.SaveChangesAsync(cancel);
        store.Add(new ChangeCheck { ChangeId = change.Id, Revision = change.Revision, SetHash = outcome.SetHash, At = clock.GetUtcNow(), FindingsJson = JsonSerializer.Serialize(outcome.Findings, Plain) });
    }
}
