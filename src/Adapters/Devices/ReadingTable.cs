using System.Text;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>Readings as a Chinese text table for a terminal.</summary>
internal static class ReadingTable
{
    private static readonly string[] Headings = ["项目", "仪器代码", "名称", "结果", "单位", "仪器原值", "标志", "采信", "原因"];

    public static string Render(IReadOnlyList<DeviceMessage> messages)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
        {
            var device = $"{message.DeviceMaker} {message.DeviceModel}  消息 {message.MessageId ?? "-"}";
            text.AppendLine($"样本 {message.SampleId ?? "（无）"}  {Kind(message.Kind)}  {device}  检测时间 {Time(message)}  性别 {Sex(message)}");
            foreach (var problem in message.Problems) text.AppendLine("  ! " + problem);
            foreach (var alarm in message.Alarms) text.AppendLine($"  报警 {alarm.Name ?? alarm.DeviceCode}：{alarm.Text}（影响：{(alarm.Items.Count == 0 ? "仅提示" : string.Join("、", alarm.Items))}）");
            Table(text, [Headings, .. message.Readings.Select(Row)]);
            text.AppendLine();
        }
        return text.ToString();
    }

    private static string Time(DeviceMessage message) => message.UnreadTime is { } unread
        ? $"“{unread}”不能识别" : $"{message.ObservedTime ?? message.MessageTime:yyyy-MM-dd HH:mm:ss}{Offset(message.ObservedOffset)}";

    private static string Offset(TimeSpan? offset) => offset is { } known ? $" UTC{(known < TimeSpan.Zero ? "-" : "+")}{known:hh\\:mm}" : "";

    private static string Sex(DeviceMessage message) => message.UnreadSex is { } unread ? $"“{unread}”不能识别" : message.PatientSex ?? "-";

    private static string[] Row(DeviceReading r) =>
        [r.Code ?? "-", r.DeviceCode, r.Name ?? "", r.Value ?? "-", r.Unit ?? "", $"{r.RawValue} {r.OriginalUnit}".Trim(), string.Join(" ", r.Flags), r.Accepted ? "是" : "否", r.Reason ?? ""];

    private static void Table(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, Headings.Length).Select(i => rows.Max(r => Width(r[i]))).ToArray();
        foreach (var row in rows)
            text.AppendLine("  " + string.Join("  ", row.Select((cell, i) => cell + new string(' ', widths[i] - Width(cell)))).TrimEnd());
    }

    private static string Kind(DeviceMessageKind kind) => kind switch
    {
        DeviceMessageKind.Result => "结果",
        DeviceMessageKind.Qc => "质控",
        DeviceMessageKind.Calibration => "定标",
        DeviceMessageKind.Query => "查询",
        _ => "其他消息",
    };

    // A Chinese character takes two columns of a terminal.
    private static int Width(string text) => text.Sum(c => c >= 0x2E80 ? 2 : 1);
}
