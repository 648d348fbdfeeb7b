using System.Text;

namespace Adapters.Devices.Wire;

/// <summary>The receiving side of ASTM LIS1-A (E1381): <c>ENQ</c>, then <c>STX n text ETX|ETB cs cs CR LF</c> each answered by ACK or NAK,
/// then <c>EOT</c>. Knows no socket: bytes in, answers and transmissions out.</summary>
public sealed class AstmReceiver(int maxTransmission = AstmReceiver.DefaultMaxTransmission)
{
    public const int DefaultMaxTransmission = 4 * 1024 * 1024;
    public const byte Stx = 0x02, Etx = 0x03, Eot = 0x04, Enq = 0x05, Ack = 0x06, Nak = 0x15, Etb = 0x17;

    private const string NoChecksum = "在 ETX 之后没有校验和：请在仪器上打开校验和（LIS1-A）";

    private enum State { Idle, BetweenFrames, Text, Checksum }

    private readonly List<byte> _text = [], _frame = [], _checksum = [];
    private State _state = State.Idle;
    private int _expected = 1;
    private byte[] _last = [];
    private bool _lastWasEnd = true, _broken;

    /// <summary>Bytes that belong to no frame.</summary>
    public long GarbageBytes { get; private set; }
    /// <summary>Transmissions that ended or were begun anew without being complete.</summary>
    public int IncompleteTransmissions { get; private set; }
    /// <summary>Why the last frame was refused, in Chinese; null once the device has repeated it well.</summary>
    public string? Refusal { get; private set; }
    /// <summary>A transmission has begun and its EOT has not come.</summary>
    public bool Pending => _state != State.Idle;

    /// <summary>What is missing at this moment, in Chinese; null when nothing is.</summary>
    public string? Missing => _state switch
    {
        State.Text => $"第 {_expected} 帧只收到一半，没有 ETX：请检查线路，或让仪器重发",
        State.Checksum => $"第 {_expected} 帧{NoChecksum}",
        State.BetweenFrames when Refusal is not null => Refusal,
        State.BetweenFrames => "传输已开始，没有结束（EOT）：请检查线路，或让仪器重发",
        _ => null,
    };

    /// <summary>The records received and not yet handed over, when the last of them is the terminator (L) and nothing is missing; null otherwise.</summary>
    public byte[]? Ended => _state == State.BetweenFrames && Refusal is null && _lastWasEnd && EndsInTerminator() ? [.. _text] : null;

    /// <summary>What <see cref="Ended"/> gave is stored: the next message of the same transmission stands by itself.</summary>
    public void HandOver()
    {
        _text.Clear();
        _frame.Clear();
    }

    /// <summary>The complete transmissions (records without framing) these bytes end; answers to the device go to <paramref name="answers"/>.
    /// A transmission whose last frame was refused or that ends inside a record is not delivered: the device sends it again.</summary>
    public IReadOnlyList<byte[]> Feed(ReadOnlySpan<byte> input, ICollection<byte> answers)
    {
        var done = new List<byte[]>();
        foreach (var b in input)
        {
            if (_state == State.Checksum && _checksum.Count == 0 && b is Enq or Eot or Stx && !Unchecked(b, answers)) continue;
            if (b == Enq && _state != State.Checksum) Open(answers);
            else if (b == Eot && _state != State.Checksum) Close(done);
            else if (b == Stx) StartFrame();
            else if (_state == State.Text) TextByte(b);
            else if (_state == State.Checksum) ChecksumByte(b, answers);
            else if (b is not ((byte)'\r' or (byte)'\n')) GarbageBytes++;
        }
        return done;
    }

    /// <summary>Sum of frame number, text and ETX or ETB, modulo 256, as two upper-case hexadecimal digits.</summary>
    public static string Checksum(ReadOnlySpan<byte> frame)
    {
        var sum = 0;
        foreach (var b in frame) sum = (sum + b) & 0xFF;
        return sum.ToString("X2");
    }

    private bool EndsInTerminator() =>
        _text.Count > 1 && _text.LastIndexOf((byte)'\r', _text.Count - 2) is var before && before + 1 < _text.Count && _text[before + 1] == 'L';

    private void Open(ICollection<byte> answers)
    {
        if (_text.Count + _frame.Count > 0) IncompleteTransmissions++;
        Reset(State.BetweenFrames);
        Refusal = null;
        answers.Add(Ack);
    }

    private void Close(List<byte[]> done)
    {
        if (_state == State.Idle) return;
        if (_state == State.Text) Refusal = $"第 {_expected} 帧未收完就结束了传输";
        if (Refusal is null && !_lastWasEnd) Refusal = "最后一帧以 ETB 结束，后续帧没有到达";
        if (Refusal is not null) IncompleteTransmissions++;
        else if (_text.Count > 0) done.Add([.. _text]);
        Reset(State.Idle);
    }

    /// <summary>The device goes on where the checksum should stand. A beginning is refused: it may be a checksum spoilt on the way, and the frame is sent again.</summary>
    /// <returns>Whether the byte is still to be heard.</returns>
    private bool Unchecked(byte heard, ICollection<byte> answers)
    {
        _state = State.BetweenFrames;
        _frame.Clear();
        Refuse($"第 {_expected} 帧{NoChecksum}");
        if (heard == Enq) answers.Add(Nak);
        return heard != Enq;
    }

    // A recording may begin at the first frame, without its ENQ.
    private void StartFrame()
    {
        if (_state == State.Idle) Reset(State.BetweenFrames);
        _frame.Clear();
        _checksum.Clear();
        _state = State.Text;
    }

    private void TextByte(byte b)
    {
        if (_text.Count + _frame.Count >= maxTransmission) Refusal = $"传输超过 {maxTransmission} 字节";
        else _frame.Add(b);
        if (b is Etx or Etb) _state = State.Checksum;
    }

    private void ChecksumByte(byte b, ICollection<byte> answers)
    {
        if (b is not ((byte)'\r' or (byte)'\n')) _checksum.Add(b);
        if (_checksum.Count < 2 && b != (byte)'\n') return;
        _state = State.BetweenFrames;
        answers.Add(Judge() ? Ack : Nak);
    }

    private bool Judge()
    {
        if (_frame.Count < 2 || _frame[^1] is not (Etx or Etb)) return Refuse(Refusal ?? $"第 {_expected} 帧是空的");
        var (expected, sent) = (Checksum(_frame.ToArray()), Encoding.ASCII.GetString([.. _checksum]));
        if (sent.Length == 0) return Refuse($"第 {_expected} 帧{NoChecksum}");
        if (!string.Equals(expected, sent, StringComparison.OrdinalIgnoreCase)) return Refuse($"第 {_expected} 帧校验和应为 {expected}，收到 {sent}");
        // Our ACK was lost and the device repeats the frame we have: acknowledge it, keep it once.
        if (_last.AsSpan().SequenceEqual(_frame.ToArray())) return true;
        // A number out of turn says a frame is gone for good. Numbers come round every eight frames, so what follows must not look right again.
        _broken |= _frame[0] - '0' != _expected;
        if (_broken) return Refuse(_expected == 1 && _frame[0] == '0' && _text.Count == 0
            ? "第一帧的编号是 0，应为 1：请在仪器上把帧号改为从 1 开始（LIS1-A）" : $"应收到第 {_expected} 帧，收到第 {Number(_frame[0])} 帧");
        _last = [.. _frame];
        _text.AddRange(_frame[1..^1]);
        _lastWasEnd = _frame[^1] == Etx;
        // ETX ends a record; some devices leave out the CR in front of it.
        if (_lastWasEnd && _text.Count > 0 && _text[^1] != (byte)'\r') _text.Add((byte)'\r');
        _expected = (_expected + 1) % 8;
        Refusal = null;
        return true;
    }

    private static string Number(byte sent) => char.IsAsciiDigit((char)sent) ? ((char)sent).ToString() : $"0x{sent:X2}";

    private bool Refuse(string reason)
    {
        Refusal = reason;
        return false;
    }

    private void Reset(State state)
    {
        _text.Clear();
        _frame.Clear();
        _checksum.Clear();
        (_state, _expected, _last, _lastWasEnd, _broken) = (state, 1, [], true, false);
    }
}
