using System.Text.Json.Nodes;
using Engine.Workflows;
using Engine.Workflows.Activities;

namespace Modules.Collection;

/// <summary>What a flow can ask of this module; done by the step in its transaction.</summary>
internal sealed record DonationNumberAsked(string ActivityId) : WorkflowEffect(ActivityId);

internal sealed record SampleNumberAsked(string ActivityId) : WorkflowEffect(ActivityId);

internal sealed record DonationMade(string ActivityId) : WorkflowEffect(ActivityId);

internal sealed record VisitEnded(string ActivityId, string State) : WorkflowEffect(ActivityId);

/// <summary>Answers whether devices have sent what a visit waits for.</summary>
internal interface IReadingHost
{
    ValueTask<bool> HasArrivedAsync(IReadOnlyList<string> items, CancellationToken cancellation);
}

internal static class CollectionActivities
{
    public static IReadOnlyList<IActivity> All { get; } =
    [
        new AwaitReading(),
        new EffectActivity("AllotDonationNumber", "赋予献血编号", id => new DonationNumberAsked(id)),
        new EffectActivity("AllotSampleNumber", "分配样本号", id => new SampleNumberAsked(id)),
        new EffectActivity("AcceptDonor", "评估合格", id => new VisitEnded(id, Contracts.VisitStates.Accepted)),
        new EffectActivity("RecordDonation", "记入献血史", id => new DonationMade(id)),
        new EffectActivity("CompleteVisit", "本次献血完成", id => new VisitEnded(id, Contracts.VisitStates.Completed)),
        new EffectActivity("DeferDonor", "暂缓献血", id => new VisitEnded(id, Contracts.VisitStates.Deferred)),
        new EffectActivity("WithdrawDonor", "终止献血", id => new VisitEnded(id, Contracts.VisitStates.Withdrawn)),
    ];

    /// <summary>Types of the activities with which a visit is over.</summary>
    public static IReadOnlyList<string> Ends { get; } = [.. new[] { "AcceptDonor", "CompleteVisit", "DeferDonor", "WithdrawDonor" }.Select(type => "Collection." + type)];

    public const string AllotsDonationNumber = "Collection.AllotDonationNumber";

    /// <summary>Waits until devices have sent a value that counts for each of the test items named, of this visit's sample.</summary>
    private sealed class AwaitReading() : Activity(new ActivityDescriptor(AwaitReadingType, "等待仪器结果", "采集", ["Received", "TimedOut"],
        [new("items", "Object", "检测项目", "multitext", Required: true), new("timeout", "TimeSpan", "最长等待")]) { OptionalPorts = ["TimedOut"] })
    {
        public override async ValueTask ExecuteAsync(ActivityContext context)
        {
            var items = context.InputList("items").Select(JsonValues.ToText).OfType<string>().ToList();
            if (await context.Service<IReadingHost>().HasArrivedAsync(items, context.Cancellation))
            {
                await context.CompleteAsync("Received");
                return;
            }
            // Without an arrow for it a timeout would lead nowhere.
            var timeout = context.Node!.HasArrowFrom("TimedOut") ? Spans.After(context, "timeout") : null;
            context.Wait(Kind, new JsonObject { [Items] = new JsonArray([.. items.Select(i => (JsonNode)i)]) }, timeout);
        }

        public override ValueTask ResumeAsync(ActivityContext context, Bookmark bookmark, JsonNode? payload) =>
            context.CompleteAsync(payload is JsonObject map && map.ContainsKey("due") ? "TimedOut" : "Received");

        public const string Kind = "Reading";
        private const string Items = "items";

        public static IReadOnlyList<string> ItemsOf(Bookmark bookmark) => [.. JsonValues.ToList(bookmark.Payload[Items]).Select(JsonValues.ToText).OfType<string>()];
    }

    public const string AwaitReadingType = "Collection.AwaitReading";

    /// <summary>Kind of the waits for devices.</summary>
    public const string ReadingWait = AwaitReading.Kind;

    /// <summary>Test items such a wait is for.</summary>
    public static IReadOnlyList<string> ItemsOf(Bookmark bookmark) => AwaitReading.ItemsOf(bookmark);

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
