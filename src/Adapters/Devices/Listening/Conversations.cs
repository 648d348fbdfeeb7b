using Adapters.Devices.Wire;

namespace Adapters.Devices.Listening;

/// <summary>One connection's talk with a device: bytes in, answers out.</summary>
internal interface IConversation
{
    /// <summary>A message has begun and is not complete.</summary>
    bool Pending { get; }

    /// <summary>How long the device may be silent now before <see cref="Lapse"/>; null when it may as long as it likes.</summary>
    TimeSpan? Patience { get; }

    /// <summary>What was wrong with what was just heard, in Chinese; null when nothing was.</summary>
    string? Trouble { get; }

    /// <summary>Whether a whole message was understood in what was just heard.</summary>
    bool Understood { get; }

    /// <summary>There is nothing to wait for on this connection: it is to be hung up.</summary>
    bool Ended { get; }

    Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>The device has been silent for <see cref="Patience"/>: what is missing becomes the trouble.</summary>
    byte[] Lapse();

    /// <summary>What is missing when the device hangs up now, in Chinese; null when nothing is.</summary>
    string? BrokenOff { get; }
}

/// <summary>HL7 over MLLP: a frame, its answer.</summary>
internal sealed class MllpConversation(IFrameIntake intake, string remote) : IConversation
{
    private const string Half = "消息只收到一半，没有结束符（0x1C 0x0D）：请检查线路，或在仪器上打开 MLLP";

    private readonly MllpDecoder _decoder = new();
    private readonly StrayBytes _stray = new(WireFormat.Hl7, MllpDecoder.Start);
    private int _oversized;
    private bool _complained;

    public bool Pending => _decoder.Pending;
    public TimeSpan? Patience => Pending && !_complained ? Conversations.Stall : null;
    public string? Trouble { get; private set; }
    public bool Understood { get; private set; }
    public bool Ended => _stray.Foreign;
    public string? BrokenOff => Pending ? Half : null;

    public async Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        (Trouble, Understood, _complained) = (_decoder.Pending ? null : _stray.Hear(bytes.Span), false, false);
        if (_stray.Foreign) return [];
        var answers = new List<byte>();
        foreach (var frame in _decoder.Feed(bytes.Span))
        {
            var taken = await intake.TakeAsync(frame, remote, null, cancel);
            answers.AddRange(Framed(taken));
            (Trouble, Understood) = (taken.Trouble ?? Trouble, Understood || taken.Trouble is null);
        }
        for (; _oversized < _decoder.OversizedFrames; _oversized++)
        {
            Trouble = $"消息超过 {MllpDecoder.DefaultMaxFrame} 字节，已拒收：请检查仪器是否发送图片或曲线";
            answers.AddRange(Framed(intake.Refuse(Trouble)));
        }
        return [.. answers];
    }

    public byte[] Lapse()
    {
        (Trouble, Understood, _complained) = (Half, false, true);
        return [];
    }

    private static IEnumerable<byte> Framed(TakenFrame taken) => taken.Answers.SelectMany(a => MllpDecoder.Frame(a));
}

internal static class Conversations
{
    /// <summary>Silence in the middle of a message that is reported; the connection is kept longer.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(5);

    public static IConversation Of(WireFormat format, IFrameIntake intake, string remote) =>
        format == WireFormat.Astm ? new AstmConversation(intake, remote) : new MllpConversation(intake, remote);
}
