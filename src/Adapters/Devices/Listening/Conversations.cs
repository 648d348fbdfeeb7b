using Adapters.Devices.Wire;

namespace Adapters.Devices.Listening;

/// <summary>One connection's talk with a device: bytes in, answers out.</summary>
internal interface IConversation
{
    /// <summary>A message has begun and is not complete.</summary>
    bool Pending { get; }

    /// <summary>What was wrong with the bytes just heard, in Chinese; null when nothing was.</summary>
    string? Trouble { get; }

    Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);
}

/// <summary>HL7 over MLLP: a frame, its acknowledgement.</summary>
internal sealed class MllpConversation(FrameIntake intake, string remote) : IConversation
{
    private readonly MllpDecoder _decoder = new();
    private int _oversized;

    public bool Pending => _decoder.Pending;
    public string? Trouble { get; private set; }

    public async Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        Trouble = null;
        var answers = new List<byte>();
        foreach (var frame in _decoder.Feed(bytes.Span)) answers.AddRange(Framed(await intake.TakeAsync(frame, remote, null, cancel)));
        for (; _oversized < _decoder.OversizedFrames; _oversized++)
        {
            Trouble = $"消息超过 {MllpDecoder.DefaultMaxFrame} 字节，已拒收";
            answers.AddRange(Framed(intake.Refuse(Trouble)));
        }
        return [.. answers];
    }

    private static IEnumerable<byte> Framed(TakenFrame taken) => taken.Acknowledgements.SelectMany(a => MllpDecoder.Frame(a));
}

/// <summary>ASTM over LIS1-A. Frames are acknowledged one by one; the one that ends the message only after the message is stored.</summary>
internal sealed class AstmConversation(FrameIntake intake, string remote) : IConversation
{
    private const int MostKept = 64 * 1024;
    private readonly AstmReceiver _receiver = new();
    private readonly List<byte> _raw = [];
    private int _incomplete;

    public bool Pending => _receiver.Pending;
    public string? Trouble { get; private set; }

    public async Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        Trouble = null;
        var answers = new List<byte>();
        while (bytes.Length > 0)
        {
            var end = bytes.Span.IndexOfAny((byte)'\n', AstmReceiver.Enq, AstmReceiver.Eot);
            var piece = bytes[..(end < 0 ? bytes.Length : end + 1)];
            bytes = bytes[piece.Length..];
            await HearPieceAsync(piece, answers, cancel);
        }
        return [.. answers];
    }

    /// <param name="piece">Ends at most one frame.</param>
    private async Task HearPieceAsync(ReadOnlyMemory<byte> piece, List<byte> answers, CancellationToken cancel)
    {
        if (_raw.Count < MostKept) _raw.AddRange(piece.Span);
        var before = answers.Count;
        var done = _receiver.Feed(piece.Span, answers);
        if (answers.Count > before && answers[^1] == AstmReceiver.Ack && _receiver.Ended is { } text && !await TakeAsync(text, cancel)) answers[^1] = AstmReceiver.Nak;
        // Ended without a terminator: the device has closed, so there is no answer left to refuse it with.
        foreach (var transmission in done) await intake.TakeAsync(transmission, remote, null, cancel);
        for (; _incomplete < _receiver.IncompleteTransmissions; _incomplete++) await TakeBrokenAsync(cancel);
        if (!_receiver.Pending) _raw.Clear();
    }

    private async Task<bool> TakeAsync(byte[] text, CancellationToken cancel)
    {
        var stored = (await intake.TakeAsync(text, remote, null, cancel)).Stored;
        if (!stored) return false;
        _receiver.HandOver();
        _raw.Clear();
        return true;
    }

    private async Task TakeBrokenAsync(CancellationToken cancel)
    {
        Trouble = "传输不完整：" + (_receiver.Refusal ?? "传输中途重新开始");
        await intake.TakeAsync([.. _raw], remote, Trouble, cancel);
        _raw.Clear();
    }
}
