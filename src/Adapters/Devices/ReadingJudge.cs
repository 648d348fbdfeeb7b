using System.Globalization;
using System.Text.RegularExpressions;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>One result as the device sent it; absent parts are empty.</summary>
internal sealed record Observation(string Code, string Name, string ValueType, string Value, string Unit, IReadOnlyList<string> Flags,
    string Status, string Range)
{
    /// <summary>What the profile's rules for a result find wrong, in Chinese.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    public bool Is(string pattern) => DeviceMessageReader.Matches(pattern, Code) || Name.Length > 0
        && DeviceMessageReader.Matches(pattern, Name);
}

/// <summary>Turns a sample's observations into readings and says of each whether it may count. Whatever is not understood does not count.</summary>
internal sealed partial class ReadingJudge(DeviceProfile profile)
{
    private readonly Dictionary<string, ItemMapping> _items = profile.Items
        .SelectMany(i => i.Device.Select(d => (d, i))).ToDictionary(p => p.d, p => p.i, StringComparer.OrdinalIgnoreCase);

    /// <param name="observations">All of one sample.</param>
    /// <param name="comments">What the device has written beside its results.</param>
    /// <param name="sampleReasons">Reasons that hold for every reading of the sample.</param>
    public (IReadOnlyList<DeviceReading> Readings, IReadOnlyList<DeviceAlarm> Alarms, int SkippedBinary) Judge(
        IReadOnlyList<Observation> observations, IReadOnlyList<DeviceAlarm> comments, IReadOnlyList<string> sampleReasons)
    {
        var (drafts, alarms, skipped) = (new List<Draft>(), new List<DeviceAlarm>(comments), 0);
        foreach (var observation in observations)
        {
            var item = Find(observation.Code) ?? Find(observation.Name);
            if (profile.Alarms.Known.FirstOrDefault(a => a.Device.Any(observation.Is)) is { } known)
            {
                if (IsRaised(known, observation))
                    alarms.Add(new DeviceAlarm(observation.Code, Name(observation), observation.Value, known.Text, known.Items));
            }
            else if (profile.BinaryTypes.Contains(observation.ValueType)) skipped++;
            else if (item is null && observation.Unit.Length == 0 && IsRaised(observation))
                alarms.Add(new DeviceAlarm(observation.Code, Name(observation), observation.Value, "配置中没有登记的报警", ["*"]));
            else if (item is not null || !profile.Ignore.Any(observation.Is)) drafts.Add(Normalise(observation, item));
        }
        var readings = drafts.Select(d => d with { Reasons = [.. sampleReasons, .. d.Reasons, .. AlarmReasons(d, alarms)] }).ToList();
        return (RefuseRepeated(readings).Select(Finish).ToList(), alarms, skipped);
    }

    /// <summary>Test items a comment behind this observation is about: all of the sample when it stands before the first.</summary>
    public IReadOnlyList<string> ItemsOf(Observation? observation) =>
        observation is null ? ["*"] : (Find(observation.Code) ?? Find(observation.Name)) is { } item ? [item.Code] : [];

    private ItemMapping? Find(string code) => code.Length > 0 ? _items.GetValueOrDefault(code) : null;

    private static string? Name(Observation observation) => observation.Name.Length > 0 ? observation.Name : null;

    private bool IsRaised(AlarmMeaning known, Observation o) => known.Always || IsRaised(o)
        || known.Allowed is { } allowed && o.Value.Length > 0 && !allowed.Any(v => DeviceMessageReader.Matches(v, o.Value))
        || known.RaisedFrom is { } from && Read(o.Value) is { } value && value >= from;

    private bool IsRaised(Observation o) => profile.Alarms.RaisedValues.Any(v => DeviceMessageReader.Matches(v, o.Value))
        || o.Flags.Any(profile.Alarms.RaisedFlags.Contains);

    private Draft Normalise(Observation observation, ItemMapping? item)
    {
        var reasons = new List<string>();
        if (item is null) reasons.Add($"仪器代码 {observation.Code} 没有映射到检测项目");
        else if (Find(observation.Name) is { } other && other != item) reasons.Add($"代码 {observation.Code} 与名称 {observation.Name} 指向不同的项目");
        if (profile.FinalStatuses.Count > 0 && !profile.FinalStatuses.Contains(observation.Status))
            reasons.Add($"结果状态“{observation.Status}”不是最终结果");
        foreach (var flag in observation.Flags)
            if (!profile.Flags.TryGetValue(flag, out var meaning)) reasons.Add($"配置中没有登记的标志 {flag}");
            else if (!meaning.Reliable) reasons.Add($"标志 {flag}：{meaning.Text}");
        reasons.AddRange(observation.Doubts);
        var (value, unit) = item is null ? (null, null) : Convert(observation, item, reasons);
        return new Draft(observation, item?.Code, value, unit, reasons);
    }

    private decimal? Read(string text) => (profile.DecimalComma ? CommaNumber() : Number()).IsMatch(text)
        ? decimal.Parse(text.Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture) : null;

    private (string? Value, string? Unit) Convert(Observation observation, ItemMapping item, List<string> reasons)
    {
        if (Read(observation.Value) is not { } sent)
        {
            reasons.Add(observation.Value.Any(char.IsDigit) ? $"“{observation.Value}”不是单纯的十进制数"
                : $"仪器没有给出数值（{(observation.Value.Length > 0 ? observation.Value : "空")}）");
            return (null, null);
        }
        var unit = observation.Unit;
        if (unit.Length == 0 && item.WithoutUnit is { } bare && bare.Contain(sent)) unit = bare.Unit;
        if (!item.Units.TryGetValue(unit, out var factor))
        {
            reasons.Add(unit.Length > 0 ? $"单位 {unit} 不在配置中" : item.WithoutUnit is null ? "没有单位" : "没有单位，且数值不在默认单位的范围内");
            return (null, null);
        }
        var value = Scale(sent, factor);
        if (!item.Plausible.Contain(value)) reasons.Add($"{value} {item.Unit} 超出可信范围 {item.Plausible.Min}–{item.Plausible.Max}");
        return (value.ToString(CultureInfo.InvariantCulture), item.Unit);
    }

    // 10.1 g/dL is 101 g/L, not 101.0: a power of ten moves the point and adds no digit of precision. Other factors are not rounded,
    // because rounding could carry a value over a limit.
    private static decimal Scale(decimal sent, decimal factor)
    {
        var value = sent * factor;
        for (; factor >= 10 && factor % 10 == 0 && value.Scale > 0; factor /= 10) value = decimal.Round(value, value.Scale - 1);
        return value;
    }

    private static IEnumerable<string> AlarmReasons(Draft draft, List<DeviceAlarm> alarms) =>
        alarms.Where(a => draft.Item is not null && (a.Items.Contains("*") || a.Items.Contains(draft.Item)))
            .Select(a => $"报警 {a.Name ?? a.DeviceCode}：{a.Text}");

    // Two results for one item: equal and both good, the first counts; otherwise nobody can say which is meant.
    private static List<Draft> RefuseRepeated(List<Draft> drafts)
    {
        foreach (var same in drafts.Where(d => d.Item is not null).GroupBy(d => d.Item).Where(g => g.Count() > 1).ToList())
        {
            var agree = same.All(d => d.Reasons.Count == 0) && same.Select(d => decimal.Parse(d.Value!, CultureInfo.InvariantCulture))
                .Distinct().Count() == 1;
            foreach (var draft in same.Skip(agree ? 1 : 0)) draft.Reasons.Add(agree ? "与前一结果重复" : "同一样本中该项目有多个不同的结果");
        }
        return drafts;
    }

    private static DeviceReading Finish(Draft draft) => new()
    {
        Code = draft.Item,
        DeviceCode = draft.Sent.Code,
        Name = Name(draft.Sent),
        RawValue = draft.Sent.Value,
        Value = draft.Value,
        Unit = draft.Unit,
        OriginalUnit = draft.Sent.Unit.Length > 0 ? draft.Sent.Unit : null,
        Flags = draft.Sent.Flags,
        Range = draft.Sent.Range.Length > 0 ? draft.Sent.Range : null,
        Accepted = draft.Reasons.Count == 0,
        Reason = draft.Reasons.Count == 0 ? null : string.Join("；", draft.Reasons),
    };

    private sealed record Draft(Observation Sent, string? Item, string? Value, string? Unit, List<string> Reasons);

    [GeneratedRegex(@"^\+?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\+?(?:[0-9]{1,9}(?:,[0-9]{0,9})?|,[0-9]{1,9})\z")]
    private static partial Regex CommaNumber();
}
