using System.Text.Json.Nodes;
using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

/// <summary>A parameter has one owner, the pack that declares it; a lower layer sets what was left open, and never looser than the layer above did.</summary>
public sealed class ParameterOwnerTests
{
    private const string Facts = "Rules/Inputs/";
    private static readonly string AtLeast = Rule(">=", "{}");

    [Theory]
    [InlineData("station")]
    [InlineData("national")]
    public void Given_a_pack_that_declares_a_parameter_of_another_When_put_together_Then_refused_in_its_own_pack(string layer)
    {
        var shadow = JsonNode.Parse(ShippedPacks.Text(Facts + "param-shadow-national-layer.rules.json"))!;
        shadow["layer"] = layer;
        shadow["id"] = layer == "national" ? "zzz" : "aaa";

        var error = Assert.Throws<RulePackException>(() => PackSet.Of([ShippedPacks.Pack("gb18467-2011"), MadePacks.Compile(shadow.ToJsonString())]));

        Assert.All(error.Errors, e => Assert.Equal((shadow["id"]!.GetValue<string>(), "$.parameters"), (e.Pack, e.Path)));
        Assert.Contains(error.Errors, e => e.Remedy.Contains("plateletUnitYield", StringComparison.Ordinal) && e.Remedy.Contains("gb18467-2011", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_two_packs_of_one_layer_that_declare_one_parameter_When_put_together_Then_the_second_is_refused() =>
        Assert.Contains(PackSetCheck.Errors([Read("made", AtLeast), Read("nade", AtLeast.Replace("N-1", "N-2", StringComparison.Ordinal))]), e => e is { Pack: "nade", Path: "$.parameters" });

    [Theory]
    [InlineData(">=", "{}", 3, 4, true)]
    [InlineData(">=", "{}", 3, 2, false)]
    [InlineData(">", "{}", 3, 3, true)]
    [InlineData("<=", "{}", 10, 9, true)]
    [InlineData("<", "{}", 10, 11, false)]
    [InlineData("==", "{}", 3, 4, false)]
    [InlineData("==", "{}", 3, 3, true)]
    [InlineData("not>=", "{}", 3, 2, true)]
    [InlineData("not>=", "{}", 3, 4, false)]
    [InlineData("elapsed", "{}", 30, 60, true)]
    [InlineData("elapsed", "{}", 30, 29, false)]
    [InlineData("none", "{}", 3, 4, false)]
    [InlineData("none", """{"appliesWhen":{"fact":"age","op":">=","value":{"param":"low"}}}""", 40, 30, true)]
    [InlineData("none", """{"appliesWhen":{"fact":"age","op":">=","value":{"param":"low"}}}""", 40, 50, false)]
    [InlineData(">=", """{"appliesWhen":{"fact":"age","op":">=","value":{"param":"low"}}}""", 40, 50, false)]
    public void Given_a_parameter_the_province_has_set_When_a_station_sets_it_too_Then_only_a_stricter_value_stands(string op, string more, int province, int station, bool stands)
    {
        var unit = op == "elapsed" ? "\"days\"" : "null";

        var errors = PackSetCheck.Errors([Read("made", Rule(op, more), unit), Set("p", "province", province, unit), Set("s", "station", station, unit)]);

        Assert.Equal(stands, errors.Count == 0);
        if (!stands) Assert.Contains(errors, e => e is { Pack: "s", Path: "$.settings[0].value" });
    }

    private static RulePack Read(string id, string rule, string unit = "null") => RulePackJson.Read(MadePacks.Json(rule, id,
        more: $$""" "parameters":[{"name":"low","label":"下限","kind":"number","unit":{{unit}},"value":null,"source":"试","status":"G"}],"""));

    private static RulePack Set(string id, string layer, int value, string unit) => RulePackJson.Read(MadePacks.Json("", id, layer,
        $$""" "settings":[{"pack":"made","parameter":"low","value":{{value}},"unit":{{unit}},"source":"试","status":"S"}],"""));

    private static string Rule(string op, string more) => MadePacks.Rule("N-1", op switch
    {
        "elapsed" => """{"fact":"on","op":"elapsed","value":{"param":"low"},"unit":"days"}""",
        "none" => """{"fact":"wbc","op":">=","value":1}""",
        "not>=" => """{"not":{"fact":"wbc","op":">=","value":{"param":"low"}}}""",
        _ => """{"fact":"wbc","op":"OP","value":{"param":"low"}}""".Replace("OP", op, StringComparison.Ordinal),
    }, more);
}
