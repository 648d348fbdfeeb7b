using Engine.Forms;
using Xunit;

namespace FastTests.Forms;

public class ResidentIdNumberTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);

    [Theory]
    [InlineData("11010519491231002X", "1949-12-31", "F")]
    [InlineData("440524188001010014", "1880-01-01", "M")]
    [InlineData("11010519491231002x", "1949-12-31", "F")]
    public void Given_example_of_the_standard_When_read_Then_birth_date_and_sex_are_known(string text, string birthDate, string sex)
    {
        var number = ResidentIdNumber.Read(text, Today, out var fault);

        Assert.Null(fault);
        Assert.Equal((birthDate, sex, text.ToUpperInvariant()), ($"{number!.BirthDate:yyyy-MM-dd}", number.Sex, number.Value));
    }

    [Theory]
    [InlineData("110105194912310021", "校验位")]
    [InlineData("11010519491231003X", "校验位")]
    [InlineData("110105194913310029", "出生日期")]
    [InlineData("110105190002290022", "出生日期")]
    [InlineData("110105202611230026", "出生日期")]
    [InlineData("1101051949123100", "16 位")]
    [InlineData("1101O519491231002X", "只能是")]
    [InlineData("010105194912310025", "地区码")]
    public void Given_faulty_number_When_read_Then_the_part_at_fault_is_named(string text, string named)
    {
        Assert.Null(ResidentIdNumber.Read(text, Today, out var fault));
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_valid_number_When_any_single_digit_changes_Then_it_is_refused()
    {
        const string valid = "440524188001010014";
        for (var i = 0; i < valid.Length; i++)
            for (var d = '0'; d <= '9'; d++)
                if (d != valid[i]) Assert.Null(ResidentIdNumber.Read(string.Concat(valid.AsSpan(0, i), d.ToString(), valid.AsSpan(i + 1)), Today, out _));
    }

    [Theory]
    [InlineData("王小明", "王*")]
    [InlineData("𠮷田", "𠮷*")]
    [InlineData("", "")]
    public void Given_name_When_masked_Then_only_the_first_character_shows(string name, string masked) => Assert.Equal(masked, Mask.Name(name));

    [Theory]
    [InlineData("330100199001011234", "3301**********1234")]
    [InlineData("E1234567", "********")]
    public void Given_number_When_masked_Then_the_middle_is_hidden(string number, string masked) => Assert.Equal(masked, Mask.Number(number));

    [Theory]
    [InlineData("13800001234", "138****1234")]
    [InlineData("8888888", "*******")]
    public void Given_phone_When_masked_Then_the_middle_is_hidden(string phone, string masked) => Assert.Equal(masked, Mask.Phone(phone));
}
