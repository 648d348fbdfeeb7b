using System.Security.Cryptography;
using Engine.Forms;
using Harness;

namespace FastTests.Forms;

/// <summary>What a signature pad may send.</summary>
public sealed class HandwritingTests
{
    private static readonly byte[] Signed = Convert.FromBase64String(DrawnName.DataUrl[DrawnName.DataUrl.IndexOf(',')..][1..]);

    [Fact]
    public void Given_a_drawn_name_When_read_Then_the_very_bytes_and_their_hash_are_kept()
    {
        var read = Handwriting.Read(DrawnName.DataUrl, out var fault);

        Assert.Null(fault);
        Assert.Equal(Signed, read!.Png);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Signed)), read.Sha256);
    }

    [Fact]
    public void Given_a_name_on_white_paper_When_read_Then_the_paper_is_not_ink()
    {
        var white = DrawnName.Png(300, 100, (_, _) => true);

        Assert.NotNull(Handwriting.Read(Url(white), out _));
        Assert.Null(Handwriting.Read(Url(DrawnName.Png(300, 100, (_, _) => false)), out var fault));
        Assert.Contains("没有看到签名", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(119, false)]
    [InlineData(120, true)]
    public void Given_so_many_pixels_of_ink_When_read_Then_a_tap_is_no_signature(int inked, bool accepted) =>
        Assert.Equal(accepted, Handwriting.Read(Url(DrawnName.Png(960, 320, (x, y) => y == 7 && x < inked)), out _) is not null);

    [Theory]
    [InlineData(1200, 400, true)]
    [InlineData(1201, 400, false)]
    [InlineData(1200, 401, false)]
    public void Given_a_picture_of_this_size_When_read_Then_only_a_pads_size_is_taken(int width, int height, bool accepted) =>
        Assert.Equal(accepted, Handwriting.Read(Url(DrawnName.Png(width, height, (x, _) => x < 40)), out _) is not null);

    [Fact]
    public void Given_more_bytes_than_allowed_When_read_Then_refused_before_decoding()
    {
        Assert.Null(Handwriting.Read(Url([.. Signed, .. new byte[Handwriting.MostBytes]]), out var fault));
        Assert.Contains("过密", fault, StringComparison.Ordinal);
    }

    public static TheoryData<string> Rubbish => new(
        "", "yes", "data:image/png;base64,", "data:image/png;base64,!!!!", "data:image/svg+xml;base64,PHN2Zy8+", DrawnName.DataUrl.Replace("image/png", "image/jpeg", StringComparison.Ordinal),
        Url(Signed[..^40]), Url([.. Signed, 0]), Url([.. Signed[..100], .. Signed[^12..]]), Url([.. "GIF89a"u8, .. Signed[6..]]), Url([.. Signed[..60], 0xFF, 0xFF, .. Signed[62..]]));

    [Theory]
    [MemberData(nameof(Rubbish))]
    public void Given_anything_else_When_read_Then_refused_with_words(string dataUrl)
    {
        Assert.Null(Handwriting.Read(dataUrl, out var fault));
        Assert.NotNull(fault);
    }

    private static string Url(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);
}
