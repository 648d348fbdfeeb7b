using System.Buffers.Binary;
using Engine.Canonical;
using SkiaSharp;

namespace Engine.Forms;

/// <summary>A signature drawn by hand, as a pad sends it: a PNG of at most <see cref="MostBytes"/> and <see cref="MostWidth"/>×<see cref="MostHeight"/> pixels with ink on it.</summary>
/// <param name="Sha256">Of the PNG's bytes, lower-case hexadecimal.</param>
public sealed record Handwriting(byte[] Png, string Sha256)
{
    /// <summary>45 kB: as a data URL it stays below the longest value a post may have.</summary>
    public const int MostBytes = 45 * 1024;

    public const int MostWidth = 1200;
    public const int MostHeight = 400;
    private const string Prefix = "data:image/png;base64,";

    /// <summary>Pixels of ink below which nobody has signed: a tap of a pen leaves fewer.</summary>
    private const int FewestInked = 120;

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly byte[] End = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <summary>Reads a data URL. Size is checked before anything is decoded.</summary>
    /// <param name="fault">Why it is refused, zh-CN; null when accepted.</param>
    public static Handwriting? Read(string dataUrl, out string? fault)
    {
        fault = "笔迹没有收到，请清除后重新签名";
        if (!dataUrl.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var png = new byte[MostBytes];
        if ((dataUrl.Length - Prefix.Length) / 4 * 3 - 2 > MostBytes)
        {
            fault = "笔迹过密，请清除后重新签名";
            return null;
        }
        if (!Convert.TryFromBase64Chars(dataUrl.AsSpan(Prefix.Length), png, out var length) || !HasFrame(png.AsSpan(0, length))) return null;
        png = png[..length];
        if (Inked(png) is not { } inked) return null;
        fault = inked < FewestInked ? "没有看到签名，请在签名框内书写姓名" : null;
        return fault is null ? new Handwriting(png, Digest.Of(png)) : null;
    }

    /// <summary>Begins as a PNG with a header of allowed size and ends as one, with nothing behind.</summary>
    private static bool HasFrame(ReadOnlySpan<byte> png) =>
        png.Length > 45 && png.StartsWith(Signature) && png[12..16].SequenceEqual("IHDR"u8) && png.EndsWith(End)
        && BinaryPrimitives.ReadUInt32BigEndian(png[16..]) is > 0 and <= MostWidth && BinaryPrimitives.ReadUInt32BigEndian(png[20..]) is > 0 and <= MostHeight;

    /// <summary>Number of dark pixels on white paper; null when the picture cannot be decoded whole.</summary>
    private static int? Inked(byte[] png)
    {
        using var data = SKData.CreateCopy(png);
        using var codec = SKCodec.Create(data);
        if (codec is null) return null;
        using var picture = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(picture.Info, picture.GetPixels()) != SKCodecResult.Success) return null;
        var pixels = picture.GetPixelSpan();
        var inked = 0;
        // Premultiplied: on white paper a channel becomes its own value plus what the ink lets through.
        for (var i = 0; i < pixels.Length; i += 4)
            if (pixels[i] + pixels[i + 1] + pixels[i + 2] + 3 * (255 - pixels[i + 3]) < 3 * 128) inked++;
        return inked;
    }
}
