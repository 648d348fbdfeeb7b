using Modules.Devices.Contracts;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Devices;

/// <summary>The device profiles in force at this moment.</summary>
internal sealed class DeviceDocuments(IDeviceProfiles profiles, Configuration configuration, StationClock station)
{
    public async Task<(IDeviceProfiles Profiles, InForce Set)> NowAsync(CancellationToken cancel) =>
        (profiles, await configuration.AtAsync(station.Now, cancel));
}
