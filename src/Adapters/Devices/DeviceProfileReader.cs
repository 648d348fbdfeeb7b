using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Adapters.Devices;

/// <summary>A profile that cannot be used: which, where in its JSON, and what to do.</summary>
public sealed class DeviceProfileException(string profile, string path, string remedy) : Exception($"仪器配置 {profile}，{path}：{remedy}")
{
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}

/// <summary>Reads profiles strictly: an unknown, doubled, missing or empty property is an error, never ignored.</summary>
public static partial class DeviceProfileReader
{
    /// <summary>Ending of a profile's file; its name is what stands before it, and the folder: <c>maker/model</c>.</summary>
    public const string Ending = ".profile.json";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <param name="name">Shown in errors and carried by every message the profile reads.</param>
    /// <exception cref="DeviceProfileException">Names the profile, the JSON path and the remedy.</exception>
    public static DeviceProfile Parse(string json, string name)
    {
        try
        {
            using (var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }))
                if (Empty(document.RootElement, "$") is { } empty) throw new DeviceProfileException(name, empty, "值为空（null）：请填写，或删去这一项");
            var profile = JsonSerializer.Deserialize<DeviceProfile>(json, Strict)!;
            DeviceProfileChecks.Check(profile, (path, remedy) => throw new DeviceProfileException(name, path, remedy));
            return profile with { Name = name };
        }
        catch (JsonException e)
        {
            throw new DeviceProfileException(name, e.Path is { Length: > 0 } path ? path : "$", Remedy(e));
        }
    }

    private static string? Empty(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Null => path,
        JsonValueKind.Object => element.EnumerateObject().Select(p => Empty(p.Value, $"{path}.{p.Name}")).FirstOrDefault(p => p is not null),
        JsonValueKind.Array => element.EnumerateArray().Select((item, i) => Empty(item, $"{path}[{i}]")).FirstOrDefault(p => p is not null),
        _ => null,
    };

    private static string Remedy(JsonException e)
    {
        if (Quoted(e.Message, "could not be mapped") is { } unknown) return $"没有属性 {unknown}，请更正拼写或删除（属性表见 src/Adapters/Devices/README.md）";
        if (Quoted(e.Message, "missing required properties") is { } missing) return $"缺少必填属性 {missing}，请补上";
        if (e.Message.Contains("uplicate", StringComparison.Ordinal)) return "同一属性写了两次，请删去一个";
        return $"第 {e.LineNumber + 1} 行附近不是合法的 JSON 或值的类型不对，请对照 README 中的例子更正";
    }

    private static string? Quoted(string message, string marker) =>
        message.Contains(marker, StringComparison.Ordinal) ? string.Join("、", Quotes().Matches(message).Select(m => m.Groups[1].Value).Where(n => !n.Contains('.'))) : null;

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quotes();
}
