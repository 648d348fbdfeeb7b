using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Forms;
using Modules.Configuring.Contracts;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <summary>A value the station says of itself, as its module declares it.</summary>
/// <param name="ShownOn">Where people see it, zh-CN.</param>
public sealed record StationField(Setting Setting, IReadOnlyList<string> ShownOn)
{
    public const int Longest = 80;

    public string Key => Setting.Code;
    public string Label => Setting.Title;
}

public sealed record StationGroup(string Title, IReadOnlyList<StationField> Fields);

/// <summary>站点资料 as a form: which values there are, what is wrong with one, and the document they make.</summary>
internal sealed class StationForm(IEnumerable<Setting> settings)
{
    private const int ShortestPhone = 5;
    private static readonly string[] Order = ["名称、部门和单据文字", "电话", "编号", "档案"];

    /// <summary>The zone decides whose days the dates of documents are: it is no value to be typed over.</summary>
    public IReadOnlyList<StationField> Fields { get; } = [.. settings.OrderBy(s => StationSettings.Own.Contains(s) ? 0 : 1).Where(s => s.Kind != SettingKind.TimeZone).Select(s => new StationField(s, SettingTitles.PlacesOf(s.Shown)))];

    public IReadOnlyList<StationGroup> Groups => [.. Fields.GroupBy(f => GroupOf(f.Setting)).OrderBy(g => Array.IndexOf(Order, g.Key)).Select(g => new StationGroup(g.Key, [.. g]))];

    /// <summary>What is wrong with a value as typed, zh-CN; null when nothing is.</summary>
    public static string? Fault(StationField field, string value)
    {
        if (value.Length == 0) return field.Setting.Required || field.Key == nameof(StationSettings.SiteName) ? "必填，请填写" : null;
        if (TypedText.Fault(value, StationField.Longest) is { } fault) return fault;
        if (field.Setting.Kind == SettingKind.Phone && (value.Count(char.IsAsciiDigit) < ShortestPhone || !value.All(c => char.IsAsciiDigit(c) || c is ' ' or '-' or '+' or '(' or ')' or '转'))) return "不像电话号码：请用数字、空格和连字符，分机写“转”";
        return field.Setting.FaultOf(value);
    }

    private static string GroupOf(Setting setting) => setting.Kind == SettingKind.Phone ? Order[1] : setting.Shown == SettingPlaces.Archive ? Order[3] : setting.Kind == SettingKind.Pattern ? Order[2] : Order[0];

    /// <summary>The settings document with those of the values that are others.</summary>
    /// <param name="json">As it is.</param>
    public SettingsEdit Changed(string json, IReadOnlyDictionary<string, string> typed)
    {
        var written = StationSettings.Parse(json);
        var changed = typed.Where(v => Fields.First(f => f.Key == v.Key).Setting.WrittenIn(written) != v.Value).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
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
        return new SettingsEdit(root.ToJsonString(ReadableJson.Options), string.Join("、", changed.Select(r => (on.Contains(r.Key) ? "打开" : "关闭") + r.Title)));
    }

    private static string With(string json, IReadOnlyDictionary<string, string> values)
    {
        var root = JsonNode.Parse(json, documentOptions: Publisher.Lenient)!.AsObject();
        foreach (var (key, value) in values)
        {
            if (key == nameof(StationSettings.SiteName)) root[key] = value;
            else if (root["Values"] is JsonObject known)
            {
                if (value.Length > 0) known[key] = value;
                else known.Remove(key);
            }
            else root["Values"] = new JsonObject { [key] = value };
        }
        return root.ToJsonString(ReadableJson.Options);
    }

    /// <summary>Path of the field a place in the settings is edited in; null for other documents.</summary>
    /// <param name="address">As a finding or a difference names it.</param>
    public static string? LinkTo(string document, string address)
    {
        if (document != StationSettings.File || !address.StartsWith("$.", StringComparison.Ordinal)) return null;
        if (address.StartsWith("$.Features", StringComparison.Ordinal) || address.StartsWith("$.OptionalTests", StringComparison.Ordinal)) return ConfigPaths.Features;
        var key = address.StartsWith("$.Values.", StringComparison.Ordinal) ? address["$.Values.".Length..] : address.StartsWith("$.Values[", StringComparison.Ordinal) ? address["$.Values[".Length..^1] : address["$.".Length..];
        return $"{ConfigPaths.Station}#f-{Uri.EscapeDataString(key)}";
    }
}
