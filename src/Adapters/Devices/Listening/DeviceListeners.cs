using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modules.Devices.Contracts;
using Platform.Tenancy;

namespace Adapters.Devices.Listening;

/// <summary>Listens to the enrolled devices of all running tenants. Looks again twice a minute, so a new device, another protocol, a freed port or a new tenant needs no restart.
/// Trouble of one device is an incident of that device and of nobody else.</summary>
public sealed class DeviceListeners(Tenants tenants, ListenerBoard board, TimeProvider clock, ILogger<DeviceListeners> log)
    : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private readonly Dictionary<(string Tenant, string Device), DevicePort> _ports = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(LookAgain, clock);
            do
            {
                foreach (var tenant in tenants.All.ToList()) await FollowAsync(tenant, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogInformation("Device listeners stop");
        }
        foreach (var port in _ports.Values) await port.DisposeAsync();
    }

    private async Task FollowAsync(Tenant tenant, CancellationToken cancel)
    {
        try
        {
            var wanted = tenant.State == TenantState.Running ? await WantedAsync(tenant.Name, cancel) : [];
            foreach (var (key, port) in _ports.Where(p => p.Key.Tenant == tenant.Name
                && !(p.Value.Listening && wanted.Any(w => Serves(p.Value, w)))).ToList())
            {
                await port.DisposeAsync();
                _ports.Remove(key);
                if (wanted.All(w => w.Device.Code != key.Device)) board.Forget(key.Tenant, key.Device);
            }
            foreach (var (device, reader) in wanted.Where(w => !_ports.ContainsKey((tenant.Name, w.Device.Code))))
                Open(tenant.Name, device, reader);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Devices of tenant {Tenant} could not be looked up", tenant.Name);
        }
    }

    private static bool Serves(DevicePort port, (EnrolledDevice Device, DeviceMessageReader? Reader) wanted) =>
        port.Purpose.Device == wanted.Device && port.Purpose.Format == wanted.Reader?.Profile.Format;

    private Task<List<(EnrolledDevice Device, DeviceMessageReader? Reader)>> WantedAsync(string tenant, CancellationToken cancel) =>
        tenants.RunAsync(tenant, async services =>
    {
        var wanted = new List<(EnrolledDevice, DeviceMessageReader?)>();
        foreach (var device in await services.GetRequiredService<IDeviceIntake>().EnabledAsync(cancel))
            wanted.Add((device, await PublishedProfiles.InForceAsync(services, device.Profile, cancel)));
        return wanted;
    });

    private void Open(string tenant, EnrolledDevice device, DeviceMessageReader? reader)
    {
        if (reader is null || reader.Profile.IsFile)
        {
            var fault = reader is null ? PublishedProfiles.Missing(device.Profile)
                : $"设备配置 {device.Profile} 读取文件，不监听端口：请在 Station.Devices 中删去 Port";
            board.Report(tenant, device.Code, new ListenerState(false, 0, 0, fault, clock.GetUtcNow()));
            return;
        }
        var port = new DevicePort(new PortPurpose(tenant, device, reader.Profile.Format),
            new FrameIntake(tenants, tenant, device, reader, clock, log), board, clock, log);
        _ports[(tenant, device.Code)] = port;
        port.Open();
    }
}
