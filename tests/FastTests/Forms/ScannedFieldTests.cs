using Engine.Forms;
using Engine.Rules;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

public class ScannedFieldTests
{
    private static readonly FormDefinition Label = With("""
        { "code": "bagNumber", "type": "text", "label": "血袋标签", "matches": "donationNumber" },
        { "code": "document", "type": "id-number", "label": "证件", "matches": "idNumber", "protected": true }
        """);

    private static readonly FormDefinition Times = With("""
        { "code": "begun", "type": "datetime", "label": "开始", "notFuture": true }
        """);

    private static FormContext Visit(string? number = "9910126000017") => Knowing(new FactBag().Set("donationNumber", number).Set("idNumber", "33010219900315102X"));

    [Theory]
    [InlineData("9910126000017")]
    [InlineData(" ９９１０１２６００００１７ ")]
    [InlineData("9910126000017\t")]
    public void Given_TheNumberOfThisVisit_When_Scanned_Then_ItIsKeptAsItIsOnRecord(string scanned)
    {
        Assert.Equal("9910126000017", Read(Label, Visit(), ("bagNumber", scanned)).Submission!.Value("bagNumber"));
    }

    [Fact]
    public void Given_AnotherNumber_When_Scanned_Then_BothAreNamed()
    {
        var error = Assert.Single(Read(Label, Visit(), ("bagNumber", "9910126000018")).Errors);
        Assert.Contains("应为 9910126000017，读到 9910126000018", error.Message);
    }

    [Fact]
    public void Given_NoNumberYet_When_Scanned_Then_NothingMatches()
    {
        var error = Assert.Single(Read(Label, Visit(null), ("bagNumber", "9910126000017")).Errors);
        Assert.Contains("还没有可以核对的内容", error.Message);
    }

    [Fact]
    public void Given_AnotherPersonsDocument_When_Scanned_Then_TheRecordedNumberIsNotShown()
    {
        var error = Assert.Single(Read(Label, Visit(), ("document", "330106199509123283")).Errors);
        Assert.DoesNotContain("33010219900315102X", error.Message);
        Assert.Contains("不一致", error.Message);
    }

    [Fact]
    public void Given_TheFactAFieldMatches_When_TheFormIsPublished_Then_SomebodyMustOfferIt() => Assert.Contains("donationNumber", Label.OutsideFacts);

    [Theory]
    [InlineData("2026-11-22T08:30", "2026-11-22T08:30")]
    [InlineData("2026/11/22 8:30", "2026-11-22T08:30")]
    [InlineData("８：３０", "2026-11-22T08:30")]
    [InlineData("2026-11-23T08:30", null)]
    [InlineData("2026-11-22T25:00", null)]
    [InlineData("昨天", null)]
    public void Given_ATime_When_Entered_Then_ItIsKeptToTheMinute(string typed, string? kept)
    {
        var reading = Read(Times, ("begun", typed));
        if (kept is null) Assert.Single(reading.Errors);
        else Assert.Equal(kept, reading.Submission!.Value("begun"));
    }
}
