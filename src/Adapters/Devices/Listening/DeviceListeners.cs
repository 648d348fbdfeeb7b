using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modules.Devices.Contracts;
using Platform.Tenancy;

namespace Adapters.Devices.Listening;

/// <summary>Listens to the enrolled devices of all running tenants. Looks again twice a minute, so a new device, a freed port or a new tenant needs no restart.
/// Trouble of one device is an incident of that device and of nobody else.</summary>
public sealed class DeviceListeners(Tenants tenants, ListenerBoard board, TimeProvider clock, ILogger<DeviceListeners> log) : BackgroundService
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
            var wanted = tenant.State == TenantState.Running
                ? await tenants.RunAsync(tenant.Name, services => services.GetRequiredService<IDeviceIntake>().EnabledAsync(cancel))
                : [];
            foreach (var (key, port) in _ports.Where(p => p.Key.Tenant == tenant.Name && !(p.Value.Listening && wanted.Contains(p.Value.Device))).ToList())
            {
                await port.DisposeAsync();
                _ports.Remove(key);
                if (wanted.All(d => d.Code != key.Device)) board.Forget(key.Tenant, key.Device);
            }
            foreach (var device in wanted.Where(d => !_ports.ContainsKey((tenant.Name, d.Code)))) Open(tenant.Name, device);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Devices of tenant {Tenant} could not be looked up", tenant.Name);
        }
    }

    private void Open(string tenant, EnrolledDevice device)
    {
        if (!DeviceProfileReader.BuiltIn.TryGetValue(device.Profile, out var profile))
        {
            board.Report(tenant, device.Code, new ListenerState(false, 0, $"没有设备配置 {device.Profile}", clock.GetUtcNow()));
            return;
        }
        var port = new DevicePort(tenant, device, profile, new FrameIntake(tenants, tenant, device.Code, profile, clock, log), board, clock, log);
        _ports[(tenant, device.Code)] = port;
        port.Open();
    }
}

/// <summary>The profiles that come with the product.</summary>
public sealed class BuiltInProfiles : IDeviceProfiles
{
    public IReadOnlyList<string> Names { get; } = [.. DeviceProfileReader.BuiltIn.Keys.Order(StringComparer.Ordinal)];

    public string? ProtocolOf(string profile) => !DeviceProfileReader.BuiltIn.TryGetValue(profile, out var found) ? null : found.Format switch
    {
        Wire.WireFormat.Hl7 => "HL7 / MLLP",
        Wire.WireFormat.Astm => "ASTM / LIS1-A",
        Wire.WireFormat.Csv => "CSV 文件",
        _ => "XML 文件",
    };

    public bool IsFile(string profile) => DeviceProfileReader.BuiltIn.TryGetValue(profile, out var found) && found.Format is Wire.WireFormat.Csv or Wire.WireFormat.Xml;

    public (IReadOnlyList<DeviceMessage> Messages, string? Damage) Read(string profile, byte[] file)
    {
        var recording = DeviceRecording.Read(file, DeviceProfileReader.BuiltIn[profile]);
        return (recording.Messages, recording.Errors.Count > 0 ? recording.Errors[0] : recording.Messages.SelectMany(m => m.Problems).FirstOrDefault());
    }
}
