using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Documents;

/// <summary>One font file, mapped and parsed once; safe for use from many threads.</summary>
public sealed class FontFace : SafeHandle
{
    private const int CodePoints = 0x110000;

    /// <summary>Dictionary radicals: they look like characters and share their glyphs, and no name is rightly written with them.</summary>
    private const int FirstRadical = 0x2E80, LastRadical = 0x2FDF;

    private readonly BitArray _covered = new(CodePoints);

    private FontFace(nint face) : base(0, true)
    {
        SetHandle(face);
        HarfBuzz.MakeImmutable(face);
        ReadCoverage(face);
    }

    public override bool IsInvalid => handle == 0;

    /// <exception cref="FileNotFoundException">The file is absent or unreadable; the message names the remedy.</exception>
    /// <exception cref="InvalidDataException">The file holds no font with characters.</exception>
    public static FontFace Load(string path)
    {
        var blob = HarfBuzz.OpenFile(path);
        if (blob == 0) throw new FileNotFoundException($"缺少字体文件 {path}，请重新构建 src/Web（构建时按锁文件取得字体）。Font file missing: rebuild src/Web.", path);
        var face = HarfBuzz.CreateFace(blob, 0);
        HarfBuzz.DestroyBlob(blob);
        var font = new FontFace(face);
        if (font.Covers(new Rune('0'))) return font;
        font.Dispose();
        throw new InvalidDataException($"{path} 不是可用的字体文件，请删除 node_modules 后重新构建。Not a usable font file.");
    }

    public bool Covers(Rune character) => _covered[character.Value];

    /// <summary>The characters of <paramref name="text"/> this font cannot draw, each once; line breaks need no glyph.</summary>
    public IReadOnlyList<Rune> MissingGlyphs(string text) =>
        text.EnumerateRunes().Where(r => r.Value is not ('\n' or '\r') && !Covers(r)).Distinct().ToList();

    /// <summary>A font file with the glyphs of these characters alone.</summary>
    /// <remarks>Skia embeds the file it is given whole, and of two characters that share a glyph it reports the lower one:
    /// U+2F46 for U+65E0. A file that maps only what the document uses cures both.</remarks>
    public byte[] Subset(IReadOnlySet<int> characters)
    {
        var input = HarfBuzz.CreateInput();
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            HarfBuzz.SetFlags(input, HarfBuzz.NoHinting);
            var wanted = HarfBuzz.CodePointsOf(input);
            foreach (var character in characters) HarfBuzz.Add(wanted, (uint)character);
            var subset = BytesOf(HarfBuzz.Subset(handle, input));
            GlyphOverlaps.Clear(subset);
            return subset;
        }
        finally
        {
            if (added) DangerousRelease();
            HarfBuzz.DestroyInput(input);
        }
    }

    protected override bool ReleaseHandle()
    {
        HarfBuzz.DestroyFace(handle);
        return true;
    }

    private static byte[] BytesOf(nint subset)
    {
        if (subset == 0) throw new InvalidOperationException("HarfBuzz could not subset the font.");
        var blob = HarfBuzz.BlobOf(subset);
        var data = HarfBuzz.BlobData(blob, out var length);
        var bytes = new byte[length];
        Marshal.Copy(data, bytes, 0, bytes.Length);
        HarfBuzz.DestroyBlob(blob);
        HarfBuzz.DestroyFace(subset);
        return bytes;
    }

    private void ReadCoverage(nint face)
    {
        var set = HarfBuzz.CreateSet();
        HarfBuzz.CollectCodePoints(face, set);
        for (var value = HarfBuzz.SetEnd; HarfBuzz.Next(set, ref value) != 0;)
            _covered[(int)value] = value is < FirstRadical or > LastRadical;
        HarfBuzz.DestroySet(set);
    }
}

/// <summary>The two weights every document is set in.</summary>
public sealed record DocumentFonts(FontFace Regular, FontFace Bold)
{
    /// <summary>Reads both weights from the folder the build fills, <c>fonts/</c> beside the program.</summary>
    public static DocumentFonts Load(string folder) =>
        new(FontFace.Load(Path.Combine(folder, "NotoSansSC_400Regular.ttf")), FontFace.Load(Path.Combine(folder, "NotoSansSC_700Bold.ttf")));

    public FontFace Of(bool bold) => bold ? Bold : Regular;
}
