using Adapters.Devices.Wire;

namespace Adapters.Devices;

/// <summary>The paths and rules of a profile, each with its place in the JSON.</summary>
internal static class ProfilePaths
{
    public static IEnumerable<(FieldPath Path, string Place)> All(DeviceProfile profile) =>
        OfMessage(profile.Message).Concat(OfObservation(profile)).Concat(Rules(profile).SelectMany(OfRule))
        .Concat(profile.Queries.SelectMany((q, i) => Placed(q.SampleId, $"$.queries[{i}].sampleId")));

    private static IEnumerable<(FieldPath Path, string Place)> OfRule((ValueRule Rule, string Place) placed)
    {
        yield return (placed.Rule.Path, placed.Place + ".path");
        if (placed.Rule.SameAs is { } other) yield return (other, placed.Place + ".sameAs");
    }

    public static IEnumerable<(FieldPath Path, string Place)> OfObservation(DeviceProfile profile) =>
        profile.Observation is not { } places ? [] :
    [
        .. Placed(places.Code, "$.observation.code"), .. Placed(places.Value, "$.observation.value"),
        .. Placed(places.Unit, "$.observation.unit"),
        .. Placed(places.Flags, "$.observation.flags"), .. Placed(places.Status, "$.observation.status"),
        .. Placed(places.Name, "$.observation.name"),
        .. Placed(places.ValueType, "$.observation.valueType"), .. Placed(places.Range, "$.observation.range"),
    ];

    public static IEnumerable<(ValueRule Rule, string Place)> Rules(DeviceProfile profile) =>
        profile.Kinds.Select((r, i) => ((ValueRule)r, $"$.kinds[{i}]"))
            .Concat(profile.ResultWhen.Select((r, i) => (r, $"$.resultWhen[{i}]")))
            .Concat(profile.ObservationWhen.Select((r, i) => ((ValueRule)r, $"$.observationWhen[{i}]")))
            .Concat(profile.Queries.SelectMany((q, i) => q.When.Select((r, j) => (r, $"$.queries[{i}].when[{j}]"))));

    private static IEnumerable<(FieldPath Path, string Place)> OfMessage(MessagePaths places) =>
    [
        .. Placed(places.SampleId, "$.message.sampleId"), .. Placed(places.Id, "$.message.id"), .. Placed(places.Time, "$.message.time"),
        .. Placed(places.ObservedTime, "$.message.observedTime"), .. Placed(places.Maker, "$.message.maker"),
        .. Placed(places.Model, "$.message.model"),
        .. Placed(places.Serial, "$.message.serial"), .. Placed(places.Sex, "$.message.sex"),
        .. Placed(places.Comment, "$.message.comment"),
    ];

    private static IEnumerable<(FieldPath Path, string Place)> Placed(IReadOnlyList<FieldPath> paths, string place) =>
        paths.Select((p, i) => (p, $"{place}[{i}]"));
}
