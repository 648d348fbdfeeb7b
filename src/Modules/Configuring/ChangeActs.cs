using Platform.Publishing;
using Platform.Publishing.Changes;

namespace Modules.Configuring;

/// <summary>The acts of the road, as the pages use them.</summary>
internal sealed record ChangeActs(WriteChange Write, CheckChange Check, PassChange Pass, ApproveChange Approve, MergeChange Merge, TakeBackChange TakeBack, ChangeDesk Desk, ChangeBook Book, Publisher Publisher)
{
    private const int LongestReason = 200;

    /// <summary>By whoever could approve it, or an author.</summary>
    public async Task SendBackAsync(Guid id, ChangeActor person, string reason, CancellationToken cancel)
    {
        var opened = await Book.OpenAsync(id, cancel);
        var approver = ApprovalRule.Needs(opened.Body, Publisher.Kind).Any(person.May);
        if (!approver && opened.Authors.All(a => a.Id != person.Id)) throw new PublishingRefusedException("只有起草人或有批准权限的人可以退回");
        if (reason.Trim().Length is < 2 or > LongestReason) throw new PublishingRefusedException($"请在意见中写明退回的原因（2 至 {LongestReason} 字）");
        await Pass.SendBackAsync(id, person, reason.Trim(), cancel);
    }

    /// <summary>Further edits of the person go into this change.</summary>
    public async Task OpenAsync(Guid id, ChangeActor person, CancellationToken cancel)
    {
        var opened = await Book.OpenAsync(id, cancel);
        if (ChangeStates.After(opened.Change.State, ChangeAct.Edit).Refusal is { } refusal) throw new PublishingRefusedException(refusal);
        if (!Publisher.Kinds.Any(k => person.May(k.Rights.Draft))) throw new PublishingRefusedException("您没有起草配置的权限：请由有权限的人员修改");
        await Desk.TakeUpAsync(person.Id, id, cancel);
    }
}
