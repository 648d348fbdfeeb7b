using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Platform.Publishing.Changes;

/// <summary>A conflict in one of a change's documents.</summary>
/// <param name="Key">By which a decision names it.</param>
public sealed record ChangeConflict(string Key, string File, MergeConflict Conflict);

/// <summary>合并: takes what has come into force since a change was begun into it, element by element. It becomes another revision: what was checked and approved before does not count for it.</summary>
public sealed class MergeChange(ChangeBook book, ChangeBase bases, WriteChange write, Publisher publisher)
{
    private const string Whole = "$";

    /// <param name="decided">Which side a person has chosen, by <see cref="ChangeConflict.Key"/>.</param>
    /// <returns>Conflicts nobody has decided; with any of them nothing is saved.</returns>
    public async Task<IReadOnlyList<ChangeConflict>> RunAsync(Guid id, int? seen, IReadOnlyDictionary<string, MergeSide> decided, ChangeActor author, CancellationToken cancel = default)
    {
        var opened = await book.FindAsync(id, cancel) ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单，请用 changes list 查看");
        var (body, conflicts) = await MergedAsync(opened, decided, cancel);
        if (conflicts.Count > 0) return conflicts;
        await write.SaveAsync(id, seen ?? opened.Change.Revision, current => KeptAsync(current.Body, body, cancel), "合并已生效的修改", author, cancel);
        return [];
    }

    /// <summary>Whether something has come into force since the change was begun.</summary>
    public async Task<bool> IsBehindAsync(OpenedChange opened, CancellationToken cancel = default)
    {
        foreach (var document in opened.Body.Documents)
            if ((await bases.StandingAsync(document.Kind, document.Name, document.Layer, cancel))?.Hash != document.BaseHash) return true;
        return false;
    }

    private sealed record Merged(ChangedDocument Document, string? Text, string? Cases);

    private async Task<(List<Merged> Documents, List<ChangeConflict> Conflicts)> MergedAsync(OpenedChange opened, IReadOnlyDictionary<string, MergeSide> decided, CancellationToken cancel)
    {
        var (documents, conflicts) = (new List<Merged>(), new List<ChangeConflict>());
        foreach (var document in opened.Body.Documents)
        {
            var standing = await bases.StandingAsync(document.Kind, document.Name, document.Layer, cancel);
            var text = document.Text is { } sha ? await book.TextAsync(sha, cancel) : null;
            var mine = new Merged(document with { BaseHash = standing?.Hash }, text, await book.CasesAsync(document, cancel));
            if (standing?.Hash == document.BaseHash) documents.Add(mine);
            else if (text is null || standing is null) WholeDocument(mine, standing, decided, documents, conflicts);
            else documents.Add(Elements(mine, (await bases.VersionAsync(document, cancel), standing), decided, conflicts));
        }
        return (documents, conflicts);
    }

    /// <summary>One side has ended the document, the other has changed it.</summary>
    private void WholeDocument(Merged mine, PublishedDocument? standing, IReadOnlyDictionary<string, MergeSide> decided, List<Merged> documents, List<ChangeConflict> conflicts)
    {
        var (file, key) = KeyOf(mine.Document, Whole);
        if (!decided.TryGetValue(key, out var side)) conflicts.Add(new ChangeConflict(key, file, new MergeConflict(Whole, "整份文档", null, mine.Text is null ? null : "保留", standing is null ? null : "保留")));
        else if (side == MergeSide.Mine) documents.Add(mine);
    }

    private Merged Elements(Merged mine, (PublishedDocument? Base, PublishedDocument Standing) of, IReadOnlyDictionary<string, MergeSide> decided, List<ChangeConflict> conflicts)
    {
        var text = Merge(mine.Document, mine.Document.Kind, (of.Base?.Json, mine.Text, of.Standing.Json), decided, conflicts);
        var cases = mine.Cases is null && of.Standing.CasesJson is null ? null
            : Merge(mine.Document, ElementShapes.CasesKind, (of.Base?.CasesJson, mine.Cases, of.Standing.CasesJson), decided, conflicts);
        return mine with { Text = text, Cases = cases };
    }

    private string Merge(ChangedDocument document, string kind, (string? Base, string? Mine, string? Theirs) of, IReadOnlyDictionary<string, MergeSide> decided, List<ChangeConflict> conflicts)
    {
        var prefix = KeyOf(document, kind == ElementShapes.CasesKind ? kind + ":" : "").Key;
        var chosen = decided.Where(d => d.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(d => d.Key[prefix.Length..], d => d.Value, StringComparer.Ordinal);
        var merging = MergeDocuments.Of(kind, (Read(of.Base), Read(of.Mine), Read(of.Theirs)), chosen);
        conflicts.AddRange(merging.Conflicts.Select(c => new ChangeConflict(prefix + c.Address, KeyOf(document, "").File, c)));
        return merging.Merged?.ToJsonString(ReadableJson.Options) ?? "null";
    }

    private (string File, string Key) KeyOf(ChangedDocument document, string address) =>
        document.Name + publisher.Kind(document.Kind).Suffix is var file ? (file, $"{document.Layer}/{file}|{address}") : default;

    private async Task<ChangeBody> KeptAsync(ChangeBody body, List<Merged> documents, CancellationToken cancel)
    {
        var kept = new List<ChangedDocument>();
        foreach (var (document, text, cases) in documents)
            kept.Add(document with { Text = text is null ? null : await book.KeepAsync(text, cancel), Cases = cases is null ? null : await book.KeepAsync(cases, cancel) });
        return body with { Documents = kept };
    }

    private static JsonNode? Read(string? json) => json is null ? null : JsonNode.Parse(json, documentOptions: Publisher.Lenient);
}
