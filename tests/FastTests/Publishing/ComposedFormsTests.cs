using Engine.Forms;
using FastTests.Rules;
using Platform.Publishing;

namespace FastTests.Publishing;

/// <summary>A station's changes to the province's forms, among all the documents that are in force together.</summary>
public sealed class ComposedFormsTests
{
    private const string Own = """{"form":"registration","operations":[{"op":"add","section":"contact","after":"phone","field":{"code":"contactTime","type":"text","label":"方便联系的时间"}}]}""";
    private static readonly TestItems Items = TestItems.Parse(ShippedPacks.Text("zhejiang.test-items.json"));

    [Fact]
    public void Given_a_change_to_a_form_When_the_set_is_asked_Then_the_form_comes_composed_and_what_was_published_stays()
    {
        var set = Set(With(Own));

        Assert.Equal("方便联系的时间", Registration(set).Field("contactTime")!.Label);
        Assert.DoesNotContain(set.Documents, d => d.Kind == DocumentKinds.Form && d.Json.Contains("contactTime", StringComparison.Ordinal));
        Assert.NotEqual(Set(ShippedSet.New()).Require(DocumentKinds.Form, "registration").Hash, set.Require(DocumentKinds.Form, "registration").Hash);
        Assert.Empty(With(Own).Findings());
    }

    [Fact]
    public void Given_the_province_renames_a_field_When_composed_Then_the_stations_own_field_lives_on()
    {
        var set = Set(With(Own).Edit(DocumentKinds.Form, "registration", form => form["sections"]![1]!["fields"]![0]!["label"] = "手机号码"));

        Assert.Equal(("手机号码", true), (Registration(set).Field("phone")!.Label, Registration(set).Field("contactTime") is not null));
    }

    [Theory]
    [InlineData("""{"op":"hide","code":"name"}""", "$.operations[0].code", "锁定")]
    [InlineData("""{"op":"hide","code":"shoeSize"}""", "$.operations[0].code", "没有（或不再有）")]
    [InlineData("""{"op":"hide","code":"donationType"}""", "donationType", "")]
    [InlineData("""{"op":"add","section":"contact","field":{"code":"x","type":"text","label":"x","visibleWhen":{"fact":"nowhere","op":"known"}}}""", "nowhere", "没有任何表单")]
    public void Given_a_change_that_does_not_fit_When_the_set_is_checked_Then_it_is_refused_by_name(string operation, string place, string words)
    {
        var findings = With($$"""{"form":"registration","operations":[{{operation}}]}""").Findings();

        Assert.Contains(findings, f => f.ToString().Contains(place, StringComparison.Ordinal) && f.ToString().Contains(words, StringComparison.Ordinal));
        if (place.StartsWith('$')) Assert.All(findings, f => Assert.Equal("registration.overlay.json", f.Document));
    }

    [Fact]
    public void Given_a_province_that_takes_the_code_a_station_uses_When_checked_Then_the_stations_change_is_named()
    {
        var findings = With(Own).Edit(DocumentKinds.Form, "registration", form => form["sections"]![1]!["fields"]!.AsArray().Add(
            System.Text.Json.Nodes.JsonNode.Parse("""{"code":"contactTime","type":"text","label":"回访时间"}"""))).Findings();

        Assert.Equal(("registration.overlay.json", "$.operations[0].field.code"), (findings[0].Document, findings[0].Path));
    }

    [Fact]
    public void Given_a_whole_form_of_a_station_under_the_name_of_one_that_is_locked_When_checked_Then_it_is_refused_with_the_way_to_go()
    {
        var set = ShippedSet.New();
        set.Add(DocumentKinds.Form, "registration", DocumentLayer.Station, ShippedPacks.Text("registration.form.json"));

        Assert.Contains(set.Findings(), f => f.Document == "registration.form.json" && f.Remedy.Contains("registration.overlay.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_a_change_written_by_the_province_When_checked_Then_it_is_sent_to_the_form_itself()
    {
        var set = ShippedSet.New();
        set.Add(DocumentKinds.FormOverlay, "registration", DocumentLayer.Province, Own);

        Assert.Contains(set.Findings(), f => f.Document == "registration.overlay.json" && f.ToString().Contains("省级请直接修改表单", StringComparison.Ordinal));
    }

    private static ShippedSet With(string overlay)
    {
        var set = ShippedSet.New();
        set.Add(DocumentKinds.FormOverlay, "registration", DocumentLayer.Station, overlay);
        return set;
    }

    private static InForce Set(ShippedSet shipped) => new(InForceAt.Select(shipped.Documents, ShippedSet.Now), new ParsedDocuments());

    private static FormDefinition Registration(InForce set) => FormDefinition.Parse(set.Require(DocumentKinds.Form, "registration").Json, Items);
}
