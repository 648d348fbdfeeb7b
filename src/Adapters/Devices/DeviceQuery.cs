using Adapters.Devices.Wire;

namespace Adapters.Devices;

/// <summary>One question of a device: what is to be measured for a sample.</summary>
/// <param name="Records">Those of its message, of several questions this one's alone.</param>
/// <param name="SampleId">Number on the tube; null when the device asks for none in particular.</param>
internal sealed record DeviceQuery(QueryRules Rules, RecordScope Records, string? SampleId)
{
    /// <summary>What the message asks; none for a message that tells.</summary>
    public static IReadOnlyList<DeviceQuery> Of(WireMessage message, DeviceProfile profile)
    {
        // What brings results besides is read for them: nothing a device has measured is passed over.
        if (profile.IsFile || message.Format == WireFormat.Astm && message.Records.Any(r => r.Name == profile.Hierarchy[^1])) return [];
        var whole = new RecordScope(message.Records);
        if (profile.Queries.Concat(StandardQueries.Of(profile.Format))
            .FirstOrDefault(q => q.When.All(r => r.Holds(whole.Get))) is not { } rules) return [];
        var asking = rules.SampleId[0].Record;
        var questions = message.Records.Where(r => r.Name == asking).ToList();
        return questions.Count < 2 ? [One(rules, whole, profile)]
            : [.. questions.Select(question => One(rules, new RecordScope(message.Records.Where(r => r == question || r.Name != asking)),
                profile))];
    }

    private static DeviceQuery One(QueryRules rules, RecordScope records, DeviceProfile profile) =>
        new(rules, records, SampleNumbers.Of(records.First(rules.SampleId), profile.SampleIdPattern));
}

/// <summary>Questions by the standards alone, for a profile that says nothing of them: answered in the protocol they are asked in, with nothing to measure.</summary>
internal static class StandardQueries
{
    private const string Header = "MSH|^~\\&|||{MSH-3}|{MSH-4}|{now}||";
    private const string HeaderEnd = "|{MSH-10}|{MSH-11}|{MSH-12}";

    // HL7 2.3.1 chapters 4 (orders) and 2.24 (queries); ASTM E1394 11 (request information) and 9.4.26 (report type Y: no order on record).
    private static readonly IReadOnlyList<QueryRules> Hl7 =
    [
        Rules("MSH-9.1", "ORM", "ORC-3.1", [Header + "ORR^O02" + HeaderEnd, "MSA|AR|{MSH-10}"]),
        Rules("MSH-9.1", "QRY", "QRD-8.1", [Header + "QCK^{MSH-9.2}" + HeaderEnd, "MSA|AA|{MSH-10}", "ERR|0", "QAK|SR|NF"]),
    ];

    private static readonly IReadOnlyList<QueryRules> Astm =
        [Rules("Q-1", "Q", "Q-3.2", ["H|\\^&||||||||||P|E1394-97|{now}", "P|1", "O|1|{Q-3}|||||||||||||||||||||||Y", "L|1|N"])];

    public static IReadOnlyList<QueryRules> Of(WireFormat format) => format == WireFormat.Hl7 ? Hl7 : format == WireFormat.Astm ? Astm : [];

    private static QueryRules Rules(string path, string value, string sampleId, IReadOnlyList<string> answer) => new()
    {
        When = [new ValueRule { Path = FieldPath.Parse(path), Values = [value] }], SampleId = [FieldPath.Parse(sampleId)], Found = [answer],
        Missing = [answer],
    };
}
