using Platform.Publishing;
using Xunit;

namespace FastTests.Publishing;

/// <summary>A station adds test items of its own to the province's; a code means one item.</summary>
public sealed class TestItemLayersTests
{
    private const string Albumin = """[{"code":"alb","label":"白蛋白","labelEn":"Albumin","unit":"g/L","min":10,"max":80,"decimals":1}]""";
    private const string Field = """{"form":"tests","operations":[{"op":"add","section":"other-tests","field":{"testItem":"alb","required":true}}]}""";

    [Fact]
    public void Given_an_item_of_the_station_and_its_field_When_the_set_is_read_Then_both_layers_items_are_there_and_nothing_is_found()
    {
        var shipped = ShippedSet.New();
        shipped.Add(DocumentKinds.TestItems, "station", DocumentLayer.Station, Albumin);
        shipped.Add(DocumentKinds.FormOverlay, "tests", DocumentLayer.Station, Field);

        var items = StationFacts.TestItemsOf(Set(shipped));

        Assert.Equal(("白蛋白", "血红蛋白"), (items.Find("alb")?.Label, items.Find("hb")?.Label));
        Assert.Contains(StationFacts.FormsOf(Set(shipped)), f => f.Field("alb") is not null);
        Assert.Empty(shipped.Findings());
    }

    [Theory]
    [InlineData("hb")]
    [InlineData("mpv")]
    public void Given_a_code_of_the_province_When_a_station_names_another_item_so_Then_it_is_found_at_its_place_and_the_provinces_holds(string code)
    {
        var shipped = ShippedSet.New();
        shipped.Add(DocumentKinds.TestItems, "station", DocumentLayer.Station, Albumin.Replace("\"alb\"", $"\"{code}\"", StringComparison.Ordinal));

        var found = Assert.Single(shipped.Findings());

        Assert.Equal(("station.test-items.json", "$[0].code"), (found.Document, found.Path));
        Assert.NotEqual("白蛋白", StationFacts.TestItemsOf(Set(shipped)).Find(code)!.Label);
    }

    [Fact]
    public void Given_a_field_for_an_item_nobody_declares_When_read_Then_the_station_is_told()
    {
        var shipped = ShippedSet.New();
        shipped.Add(DocumentKinds.FormOverlay, "tests", DocumentLayer.Station, Field);

        Assert.NotEmpty(shipped.Findings());
    }

    private static InForce Set(ShippedSet shipped) => new(InForceAt.Select(shipped.Documents, ShippedSet.Now), new ParsedDocuments());
}
