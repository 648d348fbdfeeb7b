using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>A suspicion the device has looked into and not raised is no alarm.</summary>
public sealed class QuestionFlagTests
{
    private static string Accepted(params string[] records) => string.Join(' ',
        Astm(["^^^^HGB^1|14.1|g/dL||N||F", "^^^^HCT^1|42.1|%||N||F", "^^^^PLT^1|210|10*3/uL||N||F", "^^^^WBC^1|5.1|10*3/uL||N||F", .. records]).Readings.Where(r => r.Accepted).Select(r => r.Code));

    [Fact]
    public void Given_a_question_flag_without_an_alarm_When_read_Then_haemoglobin_counts() =>
        Assert.Equal(["hb=131 g/L"], One(Bytes("22-sysmex-question-flag.astm"), Sysmex).Readings.Select(Line));

    [Theory]
    [InlineData("^^^^RBC_Agglutination?|70|||||F")]
    [InlineData("^^^^RBC_Agglutination?|0||||| ")]
    [InlineData("^^^^RBC_Agglutination?|90|||N||F")]
    [InlineData("^^^^PLT_Clumps?|10|||||F")]
    [InlineData("^^^^Blasts/Abn_Lympho?|0|||||F")]
    [InlineData("^^^^Turbidity/HGB_Interf?|40|||||F")]
    public void Given_a_question_flag_below_its_threshold_When_read_Then_it_takes_nothing_away(string record) =>
        Assert.Equal("hb hct plt wbc", Accepted(record));

    [Theory]
    [InlineData("^^^^RBC_Agglutination?|70|||A||F", "plt wbc")]
    [InlineData("^^^^RBC_Agglutination?|100|||||F", "plt wbc")]
    [InlineData("^^^^RBC_Agglutination?|300|||||F", "plt wbc")]
    [InlineData("^^^^PLT_Clumps?|120|||||F", "hb hct")]
    [InlineData("^^^^Turbidity/HGB_Interf?|100|||A||F", "hct plt wbc")]
    public void Given_a_question_flag_that_is_raised_by_its_mark_or_by_its_number_When_read_Then_it_takes_its_items_away(string record, string accepted) =>
        Assert.Equal(accepted, Accepted(record));

    [Theory]
    [InlineData("^^^^RBC_Abn_Distribution|||||A||F")]
    [InlineData("^^^^RBC_Abn_Distribution||||||F")]
    public void Given_an_abnormal_distribution_When_read_Then_its_presence_is_enough(string record) => Assert.Equal("plt wbc", Accepted(record));
}
