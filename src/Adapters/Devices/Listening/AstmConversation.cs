using System.Text;
using Adapters.Devices.Wire;

namespace Adapters.Devices.Listening;

/// <summary>ASTM over LIS1-A. Frames are acknowledged one by one; the one that ends the message only after the message is stored.
/// A question is answered by a transmission of our own, once the device has ended its own.</summary>
internal sealed class AstmConversation(IFrameIntake intake, string remote) : IConversation
{
    private const int MostKept = 64 * 1024;

    /// <summary>A device has this long for its answer to a frame (LIS1-A 6.5.2.2).</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);

    private readonly AstmReceiver _receiver = new();
    private readonly AstmSender _sender = new();
    private readonly StrayBytes _stray = new(WireFormat.Astm, AstmReceiver.Enq, AstmReceiver.Stx, AstmReceiver.Eot, AstmReceiver.Ack,
        AstmReceiver.Nak);
    private readonly List<byte> _raw = [];
    private int _incomplete;
    private bool _complained;

    public bool Pending => _receiver.Pending;
    public TimeSpan? Patience => _sender.Busy || _sender.Waiting && !_receiver.Pending ? Answer : Pending && !_complained
        ? Conversations.Stall : null;
    public string? Trouble { get; private set; }
    public bool Understood { get; private set; }
    public bool Ended => _stray.Foreign;
    public string? BrokenOff => _receiver.Missing;

    public async Task<byte[]> HearAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        (Trouble, Understood, _complained) = (null, false, false);
        var answers = new List<byte>();
        while (bytes.Length > 0 && !Ended)
        {
            if (_sender.Hear(bytes.Span[0], answers))
            {
                bytes = bytes[1..];
                continue;
            }
            var end = bytes.Span.IndexOfAny((byte)'\n', AstmReceiver.Enq, AstmReceiver.Eot);
            var piece = bytes[..(end < 0 ? bytes.Length : end + 1)];
            bytes = bytes[piece.Length..];
            await HearPieceAsync(piece, answers, cancel);
        }
        if (!_receiver.Pending) _sender.Begin(answers);
        return [.. answers];
    }

    public byte[] Lapse()
    {
        (Trouble, Understood) = (null, false);
        var answers = new List<byte>();
        if (_sender.Busy || _sender.Waiting)
        {
            if (!_sender.Lapse(answers)) Trouble = "仪器没有接收查询的应答：请检查仪器是否打开双向通讯（LIS1-A）";
            if (!_receiver.Pending) _sender.Begin(answers);
        }
        else (Trouble, _complained) = (_receiver.Missing, true);
        return [.. answers];
    }

    /// <param name="piece">Ends at most one frame.</param>
    private async Task HearPieceAsync(ReadOnlyMemory<byte> piece, List<byte> answers, CancellationToken cancel)
    {
        if (!_receiver.Pending) Trouble = _stray.Hear(piece.Span) ?? Trouble;
        if (Ended) return;
        if (_raw.Count < MostKept) _raw.AddRange(piece.Span);
        var before = answers.Count;
        var done = _receiver.Feed(piece.Span, answers);
        if (answers.Count > before && answers[^1] == AstmReceiver.Ack && _receiver.Ended is { } text && !await TakeAsync(text, cancel))
            answers[^1] = AstmReceiver.Nak;
        if (_receiver.Pending) Trouble = _receiver.Refusal ?? Trouble;
        // Ended without a terminator: the device has closed, so there is no answer left to refuse it with.
        foreach (var transmission in done) Note(await intake.TakeAsync(transmission, remote, null, cancel));
        for (; _incomplete < _receiver.IncompleteTransmissions; _incomplete++) await TakeBrokenAsync(cancel);
        if (!_receiver.Pending) _raw.Clear();
    }

    private async Task<bool> TakeAsync(byte[] text, CancellationToken cancel)
    {
        var taken = await intake.TakeAsync(text, remote, null, cancel);
        Note(taken);
        if (!taken.Stored) return false;
        _receiver.HandOver();
        _raw.Clear();
        return true;
    }

    private void Note(TakenFrame taken)
    {
        (Trouble, Understood) = (taken.Trouble ?? Trouble, Understood || taken.Trouble is null);
        foreach (var answer in taken.Answers) _sender.Enqueue(Encoding.UTF8.GetString(answer));
    }

    private async Task TakeBrokenAsync(CancellationToken cancel)
    {
        Trouble = "传输不完整：" + (_receiver.Refusal ?? "传输中途重新开始");
        await intake.TakeAsync([.. _raw], remote, Trouble, cancel);
        _raw.Clear();
    }
}
