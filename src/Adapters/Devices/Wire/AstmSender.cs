using System.Text;

namespace Adapters.Devices.Wire;

/// <summary>The sending side of ASTM LIS1-A (E1381), for a host that answers a question: <c>ENQ</c>, each frame after the answer to the one before, <c>EOT</c>.
/// Knows no socket: bytes in, bytes out. Where both begin at once the device goes first.</summary>
public sealed class AstmSender
{
    /// <summary>Longest text of a frame (LIS1-A 6.3.1.2).</summary>
    private const int LongestText = 240;

    /// <summary>A frame is sent six times, and a device that is busy asked as often (LIS1-A 6.5.1.2).</summary>
    private const int Tries = 6;

    private readonly Queue<byte[]> _waiting = new();
    private List<byte[]> _frames = [];
    private int _next, _tries;
    private bool _asked;

    /// <summary>The device has been asked or is being sent to; what it answers is for <see cref="Hear"/>.</summary>
    public bool Busy => _asked || _frames.Count > 0;

    /// <summary>Something is still to be sent.</summary>
    public bool Waiting => _waiting.Count > 0;

    public void Enqueue(string records) => _waiting.Enqueue(Encoding.UTF8.GetBytes(records));

    /// <summary>Asks the device to listen, when there is something to send and the line is free.</summary>
    public void Begin(ICollection<byte> answers)
    {
        if (Busy || !Waiting) return;
        _asked = true;
        answers.Add(AstmReceiver.Enq);
    }

    /// <returns>False for a byte that is not for the sender: the device has begun to send.</returns>
    public bool Hear(byte heard, ICollection<byte> answers)
    {
        if (!Busy) return false;
        // EOT instead of an acknowledgement accepts the frame and asks to be let speak; the rest of so short a message is sent all the same.
        if (heard is AstmReceiver.Ack or AstmReceiver.Eot) Accepted(answers);
        else if (heard == AstmReceiver.Nak) Refused(answers);
        else if (heard is AstmReceiver.Enq or AstmReceiver.Stx)
        {
            (_asked, _frames) = (false, []);
            return false;
        }
        return true;
    }

    /// <summary>The device has not answered in time. What was begun is ended and not tried again; what it was only asked about is, until the tries are used up.</summary>
    /// <returns>False when a message is given up.</returns>
    public bool Lapse(ICollection<byte> answers)
    {
        var begun = _frames.Count > 0;
        if (Busy) answers.Add(AstmReceiver.Eot);
        (_asked, _frames) = (false, []);
        if (!begun && ++_tries < Tries) return true;
        _tries = 0;
        if (Waiting) _waiting.Dequeue();
        return false;
    }

    private void Accepted(ICollection<byte> answers)
    {
        if (_asked)
        {
            (_asked, _frames, _next) = (false, Frames(_waiting.Peek()), 0);
            Send(answers);
            return;
        }
        if (++_next < _frames.Count)
        {
            Send(answers);
            return;
        }
        answers.Add(AstmReceiver.Eot);
        _waiting.Dequeue();
        (_frames, _tries) = ([], 0);
    }

    private void Refused(ICollection<byte> answers)
    {
        if (_asked) _asked = false;
        else if (++_tries < Tries) Repeat(answers);
        else Lapse(answers);
    }

    private void Send(ICollection<byte> answers)
    {
        _tries = 0;
        Repeat(answers);
    }

    private void Repeat(ICollection<byte> answers)
    {
        foreach (var b in _frames[_next]) answers.Add(b);
    }

    private static List<byte[]> Frames(byte[] records)
    {
        var frames = new List<byte[]>();
        for (var at = 0; at < records.Length;)
        {
            var end = Array.IndexOf(records, (byte)'\r', at);
            var record = records[at..(end < 0 ? records.Length : end + 1)];
            at += record.Length;
            var pieces = record.Chunk(LongestText).ToList();
            for (var i = 0; i < pieces.Count; i++)
                frames.Add(Frame(frames.Count + 1, pieces[i], i == pieces.Count - 1 ? AstmReceiver.Etx : AstmReceiver.Etb));
        }
        return frames;
    }

    private static byte[] Frame(int number, byte[] text, byte end)
    {
        byte[] summed = [(byte)('0' + number % 8), .. text, end];
        return [AstmReceiver.Stx, .. summed, .. Encoding.ASCII.GetBytes(AstmReceiver.Checksum(summed)), (byte)'\r', (byte)'\n'];
    }
}
