using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Storage;

namespace Modules.Devices;

/// <summary><c>Station.Devices</c>: <c>{ "Devices": [ { "Code", "Name", "Profile", "Port", "AllowedAddresses": […] } ] }</c>, and where the device is not on this machine <c>"BindAddress"</c>;
/// <c>"Enabled": false</c> stops listening. A device whose profile reads files has no port and no addresses.</summary>
internal sealed class DevicesStep(Store store, IDeviceProfiles profiles) : IRecipeStep
{
    private sealed record Entry(string Code, string Name, string Profile, int Port = 0, IReadOnlyList<string>? AllowedAddresses = null, string BindAddress = "127.0.0.1", bool Enabled = true);

    private static readonly JsonSerializerOptions Strict = new()
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    public string Name => "Station.Devices";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        var set = new InForce(plan.Documents, new ParsedDocuments());
        var entries = Read(plan, step);
        var known = await store.Set<Device>().ToDictionaryAsync(d => d.Code, StringComparer.Ordinal, cancel);
        for (var i = 0; i < entries.Count; i++)
        {
            Check(plan, set, $"{step.Path}.Devices[{i}]", entries[i], entries);
            Plan(plan, entries[i], known.GetValueOrDefault(entries[i].Code));
        }
    }

    private static List<Entry> Read(RecipePlan plan, RecipeStepElement step)
    {
        try
        {
            return step.Json.GetProperty("Devices").Deserialize<List<Entry>>(Strict)!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new DocumentException(plan.Recipe.Name, $"{step.Path}.Devices", "每台设备需要 Code、Name、Profile，联网的还需要 Port、AllowedAddresses，可有 BindAddress、Enabled");
        }
    }

    private void Check(RecipePlan plan, InForce set, string path, Entry entry, List<Entry> all)
    {
        Require(entry.Code.Length is > 0 and <= 40 && all.Count(e => e.Code == entry.Code) == 1, ".Code", "设备代码不能为空、不超过 40 字且不能重复");
        Require(profiles.ProtocolOf(set, entry.Profile) is not null, ".Profile", $"没有设备配置 {entry.Profile}，可用：{string.Join("、", profiles.Names(set))}；新的配置请先用 Station.DeviceProfiles 发布");
        if (profiles.IsFile(set, entry.Profile))
        {
            Require(entry.Port == 0 && entry.AllowedAddresses is null, ".Port", "此配置读取文件，不监听端口，请删去 Port 和 AllowedAddresses");
            return;
        }
        Require(entry.Port is > 0 and < 65536, ".Port", "端口须为 1–65535");
        Require(all.Count(e => e.Enabled && e.Port == entry.Port) <= 1, ".Port", $"端口 {entry.Port} 用了两次");
        Require(IPAddress.TryParse(entry.BindAddress, out _), ".BindAddress", "请填写本机的 IP 地址");
        Require(entry.AllowedAddresses is { Count: > 0 } && entry.AllowedAddresses.All(a => IPAddress.TryParse(a, out _)), ".AllowedAddresses", "请列出设备的 IP 地址");

        void Require(bool holds, string property, string remedy)
        {
            if (!holds) throw new DocumentException(plan.Recipe.Name, path + property, remedy);
        }
    }

    private void Plan(RecipePlan plan, Entry entry, Device? device)
    {
        var allowed = string.Join(',', entry.AllowedAddresses ?? []);
        if (device is null)
            plan.Changes.Add(new PlannedChange($"+ 设备 {entry.Code}（{entry.Name}，{entry.BindAddress}:{entry.Port}）", () => Write(new Device
            {
                Code = entry.Code, Name = entry.Name, Profile = entry.Profile, BindAddress = entry.BindAddress, Port = entry.Port, AllowedAddresses = allowed, Enabled = entry.Enabled,
            })));
        else if ((device.Name, device.Profile, device.BindAddress, device.Port, device.AllowedAddresses, device.Enabled) == (entry.Name, entry.Profile, entry.BindAddress, entry.Port, allowed, entry.Enabled))
            plan.Unchanged.Add($"设备 {entry.Code}");
        else
            plan.Changes.Add(new PlannedChange($"~ 设备 {entry.Code}（{entry.Name}，{entry.BindAddress}:{entry.Port}{(entry.Enabled ? "" : "，停用")}）", () =>
            {
                (device.Name, device.Profile, device.BindAddress, device.Port, device.AllowedAddresses, device.Enabled) = (entry.Name, entry.Profile, entry.BindAddress, entry.Port, allowed, entry.Enabled);
                return Task.CompletedTask;
            }));
    }

    private Task Write(Device device)
    {
        store.Add(device);
        return Task.CompletedTask;
    }
}
