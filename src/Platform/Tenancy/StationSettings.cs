using System.Text.Json;
using Engine.Canonical;
using Platform.Publishing;

namespace Platform.Tenancy;

/// <summary>What a station says of itself: a published, dated document of name <c>station</c>, so it is pinned by each visit like a rule.</summary>
public sealed class StationSettings
{
    public const string Document = "station";

    /// <summary>Its name where people are told of it.</summary>
    public const string File = Document + ".settings.json";

    public string SiteName { get; init; } = "";
    public string TimeZoneId { get; init; } = "Asia/Shanghai";

    /// <summary>Features switched on, for example <c>signing.electronic</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Codes of the optional test items this station performs.</summary>
    public IReadOnlyList<string> OptionalTests { get; init; } = [];

    /// <summary>Which flow a visit takes, the first that fits; empty where the station has one flow.</summary>
    public IReadOnlyList<FlowChoice> Flows { get; init; } = [];

    /// <summary>Everything else the station prints or parametrises: phone, address, departments, number patterns. Keys are placeholders of layouts.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Those every station has, whatever its modules. Features and optional tests are lists and have pages of their own.</summary>
    public static IReadOnlyList<Setting> Own { get; } =
    [
        new(nameof(SiteName), "血站名称") { Placeholder = "stationName", Shown = SettingPlaces.Page | SettingPlaces.Kiosk | SettingPlaces.Label | SettingPlaces.Slip | SettingPlaces.Form | SettingPlaces.Archive },
        new(nameof(TimeZoneId), "时区", SettingKind.TimeZone) { Default = "Asia/Shanghai" },
    ];

    public string Value(string key) => Values.GetValueOrDefault(key, "");

    /// <summary>Who the station is, at the head of whatever it prints: by placeholder.</summary>
    public Dictionary<string, string> Heading() => new()
    {
        ["stationName"] = SiteName, ["stationPhone"] = Value("stationPhone"), ["department"] = Value("department"), ["stationAddress"] = Value("stationAddress"),
    };

    public TimeZoneInfo TimeZone => TimeZoneInfo.FindSystemTimeZoneById(TimeZoneId);

    public DateOnly LocalDate(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, TimeZone).DateTime);

    public static StationSettings Of(InForce set) =>
        set.Find(DocumentKinds.Settings, Document) is { } document ? set.Parsed(document, Parse) : new StationSettings();

    /// <exception cref="DocumentException">Unknown property, or a time zone this machine does not have.</exception>
    public static StationSettings Parse(string json)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<StationSettings>(json, Strict) ?? throw new JsonException();
            _ = settings.TimeZone;
            CheckFlows(settings);
            return settings;
        }
        catch (JsonException e)
        {
            throw new DocumentException("settings", e.Path ?? "$", "可用的设置项：SiteName、TimeZoneId、Features、OptionalTests、Flows、Values");
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or ArgumentException)
        {
            throw new DocumentException("settings", "$.TimeZoneId", "本机没有该时区：请检查名称（如 Asia/Shanghai），并确认已安装 tzdata");
        }
    }

    private static void CheckFlows(StationSettings settings)
    {
        for (var i = 0; i < settings.Flows.Count; i++)
        {
            if (settings.Flows[i]?.Flow is not { Length: > 0 }) throw new DocumentException("settings", $"$.Flows[{i}].Flow", "请写明流程的名称");
            try
            {
                _ = settings.Flows[i].Condition;
            }
            catch (DocumentFaultException e)
            {
                throw new DocumentException("settings", $"$.Flows[{i}].When{e.Path[1..]}", e.Remedy);
            }
        }
    }

    /// <summary>The settings; null when they cannot be read.</summary>
    public static StationSettings? TryParse(string json)
    {
        try
        {
            return Parse(json);
        }
        catch (DocumentException)
        {
            return null;
        }
    }

    private static readonly JsonSerializerOptions Strict = new()
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false,
    };
}
