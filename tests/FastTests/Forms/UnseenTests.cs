using Engine.Forms;
using Xunit;

namespace FastTests.Forms;

/// <summary>What nobody sees is in no name.</summary>
public sealed class UnseenTests
{
    [Theory]
    [InlineData(0x2028)]
    [InlineData(0x2029)]
    [InlineData(0x200B)]
    [InlineData(0x200D)]
    [InlineData(0x202E)]
    [InlineData(0x2066)]
    [InlineData(0xFEFF)]
    [InlineData(0x00AD)]
    [InlineData(0x0085)]
    [InlineData(0x0000)]
    [InlineData(0x3164)]
    [InlineData(0xE0041)]
    [InlineData(0xFFFD)]
    public void Given_a_character_nobody_sees_When_it_stands_in_a_name_Then_the_name_is_refused(int code) => Assert.NotNull(TypedText.Fault($"王{char.ConvertFromUtf32(code)}芳", 40));

    [Theory]
    [InlineData("王\uD840芳")]
    [InlineData("\uDC00王芳")]
    [InlineData("王芳\uD840")]
    public void Given_half_a_character_When_it_stands_in_a_name_Then_the_name_is_refused(string name) => Assert.NotNull(TypedText.Fault(name, 40));

    [Theory]
    [InlineData("王芳")]
    [InlineData("阿卜杜拉·买买提")]
    [InlineData("𠮷田")]
    [InlineData("Ann-Marie O’Neill")]
    [InlineData("葛\uDB40\uDD00城")]
    public void Given_a_name_as_people_have_it_When_typed_Then_it_is_taken(string name) => Assert.Null(TypedText.Fault(name, 40));
}
