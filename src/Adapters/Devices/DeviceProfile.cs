using System.Text.Json;
using System.Text.Json.Serialization;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>How one device, or a family of them, writes its results. Data: no model's habit is known to any code.
/// The manual of the format is README.md beside this file.</summary>
public sealed record DeviceProfile
{
    /// <summary><c>maker/model</c> in lower case, or the file it was read from.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";
    public required string Maker { get; init; }
    public required string Model { get; init; }
    public required string Title { get; init; }
    /// <summary>Where the mapping was learnt and what is not yet confirmed on a device.</summary>
    public required string Source { get; init; }
    public required WireFormat Format { get; init; }
    /// <summary>Charset to try after the message's own declaration and UTF-8.</summary>
    public string? Charset { get; init; }
    /// <summary>Column separator of a flat file.</summary>
    public char Delimiter { get; init; } = ',';
    /// <summary>XML: local name of the element that stands for one run or sample.</summary>
    public string? Row { get; init; }
    /// <summary>XML: attribute beside a value that holds its unit.</summary>
    public string? UnitAttribute { get; init; }
    /// <summary>Record names from message header to result, for example MSH, PID, OBR, OBX. A record ends what is below it;
    /// the last but one is the sample, the last its result. Empty for a flat file.</summary>
    public IReadOnlyList<string> Hierarchy { get; init; } = [];
    public required MessagePaths Message { get; init; }
    /// <summary>Absent for a flat file, where every column is an observation.</summary>
    public ObservationPaths? Observation { get; init; }
    /// <summary>First rule that holds names the kind; none = result, if <see cref="ResultWhen"/> holds.</summary>
    public IReadOnlyList<KindRule> Kinds { get; init; } = [];
    /// <summary>All must hold for a result; otherwise the message is of kind other.</summary>
    public IReadOnlyList<ValueRule> ResultWhen { get; init; } = [];
    public IReadOnlyDictionary<string, string> SexCodes { get; init; } = new Dictionary<string, string>();
    /// <summary>Result statuses that count as final; an empty text allows a missing status. Not asked for a flat file.</summary>
    public IReadOnlyList<string> FinalStatuses { get; init; } = [];
    /// <summary>Value types whose observations are pictures or curves.</summary>
    public IReadOnlyList<string> BinaryTypes { get; init; } = [];
    /// <summary>Every flag the device may set; a flag not listed here makes its reading unreliable.</summary>
    public IReadOnlyDictionary<string, FlagMeaning> Flags { get; init; } = new Dictionary<string, FlagMeaning>();
    public required IReadOnlyList<ItemMapping> Items { get; init; }
    public AlarmRules Alarms { get; init; } = new();
    /// <summary>Device codes or names that are neither results nor alarms; a trailing * stands for any ending.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];
    /// <summary>Segments of the answer, <c>{MSH-10}</c> taking a field of the message answered, and {code} {text} {error} {now}.</summary>
    public IReadOnlyList<string> Acknowledgement { get; init; } = [];
}

/// <summary>Places in the message; of several paths the first that is filled counts.</summary>
public sealed record MessagePaths
{
    public required IReadOnlyList<FieldPath> SampleId { get; init; }
    public IReadOnlyList<FieldPath> Id { get; init; } = [];
    public IReadOnlyList<FieldPath> Time { get; init; } = [];
    public IReadOnlyList<FieldPath> ObservedTime { get; init; } = [];
    public IReadOnlyList<FieldPath> Maker { get; init; } = [];
    public IReadOnlyList<FieldPath> Model { get; init; } = [];
    public IReadOnlyList<FieldPath> Serial { get; init; } = [];
    public IReadOnlyList<FieldPath> Sex { get; init; } = [];
    /// <summary>Words the device adds behind a result or an order; what they are about does not count until a person has read them.</summary>
    public IReadOnlyList<FieldPath> Comment { get; init; } = [];
}

/// <summary>Places in a result record; flags are gathered from all their paths, otherwise the first filled path counts.</summary>
public sealed record ObservationPaths
{
    public required IReadOnlyList<FieldPath> Code { get; init; }
    public required IReadOnlyList<FieldPath> Value { get; init; }
    public required IReadOnlyList<FieldPath> Unit { get; init; }
    public required IReadOnlyList<FieldPath> Flags { get; init; }
    public required IReadOnlyList<FieldPath> Status { get; init; }
    public IReadOnlyList<FieldPath> Name { get; init; } = [];
    public IReadOnlyList<FieldPath> ValueType { get; init; } = [];
    public IReadOnlyList<FieldPath> Range { get; init; } = [];
}

/// <summary>Holds when the value at the path is one of these; an empty text means absent, a trailing * any ending.</summary>
public record ValueRule
{
    public required FieldPath Path { get; init; }
    public required IReadOnlyList<string> Values { get; init; }
}

public sealed record KindRule : ValueRule
{
    public required DeviceMessageKind Kind { get; init; }
}

public sealed record FlagMeaning
{
    public required string Text { get; init; }
    /// <summary>False: the number is not to be believed. True: shown only.</summary>
    public required bool Reliable { get; init; }
}

public sealed record ItemMapping
{
    /// <summary>Test item code of the platform, for example hb.</summary>
    public required string Code { get; init; }
    /// <summary>Codes or names the device may use for it.</summary>
    public required IReadOnlyList<string> Device { get; init; }
    /// <summary>Unit of the item.</summary>
    public required string Unit { get; init; }
    /// <summary>Unit as sent → factor to <see cref="Unit"/>. Case matters: G/L is not g/L.</summary>
    public required IReadOnlyDictionary<string, decimal> Units { get; init; }
    /// <summary>Below or above lies an error of measuring or typing, not a donor. In <see cref="Unit"/>, inclusive.</summary>
    public required Limits Plausible { get; init; }
    /// <summary>Unit meant when none is sent, believed only within these limits. Absent: a bare number does not count.</summary>
    public UnstatedUnit? WithoutUnit { get; init; }
}

public record Limits
{
    public required decimal Min { get; init; }
    public required decimal Max { get; init; }
    public bool Contain(decimal value) => value >= Min && value <= Max;
}

public sealed record UnstatedUnit : Limits
{
    public required string Unit { get; init; }
}

public sealed record AlarmRules
{
    /// <summary>Values that say an alarm is raised.</summary>
    public IReadOnlyList<string> RaisedValues { get; init; } = [];
    /// <summary>Flags that say an alarm is raised.</summary>
    public IReadOnlyList<string> RaisedFlags { get; init; } = [];
    /// <summary>What each alarm means. A raised observation that is neither listed nor a number with a unit makes the whole sample unreliable.</summary>
    public IReadOnlyList<AlarmMeaning> Known { get; init; } = [];
}

public sealed record AlarmMeaning
{
    public required IReadOnlyList<string> Device { get; init; }
    public required string Text { get; init; }
    /// <summary>Test items it makes unreliable; * = all, empty = shown only.</summary>
    public required IReadOnlyList<string> Items { get; init; }
    /// <summary>True: its presence alone raises it, whatever value and flag say.</summary>
    public bool Always { get; init; }
}
