using System.Text.Json.Nodes;
using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

public class RulePackJsonTests
{
    private const string Hb = """{"fact":"hb","op":">=","value":115,"unit":"g/L"}""";
    private const string Wbc = """ "parameters":[{"name":"low","label":"下限","kind":"number","unit":"10^9/L","value":null,"source":"试","status":"G"}],""";

    [Theory]
    [InlineData("""{"fact":"hbb","op":">=","value":115,"unit":"g/L"}""", "{}", "$.ruleSets[0].rules[0]", "hbb")]
    [InlineData("""{"fact":"hb","op":">=","value":11.5,"unit":"g/dL"}""", "{}", "$.ruleSets[0].rules[0]", "g/L")]
    [InlineData("""{"fact":"hb","op":">=","value":115}""", "{}", "$.ruleSets[0].rules[0]", "g/L")]
    [InlineData("""{"fact":"systolic","minus":"hb","op":">=","value":30,"unit":"mmHg"}""", "{}", "$.ruleSets[0].rules[0]", "hb")]
    [InlineData("""{"fact":"sex","op":"==","value":"X"}""", "{}", "$.ruleSets[0].rules[0]", "X")]
    [InlineData("""{"fact":"hb","op":"elapsed","value":1,"unit":"days"}""", "{}", "$.ruleSets[0].rules[0]", "hb")]
    [InlineData("""{"fact":"apheresisDonations","aggregate":"sum","window":{"months":12},"op":"<","value":10,"unit":"L"}""", "{}", "$.ruleSets[0].rules[0]", "mL")]
    [InlineData("""{"fact":"wbc","op":">=","value":{"param":"lo"},"unit":"10^9/L"}""", "{}", "$.ruleSets[0].rules[0]", "lo")]
    [InlineData("""{"fact":"wbc","op":">=","value":{"param":"low"},"unit":"g/L"}""", "{}", "$.ruleSets[0].rules[0]", "10^9/L")]
    [InlineData(Hb, """{"requires":1}""", "$.ruleSets[0].rules[0].requires", "不认识的属性")]
    [InlineData(Hb, """{"appliesWhen":{"all":[{"fact":"sex","op":"=","value":"F"}]}}""", "$.ruleSets[0].rules[0].appliesWhen.all[0].op", "==")]
    [InlineData(Hb, """{"outcome":"pass"}""", "$.ruleSets[0].rules[0].outcome", "defer-visit")]
    [InlineData(Hb, """{"outcome":"defer-vist"}""", "$.ruleSets[0].rules[0].outcome", "不符")]
    [InlineData(Hb, """{"outcome":"defer-until"}""", "$.ruleSets[0].rules[0].until", "defer-until")]
    [InlineData(Hb, """{"outcome":"defer-until","until":{"from":"birthDate","add":{"month":6}}}""", "$.ruleSets[0].rules[0].until.add", "months")]
    [InlineData(Hb, """{"exceptionTo":"HB-99"}""", "$.ruleSets[0].rules[0].exceptionTo", "HB-99")]
    [InlineData(Hb, """{"donationTypes":["plasma"]}""", "$.ruleSets[0].rules[0].donationTypes", "plasma")]
    [InlineData(Hb, """{"text":"血红蛋白 {hbb}"}""", "$.ruleSets[0].rules[0].text", "{hb}")]
    [InlineData(Hb, """{"status":"X"}""", "$.ruleSets[0].rules[0].status", "C2")]
    [InlineData(Hb, """{"text":null}""", "$.ruleSets[0].rules[0].text", "")]
    [InlineData(Hb, """{"id":"A\" || true"}""", "$.ruleSets[0].rules[0].id", "字母")]
    [InlineData(Hb, """{"replaces":{"rule":"X","reason":"r","approver":"a"}}""", "$.ruleSets[0].rules[0].replaces", "expires")]
    public void Given_an_unfit_rule_When_read_Then_the_error_names_path_and_remedy(string require, string more, string path, string remedy)
    {
        var json = MadePacks.Json(MadePacks.Rule("R-1", require, more), more: Wbc);

        var error = Assert.Throws<RulePackException>(() => RulePackJson.Read(json, ShippedPacks.Facts));

        Assert.Contains(error.Errors, e => e.Path == path && e.Remedy.Contains(remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"stage\":\"tests\"", "\"stage\":\"testing\"", "$.ruleSets[0].stage")]
    [InlineData("\"generator\":1", "\"generator\":2", "$.generator")]
    [InlineData("\"version\":\"1\"", "\"version\":\"1\",\"effectiveTo\":\"2019-12-31\"", "$.effectiveTo")]
    [InlineData("\"version\":\"1\",", "", "$")]
    [InlineData("\"version\":\"1\"", "\"version\":\"1\",\"version\":\"2\"", "$")]
    [InlineData("\"version\":\"1\"", "\"version\":\"1\",\"validFrom\":\"2020-01-01\"", "$.validFrom")]
    [InlineData("[{\"stage\"", "[{\"rules\":[],\"stage\":\"tests\"},{\"stage\"", "$.ruleSets")]
    public void Given_an_unfit_pack_When_read_Then_the_error_names_the_path(string find, string replace, string path)
    {
        var json = MadePacks.Json(MadePacks.Rule("R-1", Hb)).Replace(find, replace, StringComparison.Ordinal);

        var error = Assert.Throws<RulePackException>(() => RulePackJson.Read(json));

        Assert.Contains(error.Errors, e => e.Path == path && e.Remedy.Length > 0);
    }

    [Fact]
    public void Given_any_value_of_a_pack_replaced_by_another_kind_When_read_Then_it_is_read_or_refused_with_a_path()
    {
        var text = MadePacks.Json(
            MadePacks.Rule("R-1", Hb, """{"appliesWhen":{"any":[{"fact":"sex","op":"in","value":["F"]}]},"donationTypes":["apheresis-platelets"]}""")
            + "," + MadePacks.Rule("R-2", """{"fact":"on","op":"elapsed","value":{"param":"low"},"unit":"days"}""",
                """{"outcome":"defer-until","until":{"from":"on","add":{"days":3}},"replaces":{"rule":"X","reason":"r","approver":"a","expires":"2030-01-01"}}"""),
            more: Wbc + """ "settings":[{"pack":"p","parameter":"q","value":1,"source":"s","status":"S"}],""");
        var count = 0;
        foreach (var path in Paths(JsonNode.Parse(text)!))
            foreach (var other in new[] { "null", "1", "-1e30", "\"\"", "\"x\"", "[]", "[null]", "{}", "true" })
            {
                var changed = Replace(JsonNode.Parse(text)!, path, JsonNode.Parse(other)).ToJsonString();
                if (Record.Exception(() => CompiledIfRead(changed)) is { } error)
                    Assert.True(error is RulePackException { Errors: [{ Path: ['$', ..], Remedy.Length: > 0 }, ..] }, $"{string.Join(".", path)} = {other}: {error}");
                count++;
            }

        Assert.True(count > 500, count.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void CompiledIfRead(string json) =>
        RulePackJson.Read(json).Rules.ToList().ForEach(r => ExpressionGenerator.Generate(RulePackJson.Read(json), r));

    private static IEnumerable<object[]> Paths(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Paths(p.Value).Prepend([]).Select(rest => (object[])[p.Key, .. rest])),
        JsonArray a => a.SelectMany((item, i) => Paths(item).Prepend([]).Select(rest => (object[])[i, .. rest])),
        _ => [],
    };

    private static JsonNode Replace(JsonNode root, object[] path, JsonNode? value)
    {
        var parent = path[..^1].Aggregate(root, (node, step) => step is int i ? node[i]! : node[(string)step]!);
        if (path[^1] is int index) parent[index] = value;
        else parent[(string)path[^1]] = value;
        return root;
    }

    [Fact]
    public void Given_two_rules_with_one_id_When_read_Then_refused()
    {
        var json = MadePacks.Json(MadePacks.Rule("R-1", Hb) + "," + MadePacks.Rule("R-1", Hb));

        Assert.Contains("R-1", Assert.Throws<RulePackException>(() => RulePackJson.Read(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_brackets_without_end_When_read_Then_refused_instead_of_exhausting_the_stack()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"not\":", 20_000));

        Assert.Throws<RulePackException>(() => RulePackJson.Read(deep));
    }

    [Fact]
    public void Given_the_same_content_written_otherwise_When_hashed_Then_the_hash_is_the_same()
    {
        var first = RulePackJson.Read(MadePacks.Json(MadePacks.Rule("R-1", Hb)));
        var second = RulePackJson.Read(MadePacks.Json(MadePacks.Rule("R-1", """{ "unit":"g/L", "value":115.00, "op":">=", "fact":"hb" }""")));

        Assert.Equal("2c56f2b73601865d6cbea04966b2c7451afcfca1f0d34c363cae0979c7d3cc38", first.Hash);
        Assert.Equal(first.Hash, second.Hash);
    }

    [Theory]
    [InlineData("115", "114")]
    [InlineData("不合格", "不合格。")]
    [InlineData("\"G\"", "\"C\"")]
    public void Given_a_changed_tree_or_text_When_hashed_Then_the_hash_differs(string find, string replace)
    {
        var json = MadePacks.Json(MadePacks.Rule("R-1", Hb));

        Assert.NotEqual(RulePackJson.Read(json).Hash, RulePackJson.Read(json.Replace(find, replace, StringComparison.Ordinal)).Hash);
    }

    [Fact]
    public void Given_two_sources_that_mean_other_things_by_one_code_When_merged_Then_both_are_named()
    {
        FactDefinition[] facts = [new("hb", "血红蛋白", "Hb", FactKind.Number, "g/L", Source: "test-items"), new("hb", "血红蛋白", "Hb", FactKind.Number, "g/dL", Source: "form-2")];

        var error = Assert.Throws<RulePackException>(() => FactCatalog.Merge(facts));

        Assert.Contains("test-items", error.Message, StringComparison.Ordinal);
        Assert.Contains("form-2", error.Message, StringComparison.Ordinal);
    }
}
