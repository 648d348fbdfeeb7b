using System.Globalization;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;

namespace Modules.Devices;

/// <summary>The visit a sample belongs to, and why a person has to look at it; both where some of its values cannot be believed, neither where there is nothing to look at.</summary>
internal sealed record SampleMatch(Guid? Visit, string? Waiting)
{
    /// <summary>Stands before what a device has sent and nobody may believe: a sex or a time that cannot be read, a time that has not come yet.</summary>
    public const string Unbelieved = "?";

    public const string TimeFormat = "yyyy-MM-dd HH:mm:ss";

    private static readonly SampleMatch Nothing = new(null, null);

    /// <param name="owner">Whose tube it is; null when its number is not known.</param>
    /// <param name="damage">What is wrong with the message, in Chinese.</param>
    public static SampleMatch Decide(DeviceSample sample, IReadOnlyCollection<StoredReading> readings, SampleOwner? owner,
        string? damage = null)
    {
        if (sample.Kind == DeviceSample.Broken) return Waits("消息损坏：" + (damage ?? "请查看原始消息"));
        if (sample.Kind is nameof(DeviceMessageKind.Other) or nameof(DeviceMessageKind.Query))
            return readings.Count > 0 ? Waits("不是结果消息") : Nothing;
        var reason = NoResult(sample) ?? (sample.SampleNumber, owner) switch
        {
            (null, _) => "没有样本号",
            ({ } number, null) => $"没有样本号 {number}",
            ({ } number, { } found) => Refusal(sample, found, number) ?? Doubt(sample, found),
        };
        return reason is null ? new SampleMatch(owner!.VisitId, Doubtful(readings)) : Waits(reason);
    }

    /// <summary>A person says whose it is. What a person can see is not asked for again: a number that differs, a sex or time that cannot be read, an old time.</summary>
    /// <returns>A match, or the refusal in <see cref="Waiting"/>.</returns>
    public static SampleMatch Attach(DeviceSample sample, IReadOnlyCollection<StoredReading> readings, SampleOwner? owner, string number)
    {
        var refusal = sample.Kind switch
        {
            DeviceSample.Broken => "消息损坏，不能对应到样本：请让仪器重发",
            nameof(DeviceMessageKind.Other) => "不是结果消息",
            _ => NoResult(sample),
        };
        refusal ??= owner is null ? $"没有样本号 {number}：请核对试管标签" : Refusal(sample, owner, number);
        return refusal is null ? new SampleMatch(owner!.VisitId, Doubtful(readings)) : Waits(refusal);
    }

    private static SampleMatch Waits(string reason) => new(null, reason);

    private static string? NoResult(DeviceSample sample) => sample.Kind switch
    {
        nameof(DeviceMessageKind.Qc) => "质控结果，不是献血者的结果",
        nameof(DeviceMessageKind.Calibration) => "定标结果，不是献血者的结果",
        _ => null,
    };

    private static string? Refusal(DeviceSample sample, SampleOwner owner, string number) =>
        !owner.AwaitsResults ? $"样本号 {number} 的检测已提交或本次献血已结束"
        : sample.Sex is "M" or "F" && sample.Sex != owner.Sex ? "仪器上的性别与献血者不同" : null;

    private static string? Doubt(DeviceSample sample, SampleOwner owner)
    {
        if (sample.Sex is { } sex && sex.StartsWith(Unbelieved, StringComparison.Ordinal))
            return $"仪器上的性别“{sex[1..]}”不能识别：请核对献血者，并在设备配置的 sexCodes 中写明";
        if (sample.ObservedAt is not { } observed) return null;
        if (observed.StartsWith(Unbelieved, StringComparison.Ordinal))
            return Time(observed[1..]) is { } ahead ? $"检测时间 {ahead:yyyy-MM-dd HH:mm} 在收到之后：请核对样本，并校准仪器时钟"
                : $"检测时间“{observed[1..]}”不能识别：请核对样本，并在设备配置的 dateFormats 中写明格式";
        return Time(observed) is { } time && DateOnly.FromDateTime(time) < owner.Day
            ? $"检测时间 {time:yyyy-MM-dd HH:mm} 早于本次献血的登记（{owner.Day:yyyy-MM-dd}）：请核对样本" : null;
    }

    private static string? Doubtful(IEnumerable<StoredReading> readings)
    {
        var doubtful = readings.Where(r => r is { Item: not null, Accepted: false }).ToList();
        return doubtful.Count == 0 ? null : "不可靠：" + string.Join("；", doubtful.Select(r => $"{r.SentAs} {r.RawValue}（{r.Reason}）"));
    }

    private static DateTime? Time(string text) =>
        DateTime.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
