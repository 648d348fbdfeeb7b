using System.Text;
using Engine.Documents;
using Xunit;

namespace FastTests.Documents;

public sealed class TextWrapTests
{
    [Theory]
    [InlineData("血红蛋白低于要求。请休息", 8, "血红蛋白低于要|求。请休息")]
    [InlineData("请到前台（一楼）咨询", 5, "请到前台|（一楼）咨|询")]
    [InlineData("间隔不少于 14 天", 6, "间隔不少于|14 天")]
    [InlineData("血红蛋白 110 g/L，低", 7, "血红蛋白 110|g/L，低")]
    [InlineData("电话 0570-5550123 转", 5, "电话|0570-55501|23 转")]
    [InlineData("第一行\n\n第三行", 9, "第一行||第三行")]
    [InlineData("第一行\r\n第二行", 9, "第一行|第二行")]
    [InlineData("", 9, "")]
    public void Given_a_width_When_wrapped_Then_lines_break_where_Chinese_setting_allows(string text, float width, string expected) =>
        Assert.Equal(expected.Split('|'), TextWrap.Lines(text, width, Advance));

    [Fact]
    public void Given_a_rare_character_outside_the_basic_plane_When_wrapped_Then_it_is_never_torn()
    {
        var lines = TextWrap.Lines(string.Concat(Enumerable.Repeat("\U00020BB7", 5)), 2, Advance);

        Assert.Equal(["\U00020BB7\U00020BB7", "\U00020BB7\U00020BB7", "\U00020BB7"], lines);
    }

    [Fact]
    public void Given_any_text_When_wrapped_Then_nothing_is_lost_and_no_line_is_too_wide()
    {
        const string Alphabet = "献血者健康征询，。；：（）《》“”123 gL/%—…";
        var random = new Random(2019);
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var lines = TextWrap.Lines(text, 12, Advance);

            Assert.Equal(text.Replace(" ", ""), string.Concat(lines).Replace(" ", ""));
            Assert.All(lines, l => Assert.True(l.EnumerateRunes().Sum(Advance) <= 12, l));
        }
    }

    /// <summary>A Chinese character is one wide, ASCII half.</summary>
    private static float Advance(Rune rune) => rune.IsAscii ? 0.5f : 1;
}
