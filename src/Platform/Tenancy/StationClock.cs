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

    public async Task<DateOnly> TodayAsync(CancellationToken cancel = default) => (await SettingsAsync(cancel)).LocalDate(Now);
}
