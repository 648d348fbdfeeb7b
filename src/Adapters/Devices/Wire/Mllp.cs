namespace Adapters.Devices.Wire;

/// <summary>Minimal lower layer protocol: <c>VT message FS CR</c>. Feed it what arrives, in pieces of any size; it holds at most one frame.</summary>
public sealed class MllpDecoder(int maxFrame = MllpDecoder.DefaultMaxFrame)
{
    public const int DefaultMaxFrame = 4 * 1024 * 1024;
    public const byte Start = 0x0B;
    private const byte End = 0x1C;
    private readonly List<byte> _frame = [];
    private bool _inside, _tooLong;

    /// <summary>Bytes outside frames and in frames that a new start cut off.</summary>
    public long GarbageBytes { get; private set; }
    public int OversizedFrames { get; private set; }
    /// <summary>A frame has begun and not ended.</summary>
    public bool Pending => _inside;

    /// <summary>The frames completed by these bytes.</summary>
    public IReadOnlyList<byte[]> Feed(ReadOnlySpan<byte> input)
    {
        var frames = new List<byte[]>();
        foreach (var b in input)
        {
            if (b == Start) Begin();
            else if (!_inside) GarbageBytes += b is (byte)'\r' or (byte)'\n' ? 0 : 1;
            // FS alone ends the frame: it occurs in no charset used here, and a lost CR must not swallow the next message.
            else if (b == End) Finish(frames);
            else if (_frame.Count < maxFrame) _frame.Add(b);
            else _tooLong = true;
        }
        return frames;
    }

    public static byte[] Frame(ReadOnlySpan<byte> message) => [Start, .. message, End, (byte)'\r'];

    private void Begin()
    {
        if (_inside) GarbageBytes += _frame.Count;
        _frame.Clear();
        (_inside, _tooLong) = (true, false);
    }

    private void Finish(List<byte[]> frames)
    {
        if (_tooLong) OversizedFrames++;
        else frames.Add([.. _frame]);
        _frame.Clear();
        // A frame near the limit is rare; its memory is given back instead of kept for the life of the connection.
        if (_frame.Capacity > 65536) _frame.Capacity = 0;
        _inside = false;
    }
}
