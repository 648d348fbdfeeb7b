using Platform.Publishing;

namespace Platform.Tenancy;

/// <summary>The station's settings now and its local day.</summary>
public sealed class StationClock(Configuration configuration, TimeProvider clock)
{
    private (DateTimeOffset At, StationSettings Settings)? _read;

    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<StationSettings> SettingsAsync(CancellationToken cancel = default)
    {
        _read ??= (Now, StationSettings.Of(await configuration.AtAsync(Now, cancel)));
        return _read.Value.Settings;
    }

    /// <summary>From when a feature is in force, as published: now when it is; an instant ahead when approved settings switch it on then; null when none do.</summary>
    public async Task<DateTimeOffset?> FeatureFromAsync(string feature, CancellationToken cancel = default)
    {
        if ((await SettingsAsync(cancel)).Features.Contains(feature)) return Now;
        foreach (var change in await configuration.ChangesAsync(DocumentKinds.Settings, Now, cancel))
            if (StationSettings.Of(await configuration.AtAsync(change, cancel)).Features.Contains(feature)) return change;
        return null;
    }

    public async Task<DateOnly> TodayAsync(CancellationToken cancel = default) => (await SettingsAsync(cancel)).LocalDate(Now);
}
