using System.Text;
using Adapters.Devices.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modules.Devices.Contracts;
using Platform.Tenancy;

namespace Adapters.Devices.Listening;

/// <param name="Stored">Bytes and results are in the store; only then may the device forget them.</param>
/// <param name="Acknowledgements">HL7 answers, unframed; none for a device that answers frames itself.</param>
internal sealed record TakenFrame(bool Stored, IReadOnlyList<byte[]> Acknowledgements);

/// <summary>From bytes to the store: raw first, then read, then recorded, then the answer.</summary>
internal sealed class FrameIntake(Tenants tenants, string tenant, string device, DeviceProfile profile, TimeProvider clock, ILogger log)
{
    /// <summary>Devices wait ten seconds for their answer.</summary>
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(9);

    private readonly DeviceMessageReader _reader = new(profile);

    /// <param name="damage">Known damage: the bytes are stored and queued, not read.</param>
    public async Task<TakenFrame> TakeAsync(byte[] raw, string remote, string? damage, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Time);
        IReadOnlyList<WireMessage> wire = [];
        try
        {
            var frame = await tenants.RunAsync(tenant, services => services.GetRequiredService<IDeviceIntake>().StoreAsync(device, raw, remote, limit.Token));
            (wire, var messages, damage) = damage is null ? Read(raw) : ([], [], damage);
            if (!frame.Recorded) await tenants.RunAsync(tenant, services => services.GetRequiredService<IDeviceIntake>().RecordAsync(frame.Id, messages, damage, limit.Token));
            return new TakenFrame(true, Answers(wire, damage is null ? AcknowledgementCode.AA : AcknowledgementCode.AR, damage, frame.LocalTime));
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "A frame of device {Device} of tenant {Tenant} could not be stored; the device will send it again", device, tenant);
            return new TakenFrame(false, Answers(wire.Count > 0 ? wire : Read(raw).Wire, AcknowledgementCode.AE, "暂时不能保存，请重发", clock.GetUtcNow().DateTime));
        }
    }

    /// <summary>The answer to what is not even kept.</summary>
    public TakenFrame Refuse(string reason) => new(false, Answers([], AcknowledgementCode.AR, reason, clock.GetUtcNow().DateTime));

    private (IReadOnlyList<WireMessage> Wire, IReadOnlyList<DeviceMessage> Messages, string? Damage) Read(byte[] raw)
    {
        try
        {
            var wire = DeviceRecording.Parse(raw, profile);
            return wire.Count == 0
                ? ([], [], $"没有找到 {profile.Format} 消息")
                : (wire, [.. wire.SelectMany(_reader.Read)], wire.SelectMany(m => m.Problems).FirstOrDefault());
        }
        catch (Exception e)
        {
            log.LogError(e, "A frame of device {Device} of tenant {Tenant} could not be read", device, tenant);
            return ([], [], "内容不能解析");
        }
    }

    private List<byte[]> Answers(IReadOnlyList<WireMessage> wire, AcknowledgementCode code, string? text, DateTime now)
    {
        if (profile.Format != WireFormat.Hl7) return [];
        // Answering an answer would go on for ever.
        var asked = wire.Count == 0 ? [new WireMessage(WireFormat.Hl7, [], [])] : wire.Where(m => !IsAnswer(m));
        return [.. asked.Select(m => Encoding.UTF8.GetBytes(Acknowledgement.Build(profile, m, code, text ?? "Message accepted", code == AcknowledgementCode.AA ? 0 : 207, now)))];
    }

    private static bool IsAnswer(WireMessage message) => message.Records.Any(r => r.Name == "MSA");
}
