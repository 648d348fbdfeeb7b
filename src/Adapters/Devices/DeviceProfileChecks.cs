using System.Globalization;
using System.Text.RegularExpressions;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>What must hold in a profile beyond its shape.</summary>
internal static class DeviceProfileChecks
{
    /// <summary>Largest factor of a unit, and one over the smallest.</summary>
    private const decimal LargestFactor = 1_000_000_000m;

    private const int MostClockMinutes = 24 * 60;

    /// <param name="fail">Takes the JSON path and the remedy, and does not come back.</param>
    public static void Check(DeviceProfile profile, Action<string, string> fail)
    {
        CheckFormat(profile, Require);
        CheckText(profile, Require);
        foreach (var (path, place) in ProfilePaths.All(profile))
            Require(path.IsField != profile.IsFile, place, profile.IsFile ? $"“{path}”应为列名" : $"“{path}”不是字段路径，请写成 OBX-3 或 OBX-3.1 的形式");
        foreach (var (path, place) in ProfilePaths.OfObservation(profile))
            Require(path.Joined.Count == 0, place, "“+”只用于 message 中的路径，这里请只写一个字段");
        foreach (var (rule, place) in ProfilePaths.Rules(profile))
            Require(rule.Values is null != rule.SameAs is null, place, "请写 values 或 sameAs 中的一个");
        CheckItems(profile, Require);
        CheckAlarms(profile, Require);
        CheckQueries(profile, Require);

        void Require(bool holds, string path, string remedy)
        {
            if (!holds) fail(path, remedy);
        }
    }

    private static void CheckFormat(DeviceProfile profile, Action<bool, string, string> require)
    {
        var xml = profile.Format == WireFormat.Xml;
        require(!xml || profile.Row is not null, "$.row", "请写明代表一次采集或一个样本的元素名");
        foreach (var (value, place) in new[] { (profile.Row, "$.row"), (profile.UnitAttribute, "$.unitAttribute"),
            (profile.NameAttribute, "$.nameAttribute"), (profile.ValueAttribute, "$.valueAttribute") })
        {
            require(xml || value is null, place, "只用于 format 为 xml 的配置，请删去");
            require(value is null or { Length: > 0 }, place, "名称不能为空：请填写，或删去这一项");
        }
        require(profile.ValueAttribute is null || profile.NameAttribute is not null, "$.valueAttribute", "请同时写明 nameAttribute");
        require(profile.Format == WireFormat.Lines == profile.Lines is not null, "$.lines", profile.Lines is null ? "请写明各行怎样分列"
            : "只用于 format 为 lines 的配置，请删去");
        if (profile.Lines is { } lines)
            foreach (var (column, place) in lines.Flags.Select((f, i) => (f, $"$.lines.flags[{i}]")).Append((lines.Value, "$.lines.value"))
                .Append((lines.Unit ?? 2, "$.lines.unit")).Append((lines.Columns ?? 2, "$.lines.columns")))
                require(column is >= 2 and <= 512, place, "列从 1 数起，第 1 列是名称，这里须为 2–512");
        require(profile.IsFile || profile.Hierarchy.Count >= 2, "$.hierarchy", "请按从消息头到结果的次序列出记录名，例如 [\"MSH\",\"PID\",\"OBR\",\"OBX\"]");
        require(profile.IsFile || profile.Observation is not null, "$.observation", "请写明结果记录中各值的位置");
        require(profile.IsFile || profile.FinalStatuses.Count > 0, "$.finalStatuses", "请列出表示最终结果的状态，例如 [\"F\"]");
        require(!profile.IsFile || profile.ObservationWhen.Count == 0, "$.observationWhen", "只用于 hl7 和 astm；文件请用 resultWhen");
    }

    private static void CheckText(DeviceProfile profile, Action<bool, string, string> require)
    {
        require(profile.Charset is null || Charsets.Named(profile.Charset) is not null, "$.charset",
            $"不认识的字符集 {profile.Charset}，例如 UTF-8、GB18030、ISO-8859-1");
        require(!profile.CharsetForced || profile.Charset is not null, "$.charset", "charsetForced 为 true 时请写明字符集");
        require(profile.ClockMinutes is >= 0 and <= MostClockMinutes, "$.clockMinutes", $"分钟数须为 0–{MostClockMinutes}");
        for (var i = 0; i < profile.DateFormats.Count; i++) CheckDate(profile.DateFormats[i], $"$.dateFormats[{i}]", require);
        foreach (var (sent, sex) in profile.SexCodes) require(sex is "M" or "F" or "U", $"$.sexCodes.{sent}", "须为 M、F 或 U（仪器表示不知道）");
        if (profile.SampleIdPattern is not { } pattern) return;
        try
        {
            require(SampleNumbers.Compiled(pattern).GetGroupNumbers().Length == 2, "$.sampleIdPattern", "须恰有一个括号，括住样本号");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            require(false, "$.sampleIdPattern", "不是可用的正则表达式（不支持前后查找和反向引用），例如 ^0*([0-9]{11})$");
        }
    }

    private static void CheckDate(string format, string place, Action<bool, string, string> require)
    {
        // A day and time whose parts all differ: what comes back the same has read each of them.
        var sample = new DateTime(2021, 12, 28, 13, 47, 59);
        var read = format.Length > 0 && Written(sample, format) is { } text
            && DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var again) ? again
            : (DateTime?)null;
        require(read is not null, place, $"“{format}”不是日期格式，例如 dd/MM/yyyy HH:mm:ss");
        require(read!.Value.Date == sample.Date, place, $"“{format}”不含完整的年月日，例如 dd/MM/yyyy HH:mm:ss");
    }

    private static string? Written(DateTime time, string format)
    {
        try
        {
            return time.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static void CheckItems(DeviceProfile profile, Action<bool, string, string> require)
    {
        require(profile.Items.Count > 0, "$.items", "请至少映射一个检测项目");
        var (codes, device) = (new HashSet<string>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        for (var i = 0; i < profile.Items.Count; i++)
        {
            var (item, path) = (profile.Items[i], $"$.items[{i}]");
            require(item.Code.Length > 0, path + ".code", "请写明检测项目的代码");
            require(codes.Add(item.Code), path + ".code", $"检测项目 {item.Code} 映射了两次，请合并");
            foreach (var d in item.Device)
            {
                require(d.Length > 0, path + ".device", "仪器代码不能为空");
                require(device.Add(d), path + ".device", $"仪器代码 {d} 写了两次，请只保留一个");
            }
            require(item.Units.Values.All(f => f > 0), path + ".units", "换算系数必须大于 0");
            require(item.Units.Values.All(f => f is <= LargestFactor and >= 1 / LargestFactor), path + ".units", "换算系数须在 10^-9 与 10^9 之间");
            require(item.Units.TryGetValue(item.Unit, out var own) && own == 1, path + ".units", $"请写明本单位 {item.Unit} 的系数 1");
            require(item.Plausible.Min < item.Plausible.Max, path + ".plausible", "下限必须小于上限");
            require(item.WithoutUnit is not { } bare || item.Units.ContainsKey(bare.Unit)
                && bare.Min < bare.Max, path + ".withoutUnit", "单位须在 units 中，且下限小于上限");
        }
    }

    private static void CheckAlarms(DeviceProfile profile, Action<bool, string, string> require)
    {
        for (var i = 0; i < profile.Alarms.Known.Count; i++)
        {
            var (alarm, path) = (profile.Alarms.Known[i], $"$.alarms.known[{i}]");
            foreach (var code in alarm.Items)
                require(code == "*" || profile.Items.Any(item => item.Code == code), path + ".items", $"没有检测项目 {code}，请用 items 中的代码或 *");
            require(!alarm.Always || alarm.Allowed is null && alarm.RaisedFrom is null, path + ".always",
                "always 表示出现即报警，不能再写 allowed 或 raisedFrom");
        }
    }

    private static void CheckQueries(DeviceProfile profile, Action<bool, string, string> require)
    {
        require(!profile.IsFile || profile.Queries.Count == 0, "$.queries", "只用于 hl7 和 astm，请删去");
        for (var i = 0; i < profile.Kinds.Count; i++)
            require(profile.Kinds[i].Kind != DeviceMessageKind.Query, $"$.kinds[{i}].kind", "查询请写在 queries 中");
        for (var i = 0; i < profile.Queries.Count; i++)
        {
            var (query, path) = (profile.Queries[i], $"$.queries[{i}]");
            require(query.When.Count > 0, path + ".when", "请写明怎样认出查询");
            require(query.SampleId.Count > 0, path + ".sampleId", "请写明被查询的样本号在哪里");
            foreach (var (messages, name) in new[] { (query.Found, "found"), (query.Missing, "missing") })
                require(messages.Count > 0 && messages.All(lines => lines.Count > 0), $"{path}.{name}", "请写明应答的消息，每条消息是一组行");
        }
    }
}
