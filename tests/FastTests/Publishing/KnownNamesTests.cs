using Platform.Publishing;

namespace FastTests.Publishing;

/// <summary>A name that is not there: the one most likely meant is told.</summary>
public sealed class KnownNamesTests
{
    [Theory]
    [InlineData("stationPhon", "stationPhone")]
    [InlineData("sttaionPhone", "stationPhone")]
    [InlineData("statoinPhoone", "stationPhone")]
    [InlineData("STATION_PHONE", "stationPhone")]
    [InlineData("station-phone", "stationPhone")]
    [InlineData("phone", "stationPhone")]
    [InlineData("donationNoPattern", "donationNumberPattern")]
    public void Given_a_misspelt_setting_When_the_set_is_checked_Then_the_name_meant_is_told(string wrong, string meant)
    {
        var set = ShippedSet.New().Edit(DocumentKinds.Settings, "station", json => json["Values"]![wrong] = "1");

        var finding = Assert.Single(set.Findings(), f => f.Path == "$.Values." + wrong);
        Assert.Contains($"是不是 {meant}？", finding.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shoeSize")]
    [InlineData("x")]
    [InlineData("station")]
    [InlineData("——")]
    public void Given_a_setting_like_no_other_or_like_several_When_the_set_is_checked_Then_none_is_guessed_and_all_are_told(string wrong)
    {
        var set = ShippedSet.New().Edit(DocumentKinds.Settings, "station", json => json["Values"]![wrong] = "1");

        var finding = Assert.Single(set.Findings(), f => f.Path == "$.Values." + wrong);
        Assert.DoesNotContain("是不是", finding.ToString(), StringComparison.Ordinal);
        Assert.Contains("stationPhone", finding.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"signing.electronic\"", "\"signing.electric\"", "是不是 signing.electronic？")]
    [InlineData("\"mpv\"", "\"mvp\"", "是不是 mpv？")]
    public void Given_a_misspelt_feature_or_test_When_the_set_is_checked_Then_the_name_meant_is_told(string was, string now, string words)
    {
        var set = ShippedSet.New().Text(DocumentKinds.Settings, "station", text => text.Replace(was, now, StringComparison.Ordinal));

        Assert.Contains(set.Findings(), f => f.ToString().Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_a_name_as_long_as_a_book_When_looked_for_Then_it_costs_nothing() =>
        Assert.Null(KnownNames.Nearest(new string('a', 10_000_000), ["stationPhone"]));
}
