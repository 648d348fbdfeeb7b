using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a document says of its own layer, id, dates and parameters is what it is published with.</summary>
[Collection(PublishingDesk.Name)]
public sealed class OneLayerOneNameTests(PublishingDesk desk)
{
    private const string Shadow = "param-shadow-national-layer.rules.json";

    [Fact]
    public async Task Given_a_stations_pack_that_says_it_is_national_When_published_Then_refused_at_its_layer()
    {
        (await desk.PublishAsync((Shadow, PublishingDesk.Input(Shadow)), Cases("param-shadow-national-layer"))).Refused(Shadow, "$.layer");
        Assert.Contains("\"block\"", (await desk.EvaluateAsync(PublishingDesk.Input("yearly-volume-facts.json"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_parameter_another_pack_declares_When_declared_again_Then_refused_naming_its_owner()
    {
        var pack = Pack("shadow");
        pack["parameters"] = JsonNode.Parse(PublishingDesk.Input(Shadow))!["parameters"]!.DeepClone();

        (await desk.PublishAsync(("shadow.rules.json", PublishingDesk.Text(pack)), Cases("shadow"))).Refused("shadow.rules.json", "plateletUnitYield", "gb18467-2011");
    }

    [Fact]
    public async Task Given_a_pack_with_another_id_than_its_file_When_published_Then_refused_at_its_id() =>
        (await desk.PublishAsync(("grip.rules.json", PublishingDesk.Text(Pack("hangzhou-grip"))), Cases("hangzhou-grip"))).Refused("grip.rules.json", "$.id");

    [Fact]
    public async Task Given_a_form_with_another_code_than_its_file_When_published_Then_refused_at_its_code()
    {
        var form = JsonNode.Parse(desk.Configuration.Read("Default", "forms", "heat-seal-check.form.json"))!;
        form["code"] = "heat-seal";

        (await desk.PublishAsync(("heat-seal-check.form.json", PublishingDesk.Text(form)))).Refused("heat-seal-check.form.json", "$.code");
    }

    [Fact]
    public async Task Given_a_pack_not_yet_in_force_by_its_own_date_When_checked_for_now_Then_refused_and_nothing_stops() =>
        await RefusedAsync("x-effective-future", "$.effectiveFrom", "2027-06-01");

    [Fact]
    public async Task Given_a_pack_that_has_ended_by_its_own_date_When_checked_Then_refused_and_nothing_stops() =>
        await RefusedAsync("x-effective-past-ended", "$.effectiveTo", "2026-06-30");

    private async Task RefusedAsync(string name, string place, string date)
    {
        (await desk.PublishAsync((name + ".rules.json", PublishingDesk.Input(name + ".rules.json")), Cases(name))).Refused(name + ".rules.json", place, date);
        Assert.Equal(0, (await desk.EvaluateAsync(PublishingDesk.Input("yearly-volume-facts.json"))).Exit);
    }

    /// <summary>The station's own pack under another name, without rules and settings.</summary>
    internal static JsonNode Pack(string id)
    {
        var pack = JsonNode.Parse(PublishingDesk.Input(Shadow))!;
        pack["id"] = id;
        pack["layer"] = "station";
        pack["parameters"] = new JsonArray();
        return pack;
    }

    internal static (string, string) Cases(string id, string expect = "{\"outcome\":\"missing\"}", string facts = "{}") => ("cases.tests.json".Replace("cases", id, StringComparison.Ordinal), $$"""
        { "packs": ["gb18467-2011", "{{id}}"], "facts": {{facts}},
          "cases": [ { "name": "缺资料", "date": "2026-11-22", "type": "apheresis-platelets", "upTo": "registration", "expect": {{expect}} } ] }
        """);
}
