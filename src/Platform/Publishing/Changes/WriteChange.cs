using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.Publishing.Changes;

/// <summary>A document as it is put into a change.</summary>
/// <param name="Text">Its content; null: it ends.</param>
/// <param name="CasesText">Its cases; null without.</param>
public sealed record DocumentEdit(string Kind, string Name, DocumentLayer Layer, string? Text, string? CasesText = null, DateOnly? FirstDay = null, DateOnly? LastDay = null);

/// <param name="From">First instant in force; null: as soon as it is approved.</param>
/// <param name="TakesBack">The change this one takes back.</param>
public sealed record NewChange(string Title, string Reason, string Entry, DateTimeOffset? From, Guid? TakesBack = null);

/// <summary>Writes changes: every save is a revision of its own and names the one that was seen.</summary>
public sealed class WriteChange(Store store, ChangeBook book, ChangeBase bases, Publisher publisher, TimeProvider clock)
{
    public const int LongestTitle = 80;
    public const int LongestReason = 500;

    /// <summary>Characters of a document or its cases.</summary>
    public const int LongestText = 2_000_000;

    private const string NumberSeries = "changes:";

    /// <exception cref="PublishingRefusedException">The person may not draft this, or the words are not fit.</exception>
    public async Task<Change> NewAsync(NewChange wanted, IReadOnlyList<DocumentEdit> edits, ChangeActor author, CancellationToken cancel = default)
    {
        var body = new ChangeBody(Fit("标题", wanted.Title, LongestTitle), Fit("理由", wanted.Reason, LongestReason), wanted.From, []);
        if (edits.Count == 0 && !DraftRights.Any(author.May)) throw new PublishingRefusedException($"{author.Account} 没有起草任何配置的权限（{string.Join("、", DraftRights)}）：请由有权限的人员操作。");
        Refuse(edits, author);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var now = clock.GetUtcNow();
        var number = await store.NextNumberAsync($"{NumberSeries}{now:yyyy}", cancel);
        var change = new Change
        {
            Id = Guid.CreateVersion7(), Number = $"{now:yyyy}-{number:0000}", Entry = wanted.Entry, AuthorId = author.Id, AuthorName = author.Name, AuthorAccount = author.Account, CreatedAt = now, Title = body.Title, TakesBack = wanted.TakesBack,
        };
        store.Add(change);
        foreach (var edit in edits) body = body.With(await KeepAsync(edit, null, cancel));
        Add(change, new Step(RevisionAct.Edit, body, "新建变更单"), author);
        await transaction.CommitAsync(cancel);
        return change;
    }

    /// <param name="seen">Number of the revision the person has seen.</param>
    /// <param name="what">What is done, zh-CN.</param>
    /// <exception cref="PublishingRefusedException">Somebody else has saved meanwhile, or the change is not open any more.</exception>
    public Task<Change> SaveAsync(Guid id, int? seen, IReadOnlyList<DocumentEdit> edits, string what, ChangeActor author, CancellationToken cancel = default) =>
        StepAsync(id, seen, author, async opened =>
        {
            Refuse(edits, author);
            var body = opened.Body;
            foreach (var edit in edits) body = body.With(await KeepAsync(edit, body.Find(edit.Kind, edit.Name, edit.Layer)?.BaseHash, cancel));
            return new Step(RevisionAct.Edit, body, what);
        }, cancel);

    /// <summary>Another title, reason or instant, or a document taken out.</summary>
    public Task<Change> SaveAsync(Guid id, int? seen, Func<ChangeBody, ChangeBody> edit, string what, ChangeActor author, CancellationToken cancel = default) =>
        StepAsync(id, seen, author, opened => Task.FromResult(new Step(RevisionAct.Edit, edit(opened.Body), what)), cancel);

    /// <summary>A body worked out from what stands now.</summary>
    internal Task<Change> SaveAsync(Guid id, int? seen, Func<OpenedChange, Task<ChangeBody>> edit, string what, ChangeActor author, CancellationToken cancel) =>
        StepAsync(id, seen, author, async opened => new Step(RevisionAct.Edit, await edit(opened), what), cancel);

    public Task<Change> UndoAsync(Guid id, int? seen, ChangeActor author, CancellationToken cancel = default) =>
        StepAsync(id, seen, author, opened => Task.FromResult(Moved(opened, RevisionAct.Undo, opened.History.Back, "没有可以撤销的修改")), cancel);

    public Task<Change> RedoAsync(Guid id, int? seen, ChangeActor author, CancellationToken cancel = default) =>
        StepAsync(id, seen, author, opened => Task.FromResult(Moved(opened, RevisionAct.Redo, opened.History.Forward, "没有可以重做的修改")), cancel);

    private sealed record Step(RevisionAct Act, ChangeBody Body, string What);

    private IEnumerable<string> DraftRights => publisher.Kinds.Select(k => k.Rights.Draft).Distinct(StringComparer.Ordinal);

    private static Step Moved(OpenedChange opened, RevisionAct act, IReadOnlyList<int> to, string none)
    {
        if (to.Count == 0) throw new PublishingRefusedException(none);
        var target = opened.Revisions[to[^1] - 1];
        return new Step(act, ChangeBody.Read(target.BodyJson), act == RevisionAct.Undo ? $"撤销：{opened.Revisions[opened.History.Current - 1].What}" : $"重做：{target.What}");
    }

    private async Task<Change> StepAsync(Guid id, int? seen, ChangeActor author, Func<OpenedChange, Task<Step>> step, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var opened = await book.OpenAsync(id, cancel);
        var (next, refusal) = ChangeStates.After(opened.Change.State, ChangeAct.Edit);
        if (refusal is not null) throw new PublishingRefusedException(refusal);
        if (seen is { } revision && revision != opened.Change.Revision)
            throw new PublishingRefusedException($"没有保存：您看到的是第 {revision} 次修改，{opened.Revisions[^1].PersonName} 已保存了第 {opened.Change.Revision} 次（{opened.Revisions[^1].What}）。请看过之后再改。");
        Add(opened.Change, await step(opened), author);
        opened.Change.State = next;
        try
        {
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException e) when (Race.Lost(e))
        {
            throw new PublishingRefusedException("没有保存：另一人刚刚保存了这份变更单。请看过之后再改。");
        }
        return opened.Change;
    }

    private void Add(Change change, Step step, ChangeActor author)
    {
        var now = clock.GetUtcNow();
        change.Revision++;
        change.Title = Fit("标题", step.Body.Title, LongestTitle);
        foreach (var document in step.Body.Documents) Require(document.Kind, author);
        store.Add(new ChangeRevision
        {
            ChangeId = change.Id, Number = change.Revision, Act = step.Act, BodyJson = step.Body.ToJson(), What = step.What, PersonId = author.Id, PersonName = author.Name, PersonToken = author.Person.Token, At = now,
        });
        store.Add(new Actor(author.Id, author.Name).Did(change.Revision == 1 ? "新建变更单" : "修改变更单", OpenedChange.SubjectOf(change.Id), now, new AuditChange(New: $"{change.Number} {step.What}")));
    }

    /// <param name="base">What it was begun from, where the change has it already.</param>
    private async Task<ChangedDocument> KeepAsync(DocumentEdit edit, string? @base, CancellationToken cancel) => new(
        edit.Kind, edit.Name, edit.Layer, @base ?? (await bases.StandingAsync(edit.Kind, edit.Name, edit.Layer, cancel))?.Hash,
        edit.Text is { } text ? await book.KeepAsync(text, cancel) : null, edit.CasesText is { } cases ? await book.KeepAsync(cases, cancel) : null, edit.FirstDay, edit.LastDay);

    private void Refuse(IReadOnlyList<DocumentEdit> edits, ChangeActor author)
    {
        foreach (var edit in edits)
        {
            Require(edit.Kind, author);
            if (Math.Max(edit.Text?.Length ?? 0, edit.CasesText?.Length ?? 0) > LongestText)
                throw new PublishingRefusedException($"{edit.Name} 太长（最长 {LongestText / 10000} 万字），没有保存：请删减。");
            if (edit.Text is { } text) Publisher.HashOf(edit.Name + publisher.Kind(edit.Kind).Suffix, text);
        }
    }

    private void Require(string kind, ChangeActor author)
    {
        var rights = publisher.Kind(kind);
        if (!author.May(rights.Rights.Draft)) throw new PublishingRefusedException($"{author.Account} 没有起草{rights.Title}的权限（{rights.Rights.Draft}）：请由有权限的人员操作。");
    }

    private static string Fit(string what, string text, int longest)
    {
        var words = text.Trim();
        return words.Length == 0 ? throw new PublishingRefusedException($"{what}必填，请填写")
            : words.Length > longest ? throw new PublishingRefusedException($"{what}最长 {longest} 字，请缩短")
            : words.Any(char.IsControl) ? throw new PublishingRefusedException($"{what}中有换行或不能显示的字符，请删去")
            : words;
    }
}
