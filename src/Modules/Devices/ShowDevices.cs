using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Devices;

/// <param name="Protocol">Null when the profile does not exist.</param>
/// <param name="Address">Null for a device whose results come as files.</param>
/// <param name="State">Null while its listener has not been started.</param>
public sealed record DeviceRow(string Code, string Name, string Profile, string? Protocol, string? Address, string AllowedAddresses, bool Enabled, ListenerState? State, DateTimeOffset? LastMessage);

public sealed record DevicesModel(IReadOnlyList<DeviceRow> Devices, int Waiting, TimeZoneInfo TimeZone);

/// <summary>设备: the enrolled devices, whether each is listened to, and when it last said something.</summary>
internal static class ShowDevices
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/devices", HandleAsync).RequirePermission(DevicePermissions.View);

    private static async Task<IResult> HandleAsync(Store store, TenantContext tenant, ListenerBoard board, DeviceDocuments documents, StationClock station, IPages pages, CancellationToken cancel)
    {
        var last = await store.Set<DeviceFrame>().GroupBy(f => f.DeviceCode).Select(g => new { g.Key, At = g.Max(f => f.ReceivedAt) }).ToDictionaryAsync(g => g.Key, g => g.At, cancel);
        var (profiles, set) = await documents.NowAsync(cancel);
        var devices = await store.Set<Device>().AsNoTracking().OrderBy(d => d.Code).ToListAsync(cancel);
        return pages.Show(new DevicesModel(
            [.. devices.Select(d => new DeviceRow(
                d.Code, d.Name, d.Profile, profiles.ProtocolOf(set, d.Profile), d.Port == 0 ? null : $"{d.BindAddress}:{d.Port}", d.AllowedAddresses, d.Enabled, board.Of(tenant.Current.Name, d.Code),
                last.TryGetValue(d.Code, out var at) ? at : null))],
            await ResultQueue.Waiting(store).CountAsync(cancel), (await station.SettingsAsync(cancel)).TimeZone));
    }
}
