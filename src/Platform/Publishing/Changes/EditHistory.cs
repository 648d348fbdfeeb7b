namespace Platform.Publishing.Changes;

/// <summary>What a revision of a change did to its content.</summary>
public enum RevisionAct
{
    Edit,

    /// <summary>Back to what was before the last edit.</summary>
    Undo,

    /// <summary>What was undone last, once more.</summary>
    Redo,
}

/// <summary>Where a change stands among its revisions. Nothing is ever taken out of them: undoing is a revision too, so that whoever undoes is one of the authors, and a reload or another PC finds the same steps.</summary>
/// <param name="Current">Number of the edit whose content holds now; 0 for a change without documents.</param>
/// <param name="Back">Edits one may go back to, the nearest last.</param>
/// <param name="Forward">Edits that were undone, the nearest last; empty after another edit.</param>
public sealed record EditHistory(int Current, IReadOnlyList<int> Back, IReadOnlyList<int> Forward)
{
    public static EditHistory Empty { get; } = new(0, [], []);

    /// <param name="revisions">In their order, numbered from 1.</param>
    public static EditHistory Of(IEnumerable<(int Number, RevisionAct Act)> revisions) => revisions.Aggregate(Empty, (history, r) => history.After(r.Number, r.Act));

    public EditHistory After(int number, RevisionAct act) => act switch
    {
        RevisionAct.Undo when Back.Count > 0 => new EditHistory(Back[^1], [.. Back.SkipLast(1)], [.. Forward, Current]),
        RevisionAct.Redo when Forward.Count > 0 => new EditHistory(Forward[^1], [.. Back, Current], [.. Forward.SkipLast(1)]),
        // Before the first there is nothing to go back to: it is the change itself.
        RevisionAct.Edit => new EditHistory(number, Current == 0 ? [] : [.. Back, Current], []),
        // A step that was not there: nothing moved.
        _ => this,
    };
}
