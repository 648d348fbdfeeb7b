namespace Platform.Tenancy;

/// <summary>How a setting is typed.</summary>
public enum SettingKind
{
    Text,
    Phone,

    /// <summary>A text with places such as <c>{yy}</c>, filled in where it is used.</summary>
    Pattern,

    /// <summary>One of <see cref="Setting.Options"/>.</summary>
    Choice,

    /// <summary>IANA name, for example <c>Asia/Shanghai</c>.</summary>
    TimeZone,
}

/// <summary>Where people meet what a setting says.</summary>
[Flags]
public enum SettingPlaces
{
    None = 0,
    Slip = 1,
    Label = 2,
    Form = 4,
    Kiosk = 8,
    Page = 16,
    Archive = 32,
}

/// <param name="Title">zh-CN.</param>
public sealed record SettingOption(string Code, string Title);

/// <summary>A value a station says of itself, declared by the module that prints it or reckons with it.</summary>
/// <param name="Code">The key under <c>Station</c> in a recipe; the platform's own stand beside it.</param>
/// <param name="Title">zh-CN.</param>
public sealed record Setting(string Code, string Title, SettingKind Kind = SettingKind.Text)
{
    /// <summary>A station cannot work without it.</summary>
    public bool Required { get; init; }

    /// <summary>What holds where nothing is written.</summary>
    public string Default { get; init; } = "";

    /// <summary>Code of another setting whose value holds where nothing is written; null: <see cref="Default"/> does.</summary>
    public string? DefaultFrom { get; init; }

    public IReadOnlyList<SettingOption> Options { get; init; } = [];

    public SettingPlaces Shown { get; init; }

    /// <summary>What layouts call it.</summary>
    public string Placeholder { get; init; } = Code;

    /// <summary>What else is wrong with a value, zh-CN; null when nothing is.</summary>
    public Func<string, string?>? Fault { get; init; }

    /// <summary>What is written, empty when nothing is.</summary>
    public string WrittenIn(StationSettings settings) => Code switch
    {
        nameof(StationSettings.SiteName) => settings.SiteName,
        nameof(StationSettings.TimeZoneId) => settings.TimeZoneId,
        _ => settings.Value(Code),
    };

    /// <summary>What holds: what is written, else the default.</summary>
    public string In(StationSettings settings) => WrittenIn(settings) is { Length: > 0 } written ? written : DefaultFrom is { } other ? settings.Value(other) : Default;

    /// <summary>What is wrong with a value somebody has written, zh-CN; null when nothing is.</summary>
    public string? FaultOf(string value) =>
        Kind == SettingKind.Choice && Options.All(o => o.Code != value) ? $"只能是 {string.Join("、", Options.Select(o => $"{o.Code}（{o.Title}）"))}" : Fault?.Invoke(value);
}

public static class SettingTitles
{
    private static readonly (SettingPlaces Place, string Title)[] Places =
    [
        (SettingPlaces.Page, "页面"), (SettingPlaces.Kiosk, "自助终端"), (SettingPlaces.Label, "标签"), (SettingPlaces.Slip, "提示单和凭证"), (SettingPlaces.Form, "存档表单和交接单"), (SettingPlaces.Archive, "电子档案"),
    ];

    /// <summary>Where it shows, zh-CN, in the order a donation meets it.</summary>
    public static IReadOnlyList<string> PlacesOf(SettingPlaces shown) => [.. Places.Where(p => shown.HasFlag(p.Place)).Select(p => p.Title)];

    /// <summary>zh-CN.</summary>
    public static string Of(SettingKind kind) => kind switch
    {
        SettingKind.Phone => "电话",
        SettingKind.Pattern => "格式",
        SettingKind.Choice => "选择",
        SettingKind.TimeZone => "时区",
        _ => "文字",
    };
}
