using Adapters.Devices.Wire;
using Engine.Canonical;
using Microsoft.Extensions.DependencyInjection;
using Modules.Devices.Contracts;
using Platform.Publishing;

namespace Adapters.Devices.Listening;

/// <summary>The device profiles among the documents in force.</summary>
public sealed class PublishedProfiles : IDeviceProfiles
{
    public IReadOnlyList<string> Names(InForce set) =>
        [.. set.All(DocumentKinds.DeviceProfile).Select(d => d.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public string? ProtocolOf(InForce set, string profile) => Of(set, profile)?.Profile.Format switch
    {
        null => null,
        WireFormat.Hl7 => "HL7 / MLLP",
        WireFormat.Astm => "ASTM / LIS1-A",
        WireFormat.Csv => "CSV 文件",
        WireFormat.Lines => "逐行名称和值的文件",
        _ => "XML 文件",
    };

    public bool IsFile(InForce set, string profile) => Of(set, profile)?.Profile.IsFile == true;

    public (IReadOnlyList<DeviceMessage> Messages, string? Damage) Read(InForce set, string profile, byte[] bytes)
    {
        if (Of(set, profile) is not { } reader) return ([], Missing(profile));
        var recording = DeviceRecording.Read(bytes, reader.Profile);
        return (recording.Messages, recording.Errors.Count > 0 ? recording.Errors[0] : recording.Messages.SelectMany(m => m.Problems)
            .FirstOrDefault());
    }

    /// <summary>Reads a document before it comes into force.</summary>
    /// <param name="testItems">Codes of the test items it would be in force with.</param>
    /// <exception cref="DocumentFaultException">Cannot be used.</exception>
    public static void Check(PublishedDocument document, IReadOnlySet<string> testItems)
    {
        try
        {
            var items = DeviceProfileReader.Parse(document.Json, document.Name).Items;
            for (var i = 0; i < items.Count; i++)
                if (!testItems.Contains(items[i].Code))
                    throw new DocumentFaultException($"$.items[{i}].code",
                    $"没有检测项目 {items[i].Code}，可用：{string.Join("、", testItems.Order(StringComparer.Ordinal))}");
        }
        catch (DeviceProfileException e)
        {
            throw new DocumentFaultException(e.Path, e.Remedy);
        }
    }

    internal static string Missing(string profile) => $"没有生效的设备配置 {profile}：请用配方步骤 Station.DeviceProfiles 发布它，或在 Station.Devices 中改用已有的配置";

    /// <summary>Null when there is none in force, or it was published by a newer product and cannot be read.</summary>
    internal static DeviceMessageReader? Of(InForce set, string profile)
    {
        var name = profile.ToLowerInvariant();
        if (set.Find(DocumentKinds.DeviceProfile, name) is not { } document) return null;
        try
        {
            return set.Parsed(document, json => new DeviceMessageReader(DeviceProfileReader.Parse(json, name)));
        }
        catch (DeviceProfileException)
        {
            return null;
        }
    }

    /// <summary>The one in force now, in the tenant the services are of.</summary>
    internal static async Task<DeviceMessageReader?> InForceAsync(IServiceProvider services, string profile, CancellationToken cancel) =>
        Of(await services.GetRequiredService<Configuration>()
            .AtAsync(services.GetRequiredService<TimeProvider>().GetUtcNow(), cancel), profile);
}
