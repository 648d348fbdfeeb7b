using Engine.Forms;

namespace FastTests.Forms;

public class TypedTextTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Theory]
    [InlineData("９９１０１２６０００００１", "9910126000001")]
    [InlineData(" d00000001\r\n", "D00000001")]
    [InlineData("99 101\u000026", "9910126")]
    [InlineData("　\t", "")]
    public void Given_a_number_as_an_input_method_or_scanner_gives_it_When_read_Then_it_is_the_stations_number(string typed, string number) =>
        Assert.Equal(number, TypedText.Number(typed));

    [Theory]
    [InlineData("已向献血者核实", null)]
    [InlineData("一二三四五六七八九十一", "最多 10 个字，现在有 11 个，请删减")]
    [InlineData("a\u0000b", "含有不可见的控制字符，请重新输入")]
    public void Given_a_line_of_free_text_When_it_cannot_be_kept_Then_the_fault_says_what_to_do(string typed, string? fault) =>
        Assert.Equal(fault, TypedText.Fault(typed, 10));

    [Theory]
    [InlineData("３３０１０４１９６８０１０１２１５４")]
    [InlineData("330104 19680101 2154")]
    [InlineData("330104196801012154\t")]
    public void Given_an_identity_number_with_full_width_digits_or_blanks_When_read_as_typed_Then_it_is_the_number_of_the_card(string typed)
    {
        var number = ResidentIdNumber.ReadTyped(typed, Today, out var fault);
        Assert.Null(fault);
        Assert.Equal("330104196801012154", number!.Value);
    }
}
