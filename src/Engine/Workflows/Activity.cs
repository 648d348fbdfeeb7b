using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>Something a workflow can do. One object serves all instances, so it keeps nothing; modules register their own.</summary>
public interface IActivity
{
    ActivityDescriptor Descriptor { get; }

    /// <summary>Runs it. It ends by <see cref="ActivityContext.CompleteAsync"/>, by waiting, or by scheduling children.</summary>
    /// <exception cref="ActivityFaultException">It cannot go on; becomes an incident.</exception>
    ValueTask ExecuteAsync(ActivityContext context);

    /// <summary>Goes on after the wait it asked for.</summary>
    ValueTask ResumeAsync(ActivityContext context, Bookmark bookmark, JsonNode? payload);

    /// <summary>A child it scheduled is complete. <see cref="ActivityContext.Tag"/> is the tag it was scheduled with.</summary>
    ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes);

    /// <summary>Why this payload cannot resume this wait, zh-CN, or null. Asked before anything changes.</summary>
    string? Refuse(Bookmark bookmark, JsonNode? payload);
}

/// <summary>Names of the ports an activity leaves by. The default matches both "Done" and a missing port; none matches nothing.</summary>
public sealed record Outcomes(IReadOnlyList<string?> Names)
{
    public static readonly Outcomes Default = new([null, "Done"]);
    public static readonly Outcomes None = new([]);
}

/// <summary>Base of activities: resuming completes, children are ignored.</summary>
public abstract class Activity(ActivityDescriptor descriptor) : IActivity
{
    public ActivityDescriptor Descriptor { get; } = descriptor;
    public abstract ValueTask ExecuteAsync(ActivityContext context);
    public virtual ValueTask ResumeAsync(ActivityContext context, Bookmark bookmark, JsonNode? payload) => context.CompleteAsync();
    public virtual ValueTask ChildCompletedAsync(ActivityContext context, ActivityContext child, Outcomes outcomes) => ValueTask.CompletedTask;
    public virtual string? Refuse(Bookmark bookmark, JsonNode? payload) => null;
}

/// <summary>Base of activities that do one thing at once and complete with the default outcome.</summary>
public abstract class CodeActivity(ActivityDescriptor descriptor) : Activity(descriptor)
{
    public sealed override async ValueTask ExecuteAsync(ActivityContext context)
    {
        await RunAsync(context);
        await context.CompleteAsync();
    }

    protected abstract ValueTask RunAsync(ActivityContext context);
}

/// <summary>What a designer and the validator know about an activity type.</summary>
/// <param name="TypeName">The <c>type</c> in JSON, for example Station.UserTask.</param>
/// <param name="DisplayName">zh-CN.</param>
/// <param name="Category">Group in the toolbox, zh-CN.</param>
/// <param name="Ports">Outcomes it can have; "Done" alone for most.</param>
public sealed record ActivityDescriptor(string TypeName, string DisplayName, string Category, IReadOnlyList<string> Ports, IReadOnlyList<InputDescriptor> Inputs)
{
    /// <summary>The container ends when this completes.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Its ports come from the definition: a switch's labels, a task's actions.</summary>
    public Func<ActivityNode, IReadOnlyList<string>>? DynamicPorts { get; init; }

    /// <summary>Embedded activities it can hold, for example <c>then</c>, <c>else</c>.</summary>
    public IReadOnlyList<string> EmbeddedPorts { get; init; } = [];

    /// <summary>Ports that may stay without arrow on purpose, for example Missing of a rule check.</summary>
    public IReadOnlyList<string> OptionalPorts { get; init; } = [];

    public IReadOnlyList<string> PortsOf(ActivityNode node) => DynamicPorts?.Invoke(node) ?? Ports;
}

/// <summary>One input of an activity type.</summary>
/// <param name="Name">Property name in JSON, camelCase.</param>
/// <param name="UiHint">Elsa's editor word: singleline, multiline, checkbox, dropdown, json-editor, dynamic-outcomes …</param>
/// <param name="AutoEvaluate">False when the activity itself decides when to evaluate it.</param>
public sealed record InputDescriptor(string Name, string TypeName, string DisplayName, string UiHint = "singleline", bool AutoEvaluate = true, bool Required = false);

/// <summary>The activity types of this installation: the platform's and those modules add.</summary>
public sealed class ActivityRegistry
{
    private readonly Dictionary<string, IActivity> _activities = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">Two activities claim one type name.</exception>
    public ActivityRegistry(IEnumerable<IActivity> activities)
    {
        foreach (var activity in activities) _activities.Add(activity.Descriptor.TypeName, activity);
    }

    /// <summary>The platform's own activities followed by those of the modules.</summary>
    public static ActivityRegistry WithPlatform(params IEnumerable<IActivity> modules) =>
        new([.. Activities.ControlFlow.All, .. Activities.Loops.All, .. Activities.FlowNodes.All, .. Activities.Primitives.All, .. Activities.Station.All, .. modules]);

    public IActivity? Find(string typeName) => _activities.GetValueOrDefault(typeName);

    public IReadOnlyList<ActivityDescriptor> Descriptors => [.. _activities.Values.Select(a => a.Descriptor)];
}
