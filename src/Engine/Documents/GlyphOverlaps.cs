using System.Buffers.Binary;

namespace Engine.Documents;

/// <summary>Clears the mark that says a glyph's contours overlap (OpenType <c>glyf</c>, bit OVERLAP_SIMPLE).</summary>
/// <remarks>Fonts cut from a variable one have it on every glyph, and it makes Skia unite the contours each time it measures one:
/// nine tenths of the time a page takes. Filled by winding, as PDF does, overlapping contours look the same.</remarks>
internal static class GlyphOverlaps
{
    private const int DirectoryAt = 12, EntryLength = 16, HeaderLength = 10;
    private const byte Overlaps = 0x40;

    /// <param name="font">A font file with TrueType outlines; changed in place, checksums too.</param>
    public static void Clear(Span<byte> font)
    {
        var (glyf, head) = (Entry(font, "glyf"u8), Entry(font, "head"u8));
        var (outlines, header) = (Table(font, glyf), Table(font, head));
        var (wide, glyphs) = (Short(font, header + 50) == 1, Short(font, Table(font, Entry(font, "maxp"u8)) + 4));
        var index = Table(font, Entry(font, "loca"u8));
        uint less = 0;
        for (var glyph = 0; glyph < glyphs; glyph++)
        {
            var (from, to) = (Offset(font, index, glyph, wide), Offset(font, index, glyph + 1, wide));
            var contours = to - from <= HeaderLength ? 0 : Short(font, outlines + from);
            if (contours is 0 or > short.MaxValue) continue;
            var instructions = from + HeaderLength + 2 * contours;
            var flag = instructions + 2 + Short(font, outlines + instructions);
            if (flag >= to || (font[outlines + flag] & Overlaps) == 0) continue;
            font[outlines + flag] ^= Overlaps;
            less = unchecked(less + ((uint)Overlaps << 8 * (3 - flag % 4)));
        }
        Add(font, glyf + 4, unchecked(0 - less));
        // The whole file's sum has lost it twice, in the table and in the table's own sum.
        Add(font, header + 8, unchecked(2 * less));
    }

    private static int Entry(ReadOnlySpan<byte> font, ReadOnlySpan<byte> tag)
    {
        for (var at = DirectoryAt; at < DirectoryAt + EntryLength * Short(font, 4); at += EntryLength)
            if (font.Slice(at, 4).SequenceEqual(tag)) return at;
        throw new InvalidDataException("The font has no TrueType outlines.");
    }

    private static int Table(ReadOnlySpan<byte> font, int entry) => BinaryPrimitives.ReadInt32BigEndian(font[(entry + 8)..]);

    private static int Offset(ReadOnlySpan<byte> font, int index, int glyph, bool wide) =>
        wide ? BinaryPrimitives.ReadInt32BigEndian(font[(index + 4 * glyph)..]) : 2 * Short(font, index + 2 * glyph);

    private static int Short(ReadOnlySpan<byte> font, int at) => BinaryPrimitives.ReadUInt16BigEndian(font[at..]);

    private static void Add(Span<byte> font, int at, uint amount) =>
        BinaryPrimitives.WriteUInt32BigEndian(font[at..], unchecked(BinaryPrimitives.ReadUInt32BigEndian(font[at..]) + amount));
}
