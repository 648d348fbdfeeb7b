using Platform.Workflows;

namespace Modules.Collection;

/// <summary>What a flow can ask of this module; done by the step in its transaction.</summary>
internal sealed record DonationNumberAsked(string ActivityId) : WorkflowEffect(ActivityId);

internal sealed record SampleNumberAsked(string ActivityId) : WorkflowEffect(ActivityId);

internal sealed record DonationMade(string ActivityId) : WorkflowEffect(ActivityId);

internal sealed record VisitEnded(string ActivityId, string State) : WorkflowEffect(ActivityId);

internal static class CollectionActivities
{
    public static IReadOnlyList<IActivity> All { get; } =
    [
        new EffectActivity("AllotDonationNumber", "赋予献血编号", id => new DonationNumberAsked(id)),
        new EffectActivity("AllotSampleNumber", "分配样本号", id => new SampleNumberAsked(id)),
        new EffectActivity("AcceptDonor", "评估合格", id => new VisitEnded(id, Contracts.VisitStates.Accepted)),
        new EffectActivity("RecordDonation", "记入献血史", id => new DonationMade(id)),
        new EffectActivity("CompleteVisit", "本次献血完成", id => new VisitEnded(id, Contracts.VisitStates.Completed)),
        new EffectActivity("DeferDonor", "暂缓献血", id => new VisitEnded(id, Contracts.VisitStates.Deferred)),
        new EffectActivity("WithdrawDonor", "终止献血", id => new VisitEnded(id, Contracts.VisitStates.Withdrawn)),
    ];

    private sealed class EffectActivity(string type, string title, Func<string, WorkflowEffect> effect)
        : CodeActivity(new ActivityDescriptor("Collection." + type, title, "采集", ["Done"], []))
    {
        protected override ValueTask RunAsync(ActivityContext context)
        {
            context.Emit(effect(context.Node!.Id));
            return ValueTask.CompletedTask;
        }
    }
}
