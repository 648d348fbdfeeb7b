using Engine.Canonical;
using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

public class FormDefinitionTests
{
    private const string Weight = """{ "code": "weight", "type": "number", "label": "体重", "unit": "kg", "min": 30, "max": 250, "decimals": 1 }""";
    private const string Sex = """{ "code": "sex", "type": "choice", "label": "性别", "options": [ { "code": "M", "label": "男" }, { "code": "F", "label": "女" } ] }""";

    [Theory]
    [InlineData("registration", "ZX/L/成分献血/登记/2026-01")]
    [InlineData("consent-inquiry", "ZX/L/成分献血/知情同意征询/2026-01")]
    [InlineData("general-check", "ZX/L/成分献血/征询检查/2026-01")]
    [InlineData("tests", "ZX/L/成分献血/献血前检测/2026-01")]
    [InlineData("assessment", "ZX/L/成分献血/献血前评估/2026-01")]
    public void Given_province_form_When_parsed_Then_it_is_a_controlled_document(string code, string documentCode)
    {
        var form = Province(code);

        Assert.Equal((code, documentCode), (form.Code, form.DocumentCode));
        Assert.Equal(code != "registration", form.Signers.Count > 0);
    }

    [Fact]
    public void Given_field_added_to_a_file_When_parsed_Then_it_is_a_fact()
    {
        var form = With(Weight + """, { "code": "gripStrength", "type": "number", "label": "握力", "labelEn": "Grip", "unit": "kg", "min": 1, "max": 99 }""");

        var fact = form.Facts.Single(f => f.Code == "gripStrength");
        Assert.Equal(new FactDefinition("gripStrength", "握力", "Grip", FactKind.Number, "kg", 1, 99, 0, null, "sample"), fact);
    }

    [Fact]
    public void Given_test_item_reference_When_parsed_Then_label_unit_range_come_from_the_item()
    {
        var field = With("""{ "testItem": "hct", "required": true }""").Field("hct")!;

        Assert.Equal(("红细胞比容", "L/L", 0.1m, 0.8m, 4), (field.Label, field.Unit, field.Min, field.Max, field.Decimals));
    }

    [Fact]
    public void Given_signer_that_sets_a_fact_When_parsed_Then_the_fact_is_offered()
    {
        Assert.Contains(Province("matching-approval").Facts, f => f is { Code: "specialMatchingApproved", Kind: FactKind.YesNo });
    }

    [Fact]
    public void Given_conditional_signer_When_its_condition_is_unknown_Then_the_signature_is_needed()
    {
        var form = With(Weight, """{ "role": "doctor", "label": "医生", "when": { "fact": "sex", "op": "==", "value": "F" } }""");

        Assert.Single(form.SignersFor(new FactBag()));
        Assert.Empty(form.SignersFor(new FactBag().Set("sex", "M")));
    }

    [Fact]
    public void Given_conditions_on_other_forms_facts_When_asked_Then_they_are_named()
    {
        Assert.Equal(["sex", "donationType"], Province("consent-inquiry").OutsideFacts);
    }

    [Theory]
    [InlineData("", "yes", false)]
    [InlineData("", "no", false)]
    [InlineData(""", "expected": "no" """, "yes", true)]
    [InlineData(""", "expected": "no" """, "no", false)]
    [InlineData(""", "expected": "yes" """, "no", true)]
    public void Given_expected_answer_When_the_other_is_given_Then_it_is_flagged(string expected, string answer, bool flagged)
    {
        Assert.Equal(flagged, With($$"""{ "code": "fit", "type": "yes-no", "label": "健康吗"{{expected}} }""").Field("fit")!.IsFlagged(answer));
    }

    [Fact]
    public void Given_section_of_text_alone_When_parsed_Then_it_has_paragraphs_and_no_fields()
    {
        var form = FormDefinition.Parse(Json(Weight).Replace("\"sections\": [", """ "sections": [ { "code": "text", "title": "须知", "paragraphs": ["甲", "乙"] }, """, StringComparison.Ordinal), Items);

        Assert.Equal(["甲", "乙"], form.Sections[0].Paragraphs);
        Assert.Empty(form.Sections[0].Fields);
    }

    [Fact]
    public void Given_the_inquiry_When_parsed_Then_every_question_for_all_has_an_expected_answer()
    {
        var form = Province("consent-inquiry");

        Assert.DoesNotContain(form.Fields, f => f is { Type: FieldType.YesNo, VisibleWhen: null, Expected: null });
        Assert.Equal(["consentGiven", "feelsWell", "windowPeriodKnown"], form.Fields.Where(f => f.Expected == "yes").Select(f => f.Code));
    }

    [Fact]
    public void Given_same_content_in_other_layout_When_hashed_Then_equal_and_different_content_differs()
    {
        var form = With(Weight);
        var reordered = FormDefinition.Parse(Json(Weight).Replace("\"code\": \"sample\", \"title\": \"样表\"", "\"title\":\"样表\",\"code\":\"sample\"", StringComparison.Ordinal), Items);

        Assert.Equal(form.ContentHash, reordered.ContentHash);
        Assert.NotEqual(form.ContentHash, With(Weight.Replace("250", "251", StringComparison.Ordinal)).ContentHash);
        Assert.Equal(64, form.ContentHash.Length);
    }

    [Theory]
    [InlineData("""{ "code": "a", "type": "text", "label": "甲", "lable": "x" }""", "$.sections[0].fields[0].lable", "不认识的属性")]
    [InlineData("""{ "code": "a", "type": "text", "label": "甲" }, { "code": "a", "type": "text", "label": "乙" }""", "$.sections[0].fields[1].code", "重复")]
    [InlineData("""{ "code": "a", "type": "colour", "label": "甲" }""", "$.sections[0].fields[0].type", "没有字段类型")]
    [InlineData("""{ "code": "a", "type": "yes-no", "label": "甲", "expected": "maybe" }""", "$.sections[0].fields[0].expected", "没有选项")]
    [InlineData("""{ "code": "a", "type": "text", "label": "甲", "expected": "no" }""", "$.sections[0].fields[0].expected", "不认识的属性")]
    [InlineData("""{ "code": "A b", "type": "text", "label": "甲" }""", "$.sections[0].fields[0].code", "不是合法的代码")]
    [InlineData("""{ "code": "a", "type": "text" }""", "$.sections[0].fields[0].label", "缺少")]
    [InlineData("""{ "code": "a", "type": "number", "label": "甲", "min": 5, "max": 5 }""", "$.sections[0].fields[0].max", "大于")]
    [InlineData("""{ "code": "a", "type": "number", "label": "甲", "max": 5 }""", "$.sections[0].fields[0].min", "缺少")]
    [InlineData("""{ "code": "a", "type": "number", "label": "甲", "min": 1, "max": 5, "decimals": 7 }""", "$.sections[0].fields[0].decimals", "整数")]
    [InlineData("""{ "code": "a", "type": "text", "label": "甲", "required": "yes" }""", "$.sections[0].fields[0].required", "条件")]
    [InlineData("""{ "code": "a", "type": "text", "label": "甲", "visibleWhen": { "fact": "b", "op": "~" } }""", "$.sections[0].fields[0].visibleWhen.op", "运算符")]
    [InlineData("""{ "code": "a", "type": "text", "label": "甲", "visibleWhen": { "fact": 5, "op": "known" } }""", "$.sections[0].fields[0].visibleWhen.fact", "文字")]
    [InlineData("""{ "code": "a", "type": "choice", "label": "甲", "options": [] }""", "$.sections[0].fields[0].options", "至少")]
    [InlineData("""{ "code": "a", "type": "choice", "label": "甲", "numeric": true, "options": [ { "code": "one", "label": "一" } ] }""", "$.sections[0].fields[0].options[0].code", "不是数字")]
    [InlineData("""{ "code": "a", "type": "choice", "label": "甲", "default": "z", "options": [ { "code": "y", "label": "一" } ] }""", "$.sections[0].fields[0].default", "没有选项")]
    [InlineData("""{ "testItem": "xyz" }""", "$.sections[0].fields[0].testItem", "没有检测项目")]
    [InlineData("""{ "testItem": "hb", "unit": "g/dL" }""", "$.sections[0].fields[0].unit", "不认识的属性")]
    [InlineData("""{ "code": "a", "type": "date", "label": "甲", "fromIdNumber": "birthDate" }""", "$.sections[0].fields[0].fromIdNumber", "没有身份证号码")]
    public void Given_faulty_field_When_parsed_Then_path_and_remedy_are_named(string field, string path, string remedy)
    {
        var fault = Assert.Throws<DocumentFaultException>(() => With(field));

        Assert.Equal(path, fault.Path);
        Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "fact": "sex", "op": "==", "value": "X" }""", "没有选项")]
    [InlineData("""{ "fact": "weight", "op": ">=", "value": "heavy" }""", "比较")]
    [InlineData("""{ "fact": "weight", "op": ">=", "value": 50, "unit": "g" }""", "单位")]
    [InlineData("""{ "fact": "later", "op": "==", "value": true }""", "之前")]
    [InlineData("""{ "fact": "asked", "op": "==", "value": true }""", "之前")]
    public void Given_condition_that_misnames_a_field_When_parsed_Then_refused(string condition, string remedy)
    {
        var fields = $$"""
            {{Weight}}, {{Sex}}, { "code": "asked", "type": "yes-no", "label": "问", "visibleWhen": {{condition}} },
            { "code": "later", "type": "yes-no", "label": "后" }
            """;

        var fault = Assert.Throws<DocumentFaultException>(() => With(fields));

        Assert.StartsWith("$.sections[0].fields[2].visibleWhen", fault.Path, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "role": "checker", "label": "核对", "secondPerson": true }""", "$.signers[0].secondPerson")]
    [InlineData("""{ "role": "a", "label": "甲" }, { "role": "a", "label": "乙" }""", "$.signers[1].role")]
    [InlineData("""{ "role": "a", "label": "甲", "fact": "weight" }""", "$.signers[0].fact")]
    [InlineData("""{ "role": "a", "label": "甲", "password": true }""", "$.signers[0].password")]
    [InlineData("""{ "role": "a", "label": "甲", "method": "stamp" }""", "$.signers[0].method")]
    [InlineData("""{ "role": "a", "label": "甲", "method": "handwriting", "pin": true }""", "$.signers[0].pin")]
    [InlineData("""{ "role": "a", "label": "甲", "pin": true, "identityField": "seen" }""", "$.signers[0].identityField")]
    [InlineData("""{ "role": "a", "label": "甲", "method": "handwriting", "identityField": "none" }""", "$.signers[0].identityField")]
    [InlineData("""{ "role": "a", "label": "甲", "method": "handwriting", "identityField": "weight" }""", "$.signers[0].identityField")]
    [InlineData("""{ "role": "a", "label": "甲", "method": "handwriting", "identityField": "asked" }""", "$.signers[0].identityField")]
    public void Given_faulty_signer_When_parsed_Then_its_path_is_named(string signers, string path)
    {
        const string fields = Weight + """, { "code": "seen", "type": "yes-no", "label": "已核对", "mustBe": "yes" }, { "code": "asked", "type": "yes-no", "label": "问过" }""";
        Assert.Equal(path, Assert.Throws<DocumentFaultException>(() => With(fields, signers)).Path);
    }

    [Theory]
    [InlineData("{ \"code\": ")]
    [InlineData("[]")]
    [InlineData("{ \"code\": \"a\", \"code\": \"b\" }")]
    [InlineData("{ \"title\": \"\\ud800\" }")]
    [InlineData("{ \"title\": 0.12345678901234567890123 }")]
    public void Given_text_that_is_no_document_When_parsed_Then_the_editor_is_told(string json)
    {
        Assert.Equal("$", Assert.Throws<DocumentFaultException>(() => FormDefinition.Parse(json, Items)).Path);
    }

    [Theory]
    [InlineData("""[ { "code": "hb", "label": "血", "labelEn": "Hb", "unit": "g/L", "min": 30, "max": 20 } ]""", "$[0].max")]
    [InlineData("""[ { "code": "hb", "label": "血", "labelEn": "Hb", "min": 30, "max": 20 } ]""", "$[0].unit")]
    [InlineData("""[ { "code": "hb", "label": "血", "labelEn": "Hb", "unit": "g/L", "min": 3, "max": 20 }, { "code": "hb", "label": "血", "labelEn": "Hb", "unit": "g/L", "min": 3, "max": 20 } ]""", "$[1].code")]
    [InlineData("{}", "$")]
    public void Given_faulty_test_items_When_parsed_Then_path_is_named(string json, string path)
    {
        Assert.Equal(path, Assert.Throws<DocumentFaultException>(() => TestItems.Parse(json)).Path);
    }
}
