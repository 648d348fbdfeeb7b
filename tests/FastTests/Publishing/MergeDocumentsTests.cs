using System.Text.Json.Nodes;
using FastTests.Rules;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Xunit;

namespace FastTests.Publishing;

/// <summary>Two versions of a document are merged by element; one element changed on both sides is shown, never merged.</summary>
public sealed class MergeDocumentsTests
{
    private const string Form = """
        { "code": "f", "title": "表", "version": "1", "sections": [
          { "code": "a", "title": "甲", "fields": [ { "code": "x", "type": "number", "label": "身高", "max": 200 }, { "code": "y", "type": "text", "label": "备注" } ] },
          { "code": "b", "title": "乙", "fields": [ { "code": "z", "type": "text", "label": "其他" } ] } ] }
        """;

    [Theory]
    [InlineData("general-check.form.json", DocumentKinds.Form)]
    [InlineData("registration.form.json", DocumentKinds.Form)]
    [InlineData("deferral-slip.layout.json", DocumentKinds.Layout)]
    [InlineData("zhejiang.test-items.json", DocumentKinds.TestItems)]
    [InlineData("rule-packs/national/gb18467-2011.rules.json", DocumentKinds.RulePack)]
    [InlineData("rule-packs/national/gb18467-2011.tests.json", ElementShapes.CasesKind)]
    [InlineData("workflows/apheresis-platelets.workflow.json", DocumentKinds.Workflow)]
    [InlineData("workflows/apheresis-platelets.tests.json", ElementShapes.CasesKind)]
    public void Given_a_shipped_document_When_taken_apart_and_put_together_Then_it_is_the_same(string name, string kind)
    {
        var json = JsonNode.Parse(ShippedPacks.Text(name), documentOptions: Publisher.Lenient);

        var merging = MergeDocuments.Of(kind, (json, json, json));

        Assert.Empty(merging.Conflicts);
        Assert.Equal(DocumentElements.Canonical(json), DocumentElements.Canonical(merging.Merged));
    }

    [Fact]
    public void Given_edits_of_different_elements_When_merged_in_any_order_Then_the_result_is_the_same_and_has_all_of_them()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var edits = Edits().OrderBy(_ => random.Next()).ToList();
            var cut = random.Next(1, edits.Count);
            var (mine, theirs) = (Parse(), Parse());
            edits.Take(cut).ToList().ForEach(e => e(mine));
            edits.Skip(cut).ToList().ForEach(e => e(theirs));

            var (one, other) = (MergeDocuments.Of(DocumentKinds.Form, (Parse(), mine, theirs)), MergeDocuments.Of(DocumentKinds.Form, (Parse(), theirs, mine)));

            Assert.Empty(one.Conflicts);
            Assert.Equal(DocumentElements.Canonical(one.Merged), DocumentElements.Canonical(other.Merged));
            var words = one.Merged!.ToJsonString();
            foreach (var part in new[] { "\"version\":\"2\"", "\"max\":210", "\"maxLength\":9", "\"code\":\"new\"", "\"code\":\"c\"", "\"required\":true" }) Assert.Contains(part, words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Given_both_have_changed_one_field_in_two_properties_When_merged_Then_it_is_a_conflict_with_all_three_values()
    {
        var (mine, theirs) = (Parse(), Parse());
        Field(mine, 0, 0)["max"] = 210;
        Field(theirs, 0, 0)["label"] = "身长";

        var conflict = Assert.Single(MergeDocuments.Of(DocumentKinds.Form, (Parse(), mine, theirs)).Conflicts);

        Assert.Equal("$.sections[a].fields[x]", conflict.Address);
        Assert.Contains("身高", conflict.Title, StringComparison.Ordinal);
        Assert.Contains("200", conflict.Base, StringComparison.Ordinal);
        Assert.Contains("210", conflict.Mine, StringComparison.Ordinal);
        Assert.Contains("身长", conflict.Theirs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MergeSide.Mine, "\"max\":210", "身长")]
    [InlineData(MergeSide.Theirs, "身长", "\"max\":210")]
    public void Given_a_conflict_When_a_side_is_chosen_Then_that_side_stands_and_nothing_of_the_other(MergeSide side, string has, string hasNot)
    {
        var (mine, theirs) = (Parse(), Parse());
        Field(mine, 0, 0)["max"] = 210;
        Field(theirs, 0, 0)["label"] = "身长";

        var merging = MergeDocuments.Of(DocumentKinds.Form, (Parse(), mine, theirs), new Dictionary<string, MergeSide> { ["$.sections[a].fields[x]"] = side });

        Assert.Empty(merging.Conflicts);
        var words = DocumentElements.Canonical(merging.Merged);
        Assert.Contains(has, words, StringComparison.Ordinal);
        Assert.DoesNotContain(hasNot, words, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<JsonNode>, Action<JsonNode>> Contradictions => new()
    {
        { "removed and changed", f => Fields(f, 0).RemoveAt(0), f => Field(f, 0, 0)["max"] = 210 },
        { "section removed, field added to it", f => f["sections"]!.AsArray().RemoveAt(1), f => Fields(f, 1).Add(JsonNode.Parse("""{ "code": "n", "type": "text" }""")) },
        { "one code added twice with other meanings", f => Fields(f, 0).Add(JsonNode.Parse("""{ "code": "n", "type": "text" }""")), f => Fields(f, 0).Add(JsonNode.Parse("""{ "code": "n", "type": "number" }""")) },
        { "one condition", f => Field(f, 0, 1)["visibleWhen"] = JsonNode.Parse("""{ "fact": "x", "op": ">", "value": 1 }"""), f => Field(f, 0, 1)["visibleWhen"] = JsonNode.Parse("""{ "fact": "x", "op": "<", "value": 1 }""") },
        { "both moved the fields", f => Move(Fields(f, 0), "y", "x"), f => Move(Fields(f, 0), "new2", "y", "x") },
        { "the title", f => f["title"] = "一", f => f["title"] = "二" },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Given_edits_that_contradict_When_merged_Then_a_conflict_is_shown_whoever_merges(string what, Action<JsonNode> one, Action<JsonNode> other)
    {
        Assert.NotEmpty(what);
        var start = Parse();
        foreach (var extra in new[] { "new", "new2" }) Fields(start, 0).Add(JsonNode.Parse($$"""{ "code": "{{extra}}", "type": "text" }"""));
        var (mine, theirs) = (start.DeepClone(), start.DeepClone());
        one(mine);
        other(theirs);

        Assert.NotEmpty(MergeDocuments.Of(DocumentKinds.Form, (start, mine, theirs)).Conflicts);
        Assert.NotEmpty(MergeDocuments.Of(DocumentKinds.Form, (start, theirs, mine)).Conflicts);
    }

    [Fact]
    public void Given_two_settings_and_two_switches_When_each_side_has_changed_one_Then_all_are_there()
    {
        const string station = """{ "SiteName": "甲", "Features": [ "a", "b" ], "OptionalTests": [ "mpv" ], "Values": { "stationPhone": "1", "department": "2" } }""";
        var (mine, theirs) = (JsonNode.Parse(station)!, JsonNode.Parse(station)!);
        mine["Values"]!["stationPhone"] = "9";
        mine["Features"]!.AsArray().Add("c");
        theirs["Values"]!["department"] = "8";
        theirs["Features"]!.AsArray().RemoveAt(0);

        var merged = MergeDocuments.Of(DocumentKinds.Settings, (JsonNode.Parse(station), mine, theirs));

        Assert.Empty(merged.Conflicts);
        Assert.Equal("""{"Features":["b","c"],"OptionalTests":["mpv"],"SiteName":"甲","Values":{"department":"8","stationPhone":"9"}}""", DocumentElements.Canonical(merged.Merged));
    }

    [Fact]
    public void Given_entries_that_cannot_be_told_apart_When_both_sides_change_the_list_Then_it_is_one_value_and_a_conflict()
    {
        var start = Parse();
        Fields(start, 1).Add(Field(start, 1, 0).DeepClone());
        var (mine, theirs) = (start.DeepClone(), start.DeepClone());
        Field(mine, 1, 0)["label"] = "一";
        Field(theirs, 1, 1)["label"] = "二";

        Assert.NotEmpty(MergeDocuments.Of(DocumentKinds.Form, (start, mine, theirs)).Conflicts);
    }

    /// <summary>Each of another element.</summary>
    private static List<Action<JsonNode>> Edits() =>
    [
        f => f["version"] = "2",
        f => Field(f, 0, 0)["max"] = 210,
        f => Fields(f, 0).Single(n => n!["code"]!.GetValue<string>() == "y")!["maxLength"] = 9,
        f => Fields(f, 0).Insert(1, JsonNode.Parse("""{ "code": "new", "type": "text", "label": "新" }""")),
        f => f["sections"]!.AsArray().Add(JsonNode.Parse("""{ "code": "c", "title": "丙", "fields": [] }""")),
        f => f["sections"]!.AsArray().Single(n => n!["code"]!.GetValue<string>() == "b")!["fields"]![0]!["required"] = true,
    ];

    private static JsonNode Parse() => JsonNode.Parse(Form)!;

    private static JsonArray Fields(JsonNode form, int section) => form["sections"]![section]!["fields"]!.AsArray();

    private static JsonNode Field(JsonNode form, int section, int field) => Fields(form, section)[field]!;

    /// <summary>These first, in this order, then the others.</summary>
    private static void Move(JsonArray fields, params string[] codes)
    {
        var all = fields.Select(f => f!.DeepClone()).ToList();
        fields.Clear();
        foreach (var field in codes.Select(c => all.Single(f => f["code"]!.GetValue<string>() == c)).Concat(all.Where(f => !codes.Contains(f["code"]!.GetValue<string>()))).ToList()) fields.Add(field);
    }
}
