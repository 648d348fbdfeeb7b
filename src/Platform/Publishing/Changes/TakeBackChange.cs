using Platform.Storage;

namespace Platform.Publishing.Changes;

/// <summary>收回: a new change with the reverse of an approved one. It goes the same road: taking back what was tightened is a loosening.</summary>
public sealed class TakeBackChange(ChangeBook book, ChangeBase bases, Configuration configuration, WriteChange write, TimeProvider clock)
{
    /// <exception cref="PublishingRefusedException">It was never in force, or is taken back already.</exception>
    public async Task<Change> RunAsync(Guid id, string entry, string reason, ChangeActor author, CancellationToken cancel = default)
    {
        var opened = await book.FindAsync(id, cancel) ?? throw new PublishingRefusedException($"没有编号为 {id} 的变更单，请用 changes list 查看");
        if (opened.Change.State != ChangeState.Approved) throw new PublishingRefusedException("变更单还没有批准，不用收回：可以直接撤销");
        if (await book.IsTakenBackAsync(id, clock.GetUtcNow(), cancel)) throw new PublishingRefusedException("变更单已经收回过了");
        var edits = new List<DocumentEdit>();
        foreach (var document in opened.Body.Documents) edits.Add(await ReverseAsync(opened, document, cancel));
        var title = $"收回：{opened.Change.Title}";
        return await write.NewAsync(new NewChange(title.Length > WriteChange.LongestTitle ? title[..WriteChange.LongestTitle] : title, reason, entry, null, id), edits, author, cancel);
    }

    private async Task<DocumentEdit> ReverseAsync(OpenedChange opened, ChangedDocument document, CancellationToken cancel)
    {
        if (await bases.VersionAsync(document, cancel) is { } before)
            return new DocumentEdit(document.Kind, document.Name, document.Layer, before.Json, before.CasesJson, null, before.EffectiveTo is { } to && to > clock.GetUtcNow() ? document.LastDay : null);
        if (document.BaseHash is not null) throw new DamagedValueException("变更单开始时的文档已不在");
        // What was not there before ends; whatever else stands under its name meanwhile is somebody else's.
        var now = (await configuration.ApprovedAsync(cancel)).Where(d => (d.Kind, d.Name, d.Layer) == (document.Kind, document.Name, document.Layer)).MaxBy(d => d.Version);
        if (now is not null && now.ChangeId != opened.Change.Id) throw new PublishingRefusedException($"{document.Name} 之后又被另一份变更单改过，不能整份收回：请先收回后来的那份，或新建变更单");
        return new DocumentEdit(document.Kind, document.Name, document.Layer, null);
    }
}
