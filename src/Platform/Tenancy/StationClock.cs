using Platform.Publishing;

namespace Platform.Tenancy;

/// <summary>The station's settings now and its local day.</summary>
public sealed class StationClock(Configuration configuration, TimeProvider clock)
{
    private Task<StationSettings>? _read;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Read once: parts of a page that ask at the same time wait for the same answer.</summary>
    public Task<StationSettings> SettingsAsync(CancellationToken cancel = default) => _read is null or { IsFaulted: true } or { IsCanceled: true } ? _read = ReadAsync(cancel) : _read;

    private async Task<StationSettings> ReadAsync(CancellationToken cancel) => StationSettings.Of(await configuration.FrameAsync(Now, cancel));

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
