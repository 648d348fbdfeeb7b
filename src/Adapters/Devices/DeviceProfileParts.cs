using System.Globalization;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

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

/// <summary>Holds when the value at the path is one of these, or the same as another field's.</summary>
public record ValueRule
{
    public required FieldPath Path { get; init; }
    /// <summary>An empty text means absent, a trailing * any ending.</summary>
    public IReadOnlyList<string>? Values { get; init; }
    /// <summary>Field that says the same; numbers are compared as numbers, and a field that is empty contradicts nothing.</summary>
    public FieldPath? SameAs { get; init; }

    /// <param name="read">The value at a path.</param>
    public bool Holds(Func<FieldPath, string> read) => SameAs is { } other ? Same(read(Path), read(other))
        : Values!.Any(v => DeviceMessageReader.Matches(v, read(Path)));

    private static bool Same(string value, string other) => other.Length == 0 || value == other
        || decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
            && decimal.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) && a == b;
}

/// <summary>Asked of each result record.</summary>
public sealed record ObservationRule : ValueRule
{
    /// <summary>Why the reading does not count when it does not hold, in Chinese.</summary>
    public required string Text { get; init; }
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
    /// <summary>What an answer to a query calls it, in the device's own syntax; absent: it is not asked for by query.</summary>
    public string? Order { get; init; }
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
    /// <summary>Values that do not raise it; any other does.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
    /// <summary>Number from which its value raises it.</summary>
    public decimal? RaisedFrom { get; init; }
}

/// <summary>How a device asks what is to be measured for a sample, and how it is answered. Lines may hold <c>{MSH-10}</c>, a field of the question,
/// <c>{sample}</c> <c>{sex}</c> <c>{now}</c>, <c>{#}</c> for the number of the line among those of its name, <c>{tests}</c> for all items in one field,
/// or <c>{test}</c>, which repeats the line for each item.</summary>
public sealed record QueryRules
{
    /// <summary>All must hold.</summary>
    public required IReadOnlyList<ValueRule> When { get; init; }
    public required IReadOnlyList<FieldPath> SampleId { get; init; }
    /// <summary>The messages that answer for a sample which is waited for.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Found { get; init; }
    /// <summary>The messages that answer for any other.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Missing { get; init; }
}
