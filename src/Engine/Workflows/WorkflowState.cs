using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Engine.Workflows;

public enum WorkflowStatus { Running, Finished }

public enum WorkflowSubStatus { Executing, Suspended, Finished, Faulted, Cancelled }

public enum ActivityStatus { Running, Completed, Canceled, Faulted }

/// <summary>Everything an instance remembers between two steps. Plain data: the caller stores it in the transaction of the step.</summary>
public sealed class WorkflowState
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = FlowLimits.DocumentDepth,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Hash of the definition it runs on; it is never run on another one.</summary>
    public required string DefinitionHash { get; init; }

    /// <summary>The caller's id of this instance, for scripts that ask for it.</summary>
    public string? InstanceId { get; init; }

    public WorkflowSubStatus SubStatus { get; set; } = WorkflowSubStatus.Executing;
    public string? CorrelationId { get; set; }
    public string? Name { get; set; }

    /// <summary>Counts the steps taken; a caller's optimistic lock may use it.</summary>
    public int Revision { get; set; }

    public Dictionary<string, JsonNode?> Inputs { get; init; } = [];
    public Dictionary<string, JsonNode?> Output { get; init; } = [];
    public List<Bookmark> Bookmarks { get; init; } = [];
    public List<Incident> Incidents { get; init; } = [];
    public Trail Trail { get; init; } = new();

    /// <summary>Why the instance can never go on: not finished and nothing to wait for. Null while all is well.</summary>
    public string? NothingToWaitFor { get; set; }

    public int NextInstance { get; set; } = 1;
    public List<ActivityInstance> Instances { get; set; } = [];
    public List<CompletionCallback> Callbacks { get; init; } = [];

    /// <summary>Outputs by activity id, then output name: what <c>getOutputFrom</c> reads.</summary>
    public Dictionary<string, Dictionary<string, JsonNode?>> ActivityOutputs { get; init; } = [];

    public JsonNode? LastResult { get; set; }

    [JsonIgnore]
    public WorkflowStatus Status => SubStatus is WorkflowSubStatus.Executing or WorkflowSubStatus.Suspended ? WorkflowStatus.Running : WorkflowStatus.Finished;

    /// <summary>It cannot go on by itself: something faulted, or nothing is left to wait for.</summary>
    [JsonIgnore]
    public bool IsStopped => SubStatus == WorkflowSubStatus.Faulted || NothingToWaitFor is not null;

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">The text was not written by <see cref="ToJson"/>.</exception>
    public static WorkflowState FromJson(string json) => JsonSerializer.Deserialize<WorkflowState>(json, Json) ?? throw new JsonException("流程状态为空");

    public Bookmark? Bookmark(string key) => Bookmarks.FirstOrDefault(b => b.Key == key);

    internal WorkflowState Copy() => FromJson(ToJson());
}

/// <summary>A place where the instance waits.</summary>
/// <param name="Key">Stable name: the activity's id; a second wait of the same activity at once is <c>id#2</c>.</param>
/// <param name="Kind">What it waits for: UserTask, Event, RunTask, Delay, Print, or a module's own word.</param>
/// <param name="Payload">What the one who resumes needs to know: event name, task name, form key …</param>
/// <param name="DueAt">Instant at which a timer resumes it; for a task, when it is due.</param>
public sealed record Bookmark(string Key, string ActivityId, string Kind, string InstanceId, JsonObject Payload, DateTimeOffset? DueAt, DateTimeOffset CreatedAt);

/// <summary>Something that stopped an activity.</summary>
public sealed record Incident(string ActivityId, string ActivityType, string Message, string? Detail, DateTimeOffset At);

/// <summary>What ran and which arrows were followed, each once, in order of the first time: rail, diagram and tests read it.</summary>
public sealed class Trail
{
    public List<string> Executed { get; init; } = [];
    public List<string> Followed { get; init; } = [];

    /// <summary>Outcomes of the last completion, by activity id.</summary>
    public Dictionary<string, string[]> Outcomes { get; init; } = [];
}

/// <summary>One execution of an activity that still matters.</summary>
public sealed class ActivityInstance
{
    public required string Id { get; init; }

    /// <summary>Null for the workflow itself.</summary>
    public string? ActivityId { get; init; }

    public string? ParentId { get; init; }
    public ActivityStatus Status { get; set; }
    public string? Tag { get; set; }

    /// <summary>True when a backward arrow led here.</summary>
    public bool Backward { get; init; }

    /// <summary>The activity's own notes, for example the index of a sequence.</summary>
    public JsonObject Properties { get; init; } = [];

    /// <summary>Values of the variables its container declares, by variable id.</summary>
    public Dictionary<string, JsonNode?> Variables { get; init; } = [];

    /// <summary>Values that exist for this execution alone, by name, for example CurrentValue of a loop.</summary>
    public Dictionary<string, JsonNode?> Dynamic { get; init; } = [];
}

/// <summary>An owner waits for the completion of a child it scheduled.</summary>
public sealed record CompletionCallback(string OwnerId, string ActivityId, string? Tag);
