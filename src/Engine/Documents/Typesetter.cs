using System.Text;
using SkiaSharp;

namespace Engine.Documents;

/// <summary>Measures and draws text in one weight of one document.</summary>
internal sealed class Typesetter : IDisposable
{
    /// <summary>From the top of a Chinese character's square down to the baseline, in units of the font size.</summary>
    public const float IdeographicAscent = 0.88f;

    private const float UnitSize = 1000;
    private readonly SKTypeface _typeface;
    private readonly SKFont _unit;
    private readonly Dictionary<Rune, float> _advances = [];

    /// <param name="font">A font file that maps only this document's characters.</param>
    public Typesetter(byte[] font)
    {
        using var data = SKData.CreateCopy(font);
        _typeface = SKTypeface.FromData(data) ?? throw new InvalidOperationException("Skia could not read the font subset.");
        _unit = Font(UnitSize);
    }

    /// <summary>Width of one character at size 1.</summary>
    public float Advance(Rune character)
    {
        if (_advances.TryGetValue(character, out var known)) return known;
        return _advances[character] = _unit.MeasureText(character.ToString()) / UnitSize;
    }

    public float Width(string text, float size) => text.EnumerateRunes().Sum(Advance) * size;

    public void Draw(SKCanvas canvas, string text, float size, float x, float baseline, float ink)
    {
        using var font = Font(size);
        using var paint = Paint(ink);
        canvas.DrawText(text, x, baseline, SKTextAlign.Left, font, paint);
    }

    /// <param name="ink">0 white to 1 black.</param>
    public static SKPaint Paint(float ink)
    {
        var grey = (byte)Math.Round(255 * (1 - ink));
        return new SKPaint { Color = new SKColor(grey, grey, grey), IsAntialias = true };
    }

    public void Dispose()
    {
        _unit.Dispose();
        _typeface.Dispose();
    }

    private SKFont Font(float size) => new(_typeface, size) { Hinting = SKFontHinting.None, Subpixel = true, LinearMetrics = true };
}
