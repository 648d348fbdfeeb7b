using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Forms;

namespace FastTests.Forms;

/// <summary>A station's own changes to a form of the province: what they do, what a lock refuses, and that an improvement of the province goes through them.</summary>
public sealed class FormOverlayTests
{
    private const string Form = """
        {"code":"registration","title":"登记","titleEn":"Registration","version":"1","documentCode":"D-1","sections":[
         {"code":"identity","title":"身份","locked":"献血法第九条","fields":[
          {"code":"name","type":"text","label":"姓名","required":true},
          {"code":"sex","type":"choice","label":"性别","required":true,"options":[{"code":"M","label":"男"},{"code":"F","label":"女"}]}]},
         {"code":"background","title":"其他","fields":[
          {"code":"job","type":"choice","label":"职业","options":[{"code":"student","label":"学生"},{"code":"worker","label":"工人"}]},
          {"code":"school","type":"text","label":"学校","visibleWhen":{"fact":"job","op":"==","value":"student"}},
          {"code":"consent","type":"yes-no","label":"同意","locked":"告知书须问"}]}]}
        """;

    [Theory]
    [InlineData("""{"op":"hide","code":"school"}""", "name sex job consent")]
    [InlineData("""{"op":"order","code":"consent"}""", "name sex consent job school")]
    [InlineData("""{"op":"order","code":"job","after":"consent"},{"op":"hide","code":"school"}""", "name sex consent job")]
    [InlineData("""{"op":"order","code":"background"}""", "job school consent name sex")]
    [InlineData("""{"op":"add","section":"background","after":"job","field":{"code":"bus","type":"text","label":"乘车路线"}}""", "name sex job bus school consent")]
    [InlineData("""{"op":"add","section":"identity","field":{"code":"alias","type":"text","label":"曾用名"}}""", "name sex alias job school consent")]
    public void Given_operations_by_code_When_composed_Then_the_form_has_its_fields_in_that_order(string operations, string fields) =>
        Assert.Equal(fields, string.Join(' ', Read(operations).Fields.Select(f => f.Code)));

    [Fact]
    public void Given_words_requirement_and_options_of_its_own_When_composed_Then_they_stand_in_the_form()
    {
        var form = Read("""
            {"op":"label","code":"job","label":"工作","labelEn":"Work"},{"op":"help","code":"name","help":"与证件一致"},{"op":"require","code":"job"},
            {"op":"require","code":"school","when":{"fact":"job","op":"known"}},
            {"op":"option","code":"job","option":{"code":"nurse","label":"护士"}},{"op":"hide-option","code":"job","option":"worker"}
            """);

        var job = form.Field("job")!;
        Assert.Equal(("工作", "Work", true, "与证件一致"), (job.Label, job.LabelEn, job.Required, form.Field("name")!.Help));
        Assert.Equal(["student", "nurse"], job.Options!.Select(o => o.Code));
        Assert.NotNull(form.Field("school")!.RequiredWhen);
    }

    [Theory]
    [InlineData("""{"op":"hide","code":"name"}""", "$.operations[0].code", "献血法第九条")]
    [InlineData("""{"op":"hide","code":"consent"}""", "$.operations[0].code", "告知书须问")]
    [InlineData("""{"op":"hide","code":"background"}""", "$.operations[0].code", "告知书须问")]
    [InlineData("""{"op":"hide","code":"identity"}""", "$.operations[0].code", "献血法第九条")]
    [InlineData("""{"op":"label","code":"consent","label":"不同意"}""", "$.operations[0].code", "告知书须问")]
    [InlineData("""{"op":"hide-option","code":"sex","option":"F"}""", "$.operations[0].code", "献血法第九条")]
    [InlineData("""{"op":"option","code":"sex","option":{"code":"X","label":"其他"}}""", "$.operations[0].code", "献血法第九条")]
    [InlineData("""{"op":"hide","code":"job"},{"op":"hide","code":"phone"}""", "$.operations[1].code", "没有（或不再有）")]
    [InlineData("""{"op":"order","code":"job","after":"name"}""", "$.operations[0].after", "没有（或不再有）")]
    [InlineData("""{"op":"add","section":"kin","field":{"code":"bus","type":"text","label":"路"}}""", "$.operations[0].section", "没有（或不再有）")]
    [InlineData("""{"op":"add","section":"background","field":{"code":"name","type":"text","label":"路"}}""", "$.operations[0].field.code", "已有")]
    [InlineData("""{"op":"hide","code":"school","because":"x"}""", "$.operations[0].because", "不认识")]
    [InlineData("""{"op":"relax","code":"name"}""", "$.operations[0].op", "没有操作")]
    [InlineData("""{"op":"label","code":"job"}""", "$.operations[0].label", "请填写")]
    [InlineData("""{"op":"hide-option","code":"school","option":"x"}""", "$.operations[0].code", "没有选项")]
    [InlineData("""{"op":"require","code":"background"}""", "$.operations[0].code", "没有（或不再有）")]
    public void Given_an_operation_that_does_not_fit_or_is_locked_out_When_composed_Then_it_is_refused_by_its_place_and_reason(string operations, string path, string words)
    {
        var refused = Assert.Throws<DocumentFaultException>(() => Read(operations));

        Assert.Equal(path, refused.Path);
        Assert.Contains(words, refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_what_is_required_already_When_a_station_writes_a_condition_Then_it_stays_required() =>
        Assert.True(Read("""{"op":"require","code":"name","when":{"fact":"job","op":"known"}}""").Field("name")!.Required);

    [Fact]
    public void Given_the_province_improves_its_form_When_composed_anew_Then_its_words_and_the_stations_own_field_are_both_there()
    {
        const string Own = """{"op":"add","section":"background","after":"job","field":{"code":"bus","type":"text","label":"乘车路线"}}""";
        var improved = JsonNode.Parse(Form)!;
        improved["sections"]![1]!["fields"]![0]!["label"] = "从事的职业";
        improved["sections"]![1]!["fields"]!.AsArray().Add(JsonNode.Parse("""{"code":"mail","type":"text","label":"邮箱"}"""));

        var form = Read(Own, improved.ToJsonString());

        Assert.Equal(["从事的职业", "乘车路线", "学校", "同意", "邮箱"], form.Fields.Skip(2).Select(f => f.Label));
        improved["sections"]![0]!["fields"]!.AsArray().Add(JsonNode.Parse("""{"code":"bus","type":"text","label":"线路"}"""));
        Assert.Throws<DocumentFaultException>(() => Read(Own, improved.ToJsonString()));
    }

    [Fact]
    public void Given_a_hidden_field_that_a_condition_of_the_form_names_When_composed_Then_the_condition_reads_a_fact_from_outside() =>
        Assert.Contains("job", Read("""{"op":"hide","code":"job"}""").OutsideFacts);

    private static FormDefinition Read(string operations, string form = Form) =>
        FormDefinition.Parse(FormOverlay.Compose(form, $$"""{"form":"registration","operations":[{{operations}}]}"""), TestItems.None);
}
