namespace Harness;

/// <summary>Device messages damaged as lines, memories and clumsy software damage them: bytes changed, lost, doubled, inserted, cut off, mixed.</summary>
public static class MutatedFrames
{
    private const int LongestPiece = 40;

    /// <summary>One to seven damages; the same generator state gives the same bytes.</summary>
    public static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var n = random.Next(1, 8); n > 0 && bytes.Count > 1; n--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, LongestPiece), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.Insert(at, "|^~\\&\r\n\v\x1c\x02\x03\x04\x05\x17\"*,0"u8[random.Next(18)]); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.InsertRange(at, original); break;
            }
        }
        return [.. bytes];
    }
}
