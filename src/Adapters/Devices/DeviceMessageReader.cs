using System.Text;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>Gives a wire message its meaning by a profile: one <see cref="DeviceMessage"/> for each sample in it.</summary>
public sealed class DeviceMessageReader(DeviceProfile profile)
{
    private readonly ReadingJudge _judge = new(profile);

    public DeviceProfile Profile => profile;

    public IReadOnlyList<DeviceMessage> Read(WireMessage message)
    {
        if (DeviceQuery.Of(message, profile) is { Count: > 0 } queries) return [.. queries.Select(q => Asked(q, message))];
        if (profile.IsFile) return [.. message.Records.OfType<FlatRow>().Select(row => Flat(row, message))];
        // A second order for the same tube belongs to the first: what it reports doubtful is doubtful there too.
        return [.. Parts(message).GroupBy(Tube)
            .Select(g => Sample(g.First().Scope, [.. g.SelectMany(p => p.Observations)], [.. g.SelectMany(p => p.Comments)], message))];
    }

    private DeviceMessage Asked(DeviceQuery query, WireMessage message) => new()
    {
        Profile = profile.Name, Kind = DeviceMessageKind.Query, SampleId = query.SampleId,
        MessageId = new RecordScope(message.Records).First(profile.Message.Id),
        DeviceMaker = profile.Maker, Readings = [], Alarms = [], Problems = message.Problems,
    };

    /// <summary>What two orders for one tube have in common; an order without a number stands alone.</summary>
    private object Tube(Part part) => part.Scope.First(profile.Message.SampleId) is { } id
        ? (id, Kind(part.Scope), part.Scope.First(profile.Message.Sex)) : part.Scope;

    private DeviceMessage Flat(FlatRow row, WireMessage message)
    {
        var ids = profile.Message.SampleId.Select(p => row.All(p).Distinct(StringComparer.Ordinal).ToList())
            .FirstOrDefault(found => found.Count > 0) ?? [];
        if (ids.Count > 1)
        {
            var mixed = $"一条记录中有 {ids.Count} 个样本号（{string.Join("、", ids.Take(2))}），分不清结果是谁的";
            message = message with { Problems = [.. message.Problems, mixed] };
        }
        var comments = profile.Message.Comment.SelectMany(row.All).Where(IsComment)
            .Select(c => new DeviceAlarm("", null, c, Words(c), ["*"]));
        return Sample(new RecordScope([row]), [.. row.Cells.Where(c => !IsAboutSample(c.Heading)).Select(Cell)], [.. comments], message);
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
                comments.Add(new DeviceAlarm(record.Name, null, comment, Words(comment),
                    _judge.ItemsOf(observations.Count > 0 ? observations[^1] : null)));
            current[record.Name] = record;
            if (level != profile.Hierarchy.Count - 1) continue;
            observations.Add(Observed(record));
            open = true;
        }
        if (open || parts.Count == 0) Close();
        return parts;

        void Close()
        {
            parts.Add(new Part(new RecordScope(current.Values), observations, comments));
            (observations, comments) = ([], []);
        }
    }

    private string? Comment(WireRecord record) => profile.Message.Comment.Where(p => p.Record == record.Name).Select(record.Get)
        .FirstOrDefault(IsComment);

    private bool IsComment(string text) => text.Length > 0 && !profile.Ignore.Any(i => Matches(i, text));

    private static string Words(string comment) => $"仪器附注“{comment}”，需人工核对";

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

    private DeviceMessage Sample(RecordScope scope, IReadOnlyList<Observation> observations, IReadOnlyList<DeviceAlarm> comments,
        WireMessage message)
    {
        var places = profile.Message;
        var kind = Kind(scope);
        var sampleId = SampleNumbers.Of(scope.First(places.SampleId), profile.SampleIdPattern);
        var judged = _judge.Judge(observations, comments, SampleReasons(kind, sampleId, message.Problems));
        var (sex, unreadSex) = Sex(scope.First(places.Sex), message.Charset);
        var (made, run) = (scope.First(places.Time), scope.First(places.ObservedTime));
        var observed = Time(run);
        return new DeviceMessage
        {
            Profile = profile.Name,
            DeviceMaker = scope.First(places.Maker) ?? profile.Maker,
            DeviceModel = scope.First(places.Model),
            DeviceSerial = scope.First(places.Serial),
            MessageId = scope.First(places.Id),
            SampleId = sampleId,
            MessageTime = Time(made)?.Clock,
            ObservedTime = observed?.Clock,
            ObservedOffset = observed?.Offset,
            UnreadTime = observed is null && Time(run ?? made) is null ? run ?? made : null,
            ClockMinutes = profile.ClockMinutes,
            Kind = kind,
            PatientSex = sex,
            UnreadSex = unreadSex,
            Readings = judged.Readings,
            Alarms = judged.Alarms,
            SkippedBinary = judged.SkippedBinary,
            Problems = message.Problems,
        };
    }

    /// <summary>A text in the wrong charset is looked up in the others: the codes the profile lists decide, not the shape of the bytes.</summary>
    private (string? Sex, string? Unread) Sex(string? sent, Encoding? charset)
    {
        if (sent is null) return (null, null);
        foreach (var text in Charsets.Readings(sent, charset))
            if (profile.SexCodes.TryGetValue(text, out var code)) return (code == "U" ? null : code, null);
        return (null, sent);
    }

    private DeviceTime? Time(string? text) => text is null ? null : DeviceTime.Parse(text, profile.DateFormats);

    private DeviceMessageKind Kind(RecordScope scope) =>
        profile.Kinds.FirstOrDefault(r => r.Holds(scope.Get))?.Kind
            ?? (profile.ResultWhen.All(r => r.Holds(scope.Get)) ? DeviceMessageKind.Result : DeviceMessageKind.Other);

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
            [.. places.Flags.SelectMany(record.All).Where(f => f.Length > 0).Distinct()], First(places.Status), First(places.Range))
        {
            Doubts = [.. profile.ObservationWhen.Where(r => !r.Holds(record.Get)).Select(r => r.Text)],
        };
    }

    private Observation Cell(FlatCell cell) =>
        new(cell.Heading, cell.Heading, "", cell.Value, cell.Unit, cell.Flags, profile.FinalStatuses.FirstOrDefault(""), "");

    private bool IsAboutSample(string heading)
    {
        var places = profile.Message;
        return new[] { places.SampleId, places.Id, places.Time, places.ObservedTime, places.Maker, places.Model, places.Serial, places.Sex,
            places.Comment }
            .Any(paths => paths.SelectMany(p => p.Parts).Any(p => Matches(p.Text, heading)));
    }

    private sealed record Part(RecordScope Scope, List<Observation> Observations, List<DeviceAlarm> Comments);
}
