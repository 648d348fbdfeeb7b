using Microsoft.EntityFrameworkCore;
using Platform.Publishing.Changes;
using Platform.Storage;

namespace Modules.Configuring;

/// <summary>The change a person works in, as every page of the console shows it.</summary>
/// <param name="Edits">Edits that hold now.</param>
/// <param name="Findings">Of the last check of this revision; null when nothing was looked at.</param>
public sealed record ChangeBar(Guid Id, string Number, string Title, string State, int Revision, int Edits, int? Findings, bool CanUndo, bool CanRedo);

/// <summary>Which change a person's edits go into: kept in the store, so that another PC finds it.</summary>
internal sealed class ChangeDesk(Store store, ChangeBook book, TimeProvider clock)
{
    /// <summary>Null when the person has none, or it is not open to edits any more.</summary>
    public async Task<OpenedChange?> OpenAsync(string personId, CancellationToken cancel = default)
    {
        var id = await store.Set<OpenChange>().Where(o => o.PersonId == personId).Select(o => (Guid?)o.ChangeId).SingleOrDefaultAsync(cancel);
        return id is { } change && await book.FindAsync(change, cancel) is { Change.State: ChangeState.Draft or ChangeState.Checked or ChangeState.Submitted } opened ? opened : null;
    }

    public async Task<ChangeBar?> BarAsync(string personId, CancellationToken cancel = default)
    {
        if (await OpenAsync(personId, cancel) is not { } opened) return null;
        var (change, history) = (opened.Change, opened.History);
        var found = await book.LastCheckAsync(change, cancel) is { } check ? CheckChange.FindingsOf(check).Count : (int?)null;
        return new ChangeBar(change.Id, change.Number, change.Title, ChangeStates.Words(ChangeStates.Stage(change.State, null, false, clock.GetUtcNow())), change.Revision, history.Back.Count + (ChangeBody.Read(opened.Revisions[0].BodyJson).Documents.Count > 0 ? 1 : 0), found, history.Back.Count > 0, history.Forward.Count > 0);
    }

    public async Task TakeUpAsync(string personId, Guid change, CancellationToken cancel = default)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await store.Set<OpenChange>().SingleOrDefaultAsync(o => o.PersonId == personId, cancel) is { } open) open.ChangeId = change;
        else store.Add(new OpenChange { PersonId = personId, ChangeId = change });
        await transaction.CommitAsync(cancel);
    }
}
