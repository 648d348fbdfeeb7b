using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Forms;
using Modules.Configuring.Contracts;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <summary>How a value of the station is typed.</summary>
public enum StationFieldKind
{
    Text,
    Phone,
    Pattern,
    Long,
}

/// <summary>A value the station says of itself.</summary>
/// <param name="Key"><c>SiteName</c>, or the code of a setting.</param>
/// <param name="ShownOn">Where people see it, zh-CN.</param>
public sealed record StationField(string Key, string Label, StationFieldKind Kind, int Longest, IReadOnlyList<string> ShownOn, string Help = "");

public sealed record StationGroup(string Title, IReadOnlyList<StationField> Fields);

/// <summary>站点资料 as a form: which values there are, what is wrong with one, and the document they make.</summary>
internal sealed class StationForm(IEnumerable<SettingKey> keys)
{
    public const string SiteName = "SiteName";
    private const int ShortestPhone = 5;
    private static readonly string[] Papers = ["暂缓提示单", "不宜献血告知书", "献血凭证", "标签", "交接单", "献血记录"];
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<StationGroup> Groups { get; } =
    [
        new("名称与部门",
        [
            new(SiteName, "血站名称", StationFieldKind.Text, 40, [.. Papers, "每个页面的左上角", "自助终端"]), new("department", "科室", StationFieldKind.Text, 40, Papers),
            new("stationAddress", "地址", StationFieldKind.Text, 80, ["暂缓提示单", "不宜献血告知书", "献血凭证"]),
        ]),
        new("电话", [new("stationPhone", "联系电话", StationFieldKind.Phone, 40, ["暂缓提示单", "不宜献血告知书", "献血凭证", "交接单"], "献血者查询结果、献血后回告和咨询都打这个电话")]),
        new("单据文字", [new("slipFooter", "提示单页脚", StationFieldKind.Long, 80, ["暂缓提示单", "不宜献血告知书", "献血凭证"])]),
        new("编号", [new("donationNumberPattern", "献血编号的格式", StationFieldKind.Pattern, 40, ["献血标签", "献血凭证"], "{yy} 两位年，{serial} 六位流水号；前 5 位是全省唯一的血站代码")]),
        new("档案",
        [
            new("archiveNumberPattern", "档号的格式", StationFieldKind.Pattern, 80, ["电子档案"], "{yyyy} 年度、{retention} 保管期限、{department} 部门、{item:0000} 件号"), new("archiveRetention", "保管期限", StationFieldKind.Text, 8, ["电子档案"], "Y 永久、D30 三十年、D10 十年"),
            new("archiveDepartment", "归档部门代码", StationFieldKind.Text, 16, ["电子档案"]), new("archiveDepartmentTitle", "归档部门", StationFieldKind.Text, 40, ["电子档案"], "不填为科室"),
        ]),
    ];

    public static IEnumerable<StationField> Fields => Groups.SelectMany(g => g.Fields);

    public static string ValueOf(StationSettings settings, string key) => key == SiteName ? settings.SiteName : settings.Value(key);

    /// <summary>What is wrong with a value as typed, zh-CN; null when nothing is.</summary>
    public string? Fault(StationField field, string value)
    {
        var known = keys.FirstOrDefault(k => k.Code == field.Key);
        if (value.Length == 0) return known?.Required == true || field.Key == SiteName ? "必填，请填写" : null;
        if (TypedText.Fault(value, field.Longest) is { } fault) return fault;
        if (field.Kind == StationFieldKind.Phone && (value.Count(char.IsAsciiDigit) < ShortestPhone || !value.All(c => char.IsAsciiDigit(c) || c is ' ' or '-' or '+' or '(' or ')' or '转'))) return "不像电话号码：请用数字、空格和连字符，分机写“转”";
        return known?.Fault?.Invoke(value);
    }

    /// <summary>The settings document with those of the values that are others.</summary>
    /// <param name="json">As it is.</param>
    public static SettingsEdit Changed(string json, IReadOnlyDictionary<string, string> typed)
    {
        var settings = StationSettings.Parse(json);
        var changed = typed.Where(v => ValueOf(settings, v.Key) != v.Value).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
        return changed.Count == 0 ? new SettingsEdit(json, "") : new SettingsEdit(With(json, changed), "改" + string.Join("、", Fields.Where(f => changed.ContainsKey(f.Key)).Select(f => f.Label)));
    }

    /// <summary>The settings document with switches as they are to be: features, and optional tests.</summary>
    public static SettingsEdit Switched(string json, IReadOnlyList<SwitchRow> rows, IReadOnlySet<string> on)
    {
        var changed = rows.Where(r => r.Drafted != on.Contains(r.Key)).ToList();
        var root = JsonNode.Parse(json, documentOptions: Publisher.Lenient)!.AsObject();
        foreach (var group in changed.GroupBy(r => r.IsTest ? "OptionalTests" : "Features", StringComparer.Ordinal))
        {
            var list = root[group.Key]?.AsArray().Select(n => n!.GetValue<string>()).ToList() ?? [];
            foreach (var row in group)
                if (on.Contains(row.Key)) list.Add(row.Code);
                else list.Remove(row.Code);
            root[group.Key] = new JsonArray([.. list.Select(code => (JsonNode)code)]);
        }
        return new SettingsEdit(root.ToJsonString(Readable), string.Join("、", changed.Select(r => (on.Contains(r.Key) ? "打开" : "关闭") + r.Title)));
    }

    private static string With(string json, IReadOnlyDictionary<string, string> values)
    {
        var root = JsonNode.Parse(json, documentOptions: Publisher.Lenient)!.AsObject();
        foreach (var (key, value) in values)
        {
            if (key == SiteName) root[key] = value;
            else if (root["Values"] is JsonObject known)
            {
                if (value.Length > 0) known[key] = value;
                else known.Remove(key);
            }
            else root["Values"] = new JsonObject { [key] = value };
        }
        return root.ToJsonString(Readable);
    }

    /// <summary>Path of the field a place in the settings is edited in; null for other documents.</summary>
    /// <param name="address">As a finding or a difference names it.</param>
    public static string? LinkTo(string document, string address)
    {
        if (document != StationSettings.Document + ".settings.json") return null;
        var field = Fields.FirstOrDefault(f => address == $"$.{f.Key}" || address == $"$.Values.{f.Key}" || address == $"$.Values[{f.Key}]");
        return field is null ? null : $"{ConfigPaths.Station}#f-{field.Key}";
    }
}
