using System.Buffers.Binary;
using System.IO.Compression;

namespace Harness;

/// <summary>A signature as a pad would send it: a wave of black ink on a transparent PNG.</summary>
public static class DrawnName
{
    public static string DataUrl { get; } = "data:image/png;base64," + Convert.ToBase64String(Png(960, 320, (x, y) => Math.Abs(y - 160 - 80 * Math.Sin(x / 60.0)) < 3));

    /// <summary>A PNG with ink where the function says so (ISO/IEC 15948, colour type 6).</summary>
    public static byte[] Png(int width, int height, Func<int, int, bool> ink)
    {
        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 6);
        Chunk(png, "IHDR"u8, header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                var row = new byte[1 + width * 4];
                for (var x = 0; x < width; x++) row[4 + x * 4] = (byte)(ink(x, y) ? 255 : 0);
                zlib.Write(row);
            }
        Chunk(png, "IDAT"u8, packed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(Stream png, ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] body = [.. type, .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        png.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
