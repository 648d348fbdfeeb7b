using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Adapters.Devices.Wire;

namespace Adapters.Devices;

/// <summary>A profile that cannot be used: which, where in its JSON, and what to do.</summary>
public sealed class DeviceProfileException(string profile, string path, string remedy) : Exception($"仪器配置 {profile}，{path}：{remedy}")
{
    public string Path { get; } = path;
}

/// <summary>Reads profiles strictly: an unknown, doubled or missing property is an error, never ignored.</summary>
public static partial class DeviceProfileReader
{
    private const string Ending = ".profile.json";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The profiles that come with the product, by name such as <c>mindray/bc-5380</c>.</summary>
    public static IReadOnlyDictionary<string, DeviceProfile> BuiltIn { get; } = typeof(DeviceProfileReader).Assembly
        .GetManifestResourceNames().Where(n => n.EndsWith(Ending, StringComparison.Ordinal)).Select(ReadResource)
        .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    /// <param name="name">Shown in errors and carried by every message the profile reads.</param>
    /// <exception cref="DeviceProfileException">Names the profile, the JSON path and the remedy.</exception>
    public static DeviceProfile Parse(string json, string name)
    {
        try
        {
            var profile = JsonSerializer.Deserialize<DeviceProfile>(json, Strict) ?? throw new DeviceProfileException(name, "$", "内容为空，请填写配置");
            Check(profile, name);
            return profile with { Name = name };
        }
        catch (JsonException e)
        {
            throw new DeviceProfileException(name, e.Path is { Length: > 0 } path ? path : "$", Remedy(e));
        }
    }

    private static string Remedy(JsonException e)
    {
        if (Quoted(e.Message, "could not be mapped") is { } unknown) return $"没有属性 {unknown}，请更正拼写或删除（属性表见 src/Adapters/Devices/README.md）";
        if (Quoted(e.Message, "missing required properties") is { } missing) return $"缺少必填属性 {missing}，请补上";
        if (e.Message.Contains("uplicate", StringComparison.Ordinal)) return "同一属性写了两次，请删去一个";
        return $"第 {e.LineNumber + 1} 行附近不是合法的 JSON 或值的类型不对，请对照 README 中的例子更正";
    }

    private static string? Quoted(string message, string marker) =>
        message.Contains(marker, StringComparison.Ordinal) ? string.Join("、", Quotes().Matches(message).Select(m => m.Groups[1].Value).Where(n => !n.Contains('.'))) : null;

    private static void Check(DeviceProfile profile, string name)
    {
        var flat = profile.Format is WireFormat.Csv or WireFormat.Xml;
        Require(profile.Format != WireFormat.Xml || profile.Row is not null, "$.row", "请写明代表一次采集或一个样本的元素名");
        Require(flat || profile.Hierarchy.Count >= 2, "$.hierarchy", "请按从消息头到结果的次序列出记录名，例如 [\"MSH\",\"PID\",\"OBR\",\"OBX\"]");
        Require(flat || profile.Observation is not null, "$.observation", "请写明结果记录中各值的位置");
        Require(flat || profile.FinalStatuses.Count > 0, "$.finalStatuses", "请列出表示最终结果的状态，例如 [\"F\"]");
        foreach (var (path, place) in Paths(profile))
            Require(path.IsField != flat, place, flat ? $"“{path}”应为列名" : $"“{path}”不是字段路径，请写成 OBX-3 或 OBX-3.1 的形式");
        Require(profile.Items.Count > 0, "$.items", "请至少映射一个检测项目");
        var (codes, device) = (new HashSet<string>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        for (var i = 0; i < profile.Items.Count; i++)
        {
            var (item, path) = (profile.Items[i], $"$.items[{i}]");
            Require(codes.Add(item.Code), path + ".code", $"检测项目 {item.Code} 映射了两次，请合并");
            foreach (var d in item.Device) Require(device.Add(d), path + ".device", $"仪器代码 {d} 写了两次，请只保留一个");
            CheckUnits(item, path);
        }
        for (var i = 0; i < profile.Alarms.Known.Count; i++)
            foreach (var code in profile.Alarms.Known[i].Items)
                Require(code == "*" || codes.Contains(code), $"$.alarms.known[{i}].items", $"没有检测项目 {code}，请用 items 中的代码或 *");

        void CheckUnits(ItemMapping item, string path)
        {
            Require(item.Units.Values.All(f => f > 0), path + ".units", "换算系数必须大于 0");
            Require(item.Units.TryGetValue(item.Unit, out var own) && own == 1, path + ".units", $"请写明本单位 {item.Unit} 的系数 1");
            Require(item.Plausible.Min < item.Plausible.Max, path + ".plausible", "下限必须小于上限");
            Require(item.WithoutUnit is not { } bare || item.Units.ContainsKey(bare.Unit) && bare.Min < bare.Max, path + ".withoutUnit", "单位须在 units 中，且下限小于上限");
        }

        void Require(bool holds, string path, string remedy)
        {
            if (!holds) throw new DeviceProfileException(name, path, remedy);
        }
    }

    private static IEnumerable<(FieldPath Path, string Place)> Paths(DeviceProfile profile)
    {
        var (message, observation) = (profile.Message, profile.Observation);
        IEnumerable<FieldPath> inMessage = [.. message.SampleId, .. message.Id, .. message.Time, .. message.ObservedTime, .. message.Maker, .. message.Model, .. message.Serial, .. message.Sex, .. message.Comment];
        IEnumerable<FieldPath> inObservation = observation is null ? [] :
            [.. observation.Code, .. observation.Value, .. observation.Unit, .. observation.Flags, .. observation.Status, .. observation.Name, .. observation.ValueType, .. observation.Range];
        return [.. inMessage.Select(p => (p, "$.message")), .. inObservation.Select(p => (p, "$.observation")),
            .. profile.Kinds.Select(k => (k.Path, "$.kinds")), .. profile.ResultWhen.Select(k => (k.Path, "$.resultWhen"))];
    }

    private static DeviceProfile ReadResource(string resource)
    {
        using var reader = new StreamReader(typeof(DeviceProfileReader).Assembly.GetManifestResourceStream(resource)!);
        return Parse(reader.ReadToEnd(), resource[..^Ending.Length].Replace('\\', '/').ToLowerInvariant());
    }

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quotes();
}
