using System.Text.Json.Serialization;
using Adapters.Devices.Wire;
using Engine.Canonical;

namespace Adapters.Devices;

/// <summary>How one device, or a family of them, writes its results. Data: no model's habit is known to any code.
/// The manual of the format is README.md beside this file.</summary>
public sealed record DeviceProfile
{
    /// <summary><c>maker/model</c> in lower case, or the file it was read from.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";
    /// <inheritdoc cref="JsonSchemas"/>
    [JsonPropertyName(JsonSchemas.Property)]
    public string? Schema { get; init; }

    public required string Maker { get; init; }
    public required string Model { get; init; }
    public required string Title { get; init; }
    /// <summary>Where the mapping was learnt and what is not yet confirmed on a device.</summary>
    public required string Source { get; init; }
    public required WireFormat Format { get; init; }
    /// <summary>Charset to try after the message's own declaration and UTF-8.</summary>
    public string? Charset { get; init; }
    /// <summary>True: the bytes are read as <see cref="Charset"/>, whatever the message declares or they look like.</summary>
    public bool CharsetForced { get; init; }
    /// <summary>Separator inside components that the maker uses and the header does not declare.</summary>
    public char? Subcomponent { get; init; }
    /// <summary>.NET date formats of the message's times. Empty: year first, as <see cref="DeviceTime"/> has them.</summary>
    public IReadOnlyList<string> DateFormats { get; init; } = [];
    /// <summary>Minutes, from 0, the device's clock may be ahead of the station's.</summary>
    public int ClockMinutes { get; init; }
    /// <summary>True: the decimal sign of every number is a comma, and a point is none.</summary>
    public bool DecimalComma { get; init; }
    /// <summary>Regular expression whose one group is the sample number inside what is sent; what it does not match stays as sent.</summary>
    public string? SampleIdPattern { get; init; }
    /// <summary>Column separator of a flat file.</summary>
    public char Delimiter { get; init; } = ',';
    /// <summary>XML: local name of the element that stands for one run or sample.</summary>
    public string? Row { get; init; }
    /// <summary>XML: attribute beside a value that holds its unit.</summary>
    public string? UnitAttribute { get; init; }
    /// <summary>XML: attribute that says what an element's value is.</summary>
    public string? NameAttribute { get; init; }
    /// <summary>XML: attribute that holds the value of such an element; its text when absent.</summary>
    public string? ValueAttribute { get; init; }
    /// <summary>Lines: how they are cut.</summary>
    public LineRules? Lines { get; init; }
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
    /// <summary>All must hold for a reading to count.</summary>
    public IReadOnlyList<ObservationRule> ObservationWhen { get; init; } = [];
    /// <summary>Sex as sent → M, F, or U where the device says that it does not know.</summary>
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
    /// <summary>Messages by which the device asks what is to be measured; the first that holds is answered.</summary>
    public IReadOnlyList<QueryRules> Queries { get; init; } = [];

    /// <summary>Whether it reads files: what has no records.</summary>
    [JsonIgnore]
    public bool IsFile => Format is WireFormat.Csv or WireFormat.Xml or WireFormat.Lines;
}
