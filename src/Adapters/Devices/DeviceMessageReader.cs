using System.Globalization;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>Gives a wire message its meaning by a profile: one <see cref="DeviceMessage"/> for each sample in it.</summary>
public sealed class DeviceMessageReader(DeviceProfile profile)
{
    private readonly ReadingJudge _judge = new(profile);

    public IReadOnlyList<DeviceMessage> Read(WireMessage message)
    {
        if (message.Format is WireFormat.Csv or WireFormat.Xml)
            return [.. message.Records.OfType<FlatRow>().Select(row => Sample(new Scope([row]), [.. row.Cells.Where(c => !IsAboutSample(c.Heading)).Select(Cell)], [], message.Problems))];
        // A second order for the same tube belongs to the first: what it reports doubtful is doubtful there too.
        return [.. Parts(message).GroupBy(p => p.Scope.First(profile.Message.SampleId) is { } id ? (object)(id, Kind(p.Scope), p.Scope.First(profile.Message.Sex)) : p.Scope)
            .Select(g => Sample(g.First().Scope, [.. g.SelectMany(p => p.Observations)], [.. g.SelectMany(p => p.Comments)], message.Problems))];
    }

    /// <summary>The samples as the records have them, each with its results and with the comments on them.</summary>
    private List<Part> Parts(WireMessage message)
    {
        var parts = new List<Part>();
        var current = new Dictionary<string, WireRecord>();
        var (observations, comments) = (new List<Observation>(), new List<DeviceAlarm>());
        var open = false;
        foreach (var record in message.Records)
        {
            var level = Level(record.Name);
            if (level >= 0 && level < profile.Hierarchy.Count - 1)
            {
                if (open) Close();
                foreach (var below in profile.Hierarchy.Skip(level + 1)) current.Remove(below);
                open = level == profile.Hierarchy.Count - 2;
            }
            if (Comment(record) is { } comment)
                comments.Add(new DeviceAlarm(record.Name, null, comment, $"仪器附注“{comment}”，需人工核对", _judge.ItemsOf(observations.Count > 0 ? observations[^1] : null)));
            current[record.Name] = record;
            if (level != profile.Hierarchy.Count - 1) continue;
            observations.Add(Observed(record));
            open = true;
        }
        if (open || parts.Count == 0) Close();
        return parts;

        void Close()
        {
            parts.Add(new Part(new Scope(current.Values), observations, comments));
            (observations, comments) = ([], []);
        }
    }

    private string? Comment(WireRecord record) =>
        profile.Message.Comment.Where(p => p.Record == record.Name).Select(record.Get).FirstOrDefault(c => c.Length > 0 && !profile.Ignore.Any(i => Matches(i, c)));

    /// <summary>True when the text is the pattern, or begins with it where the pattern ends in *; case does not matter.</summary>
    internal static bool Matches(string pattern, string text) => pattern.EndsWith('*')
        ? text.Length > 0 && text.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
        : string.Equals(pattern, text, StringComparison.OrdinalIgnoreCase);

    private int Level(string record)
    {
        for (var i = 0; i < profile.Hierarchy.Count; i++)
            if (profile.Hierarchy[i] == record) return i;
        return -1;
    }

    private DeviceMessage Sample(Scope scope, IReadOnlyList<Observation> observations, IReadOnlyList<DeviceAlarm> comments, IReadOnlyList<string> problems)
    {
        var places = profile.Message;
        var kind = Kind(scope);
        var sampleId = scope.First(places.SampleId);
        var judged = _judge.Judge(observations, comments, SampleReasons(kind, sampleId, problems));
        return new DeviceMessage
        {
            Profile = profile.Name,
            DeviceMaker = scope.First(places.Maker) ?? profile.Maker,
            DeviceModel = scope.First(places.Model),
            DeviceSerial = scope.First(places.Serial),
            MessageId = scope.First(places.Id),
            SampleId = sampleId,
            MessageTime = Time(scope.First(places.Time)),
            ObservedTime = Time(scope.First(places.ObservedTime)),
            Kind = kind,
            PatientSex = scope.First(places.Sex) is { } sex && profile.SexCodes.TryGetValue(sex, out var code) ? code : null,
            Readings = judged.Readings,
            Alarms = judged.Alarms,
            SkippedBinary = judged.SkippedBinary,
            Problems = problems,
        };
    }

    private DeviceMessageKind Kind(Scope scope) =>
        profile.Kinds.FirstOrDefault(scope.Holds)?.Kind ?? (profile.ResultWhen.All(scope.Holds) ? DeviceMessageKind.Result : DeviceMessageKind.Other);

    private List<string> SampleReasons(DeviceMessageKind kind, string? sampleId, IReadOnlyList<string> problems)
    {
        var reasons = new List<string>();
        if (kind == DeviceMessageKind.Qc) reasons.Add("质控结果，不是献血者的结果");
        if (kind == DeviceMessageKind.Calibration) reasons.Add("定标结果，不是献血者的结果");
        if (kind == DeviceMessageKind.Other) reasons.Add("不是结果消息");
        if (sampleId is null) reasons.Add($"没有样本号（{string.Join("、", profile.Message.SampleId)}）");
        if (problems.Count > 0) reasons.Add("消息损坏：" + problems[0]);
        return reasons;
    }

    private Observation Observed(WireRecord record)
    {
        var places = profile.Observation!;
        string First(IReadOnlyList<FieldPath> paths) => paths.Select(record.Get).FirstOrDefault(v => v.Length > 0) ?? "";
        return new Observation(First(places.Code), First(places.Name), First(places.ValueType), First(places.Value), First(places.Unit),
            [.. places.Flags.SelectMany(record.All).Where(f => f.Length > 0).Distinct()], First(places.Status), First(places.Range));
    }

    private Observation Cell(FlatCell cell) =>
        new(cell.Heading, cell.Heading, "", cell.Value, cell.Unit, [], profile.FinalStatuses.FirstOrDefault(""), "");

    private bool IsAboutSample(string heading)
    {
        var places = profile.Message;
        return new[] { places.SampleId, places.Id, places.Time, places.ObservedTime, places.Maker, places.Model, places.Serial, places.Sex }
            .Any(paths => paths.Any(p => Matches(p.Text, heading)));
    }

    // yyyyMMdd[HHmm[ss[.f]]][zone]: devices keep local time; a zone they add is not believed.
    private static DateTime? Time(string? text)
    {
        if (text is null) return null;
        var digits = new string([.. text.TakeWhile(c => c is not ('.' or '+')).Where(char.IsAsciiDigit)]);
        return DateTime.TryParseExact(digits, ["yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }

    private sealed record Part(Scope Scope, List<Observation> Observations, List<DeviceAlarm> Comments);

    /// <summary>The header, patient and sample records in force.</summary>
    private sealed class Scope(IEnumerable<WireRecord> records)
    {
        private readonly List<WireRecord> _records = [.. records];

        public string? First(IReadOnlyList<FieldPath> paths) => paths.Select(Get).FirstOrDefault(v => v.Length > 0);

        public bool Holds(ValueRule rule) => rule.Values.Any(v => Matches(v, Get(rule.Path)));

        private string Get(FieldPath path) =>
            _records.FirstOrDefault(r => r.Name == path.Record || !path.IsField)?.Get(path) ?? "";
    }
}
