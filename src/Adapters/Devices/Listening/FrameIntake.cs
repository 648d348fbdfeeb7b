using System.Text;
using Adapters.Devices.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modules.Devices.Contracts;
using Platform.Tenancy;

namespace Adapters.Devices.Listening;

/// <param name="Stored">Nothing of it is lost when the device forgets it: bytes and results are in the store, or it was a question.</param>
/// <param name="Answers">HL7 answers, or ASTM messages to send; unframed.</param>
/// <param name="Trouble">Why it was not understood or not kept, in Chinese; null when it was.</param>
internal sealed record TakenFrame(bool Stored, IReadOnlyList<byte[]> Answers, string? Trouble);

/// <summary>Takes what a conversation has heard.</summary>
internal interface IFrameIntake
{
    /// <param name="damage">Known damage: the bytes are stored and queued, not read.</param>
    Task<TakenFrame> TakeAsync(byte[] raw, string remote, string? damage, CancellationToken cancel);

    /// <summary>The answer to what is not even kept.</summary>
    TakenFrame Refuse(string reason);
}

/// <summary>From bytes to the store: raw first, then read, then recorded, then the answer. A question is answered from the worklist and leaves nothing behind.
/// The profile is the one in force when the message comes.</summary>
internal sealed class FrameIntake(Tenants tenants, string tenant, EnrolledDevice device, DeviceMessageReader known, TimeProvider clock,
    ILogger log) : IFrameIntake
{
    private const int Refused = 207;
    private const string TryAgain = "暂时不能保存，请重发";

    /// <summary>Devices wait ten seconds for their answer.</summary>
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(9);

    private DeviceMessageReader _reader = known;

    public async Task<TakenFrame> TakeAsync(byte[] raw, string remote, string? damage, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Time);
        IReadOnlyList<WireMessage> wire = [];
        try
        {
            _reader = await tenants.RunAsync(tenant, services => PublishedProfiles.InForceAsync(services, device.Profile, limit.Token))
                ?? _reader;
            (wire, var messages, damage) = damage is null ? Read(raw) : ([], [], damage);
            if (damage is null && messages.Count > 0 && messages.All(m => m.Kind == DeviceMessageKind.Query))
                return await AnswerAsync(wire, limit.Token);
            return await KeepAsync(new KnownFrame(raw, wire, messages.Where(m => m.Kind != DeviceMessageKind.Query).ToList(), damage),
                remote, limit.Token);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "A frame of device {Device} of tenant {Tenant} could not be stored; the device will send it again", device.Code,
                tenant);
            return new TakenFrame(false,
                Answers(wire.Count > 0 ? wire : Read(raw).Wire, AcknowledgementCode.AE, TryAgain, clock.GetUtcNow().DateTime), TryAgain);
        }
    }

    public TakenFrame Refuse(string reason) => new(false, Answers([], AcknowledgementCode.AR, reason, clock.GetUtcNow().DateTime), reason);

    private async Task<TakenFrame> KeepAsync(KnownFrame read, string remote, CancellationToken cancel)
    {
        var frame = await tenants.RunAsync(tenant, services => Intake(services).StoreAsync(device.Code, read.Raw, remote, cancel));
        await tenants.RunAsync(tenant, services => Intake(services).RecordAsync(frame.Id, read.Messages, read.Damage, cancel));
        var questions = read.Wire.Where(m => DeviceQuery.Of(m, _reader.Profile).Count > 0).ToList();
        // What is a question is answered as one, damaged or not: a second answer would be taken for that of the next message.
        var told = questions.Count > 0 && questions.Count == read.Wire.Count ? [] : Answers([.. read.Wire.Except(questions)], read.Damage is null ? AcknowledgementCode.AA
            : AcknowledgementCode.AR, read.Damage, frame.LocalTime);
        return new TakenFrame(true, [.. told, .. questions.Count > 0 ? (await AnswerAsync(questions, cancel)).Answers : []], read.Damage);
    }

    private async Task<TakenFrame> AnswerAsync(IReadOnlyList<WireMessage> wire, CancellationToken cancel)
    {
        var answers = new List<byte[]>();
        foreach (var query in wire.SelectMany(m => DeviceQuery.Of(m, _reader.Profile)))
        {
            var (sample, now) = await tenants.RunAsync(tenant, async services =>
            {
                var intake = Intake(services);
                var awaited = query.SampleId is { } number ? await intake.AwaitedAsync(number, cancel) : null;
                return (awaited, await intake.LocalTimeAsync(cancel));
            });
            answers.AddRange(QueryAnswer.Build(_reader.Profile, query, sample, now).Select(Encoding.UTF8.GetBytes));
        }
        return new TakenFrame(true, answers, null);
    }

    private static IDeviceIntake Intake(IServiceProvider services) => services.GetRequiredService<IDeviceIntake>();

    private (IReadOnlyList<WireMessage> Wire, IReadOnlyList<DeviceMessage> Messages, string? Damage) Read(byte[] raw)
    {
        try
        {
            var wire = DeviceRecording.Parse(raw, _reader.Profile);
            return wire.Count == 0
                ? ([], [], $"没有找到 {_reader.Profile.Format} 消息：请核对仪器的通讯协议和设备的 Profile")
                : (wire, [.. wire.SelectMany(_reader.Read)], wire.SelectMany(m => m.Problems).FirstOrDefault());
        }
        catch (Exception e)
        {
            log.LogError(e, "A frame of device {Device} of tenant {Tenant} could not be read", device.Code, tenant);
            return ([], [], "内容不能解析");
        }
    }

    private List<byte[]> Answers(IReadOnlyList<WireMessage> wire, AcknowledgementCode code, string? text, DateTime now)
    {
        var profile = _reader.Profile;
        if (profile.Format != WireFormat.Hl7) return [];
        // Answering an answer would go on for ever.
        var asked = wire.Count == 0 && code != AcknowledgementCode.AA ? [new WireMessage(WireFormat.Hl7, [], [])]
            : wire.Where(m => !IsAnswer(m));
        return [.. asked.Select(m => Encoding.UTF8.GetBytes(Acknowledgement.Build(profile, m, code, text ?? "Message accepted", code == AcknowledgementCode.AA ? 0 : Refused, now)))];
    }

    private static bool IsAnswer(WireMessage message) => message.Records.Any(r => r.Name == "MSA");

    private sealed record KnownFrame(byte[] Raw, IReadOnlyList<WireMessage> Wire, IReadOnlyList<DeviceMessage> Messages, string? Damage);
}
