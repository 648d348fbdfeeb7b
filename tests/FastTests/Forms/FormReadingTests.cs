using Engine.Forms;
using Engine.Rules;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

public class FormReadingTests
{
    private static readonly FormDefinition Entry = With("""
        { "code": "hct", "type": "number", "label": "比容", "unit": "L/L", "min": 0.1, "max": 0.8, "decimals": 3 },
        { "code": "weight", "type": "number", "label": "体重", "unit": "kg", "min": 30, "max": 250, "decimals": 1 },
        { "code": "pulse", "type": "number", "label": "脉搏", "unit": "/min", "min": 30, "max": 2200 },
        { "code": "seen", "type": "date", "label": "日期", "notFuture": true },
        { "code": "planned", "type": "date", "label": "计划" },
        { "code": "note", "type": "text", "label": "备注", "maxLength": 10 },
        { "code": "story", "type": "multiline", "label": "经过" },
        { "code": "phone", "type": "phone", "label": "电话" },
        { "code": "fit", "type": "yes-no", "label": "适合" },
        { "code": "units", "type": "choice", "label": "目标", "numeric": true, "unit": "治疗量", "options": [ { "code": "1", "label": "一个" }, { "code": "2", "label": "两个" } ] }
        """);

    [Theory]
    [InlineData("weight", "60.5", "60.5")]
    [InlineData("weight", "  60.50 ", null)]
    [InlineData("weight", "６０．５", "60.5")]
    [InlineData("weight", "60,5", "60.5")]
    [InlineData("weight", "60，5", "60.5")]
    [InlineData("weight", "60。5", "60.5")]
    [InlineData("weight", "60.0", "60.0")]
    [InlineData("weight", "1,150", null)]
    [InlineData("weight", "6,0,5", null)]
    [InlineData("weight", "60,5.1", null)]
    [InlineData("weight", "060", null)]
    [InlineData("weight", "6e1", null)]
    [InlineData("weight", "六十", null)]
    [InlineData("weight", "-60", null)]
    [InlineData("weight", "29.9", null)]
    [InlineData("weight", "30", "30")]
    [InlineData("weight", "250", "250")]
    [InlineData("weight", "250.1", null)]
    [InlineData("pulse", "1,150", null)]
    [InlineData("pulse", "72.0", null)]
    [InlineData("pulse", "99999999999999999999999999999999", null)]
    [InlineData("hct", "0,405", "0.405")]
    [InlineData("hct", ".405", null)]
    [InlineData("seen", "2026-11-22", "2026-11-22")]
    [InlineData("seen", "2026/3/5", "2026-03-05")]
    [InlineData("seen", "２０２６０３０５", "2026-03-05")]
    [InlineData("seen", "2026-02-29", null)]
    [InlineData("seen", "2026-11-23", null)]
    [InlineData("seen", "05/03/2026", null)]
    [InlineData("seen", "0026-03-05", null)]
    [InlineData("planned", "2026-11-23", "2026-11-23")]
    [InlineData("note", "  王　五  ", "王　五")]
    [InlineData("note", "十个字以内十个字以内十", null)]
    [InlineData("note", "a\u0000b", null)]
    [InlineData("note", "a\u202Eb", null)]
    [InlineData("note", "a\nb", null)]
    [InlineData("note", "cafe\u0301", "café")]
    [InlineData("story", "一\r\n二", "一\n二")]
    [InlineData("phone", "０５７１－８８８８ ８８８８", "0571-88888888")]
    [InlineData("phone", "+8613800000000", "+8613800000000")]
    [InlineData("phone", "12345", null)]
    [InlineData("phone", "call me 1380000", null)]
    [InlineData("fit", "yes", "yes")]
    [InlineData("fit", "true", null)]
    [InlineData("units", "3", null)]
    public void Given_text_When_read_Then_kept_as_entered_or_refused(string code, string text, string? kept)
    {
        var reading = Read(Entry, (code, text));

        Assert.Equal(kept, reading.Submission?.Value(code));
        if (kept is null) Assert.Equal(code, Assert.Single(reading.Errors).Code);
    }

    [Fact]
    public void Given_number_out_of_range_When_read_Then_the_message_names_range_and_unit()
    {
        var error = Assert.Single(Read(Entry, ("weight", "500")).Errors);

        Assert.Equal(("体重", "应在 30–250 kg 之间，请核对后重新输入"), (error.Label, error.Message));
    }

    [Fact]
    public void Given_accepted_values_When_read_Then_facts_are_typed()
    {
        var facts = Submit(Entry, ("weight", "60.50"[..4]), ("seen", "20260305"), ("fit", "no"), ("units", "2")).Facts;

        Assert.Equal((60.5m, new DateOnly(2026, 3, 5), "no", 2m), (facts.Number("weight"), facts.Date("seen"), facts.Text("fit"), facts.Number("units")));
    }

    [Theory]
    [InlineData("no", "只有选择“是”才能提交")]
    [InlineData("", "必填，请选择")]
    [InlineData("yes", null)]
    public void Given_question_with_one_possible_answer_When_read_Then_any_other_is_refused(string answer, string? message)
    {
        var form = With("""{ "code": "agreed", "type": "yes-no", "label": "同意", "mustBe": "yes", "required": true }""");

        Assert.Equal(message, Read(form, ("agreed", answer)).Errors.SingleOrDefault()?.Message);
    }

    [Fact]
    public void Given_nothing_entered_When_read_Then_no_fact_has_a_default()
    {
        Assert.Empty(Submit(Entry, ("weight", " "), ("fit", "")).Facts.All);
    }

    [Fact]
    public void Given_required_by_visibility_When_trigger_is_yes_Then_the_date_is_required()
    {
        var form = Province("consent-inquiry");

        Assert.Contains(Read(form, ("tattoo", "yes")).Errors, e => e.Code == "tattooOn");
        Assert.DoesNotContain(Read(form, ("tattoo", "no")).Errors, e => e.Code == "tattooOn");
        Assert.DoesNotContain(Read(form).Errors, e => e.Code == "tattooOn");
    }

    [Fact]
    public void Given_value_for_an_invisible_field_When_read_Then_it_is_not_stored_and_not_judged()
    {
        var form = With("""
            { "code": "ill", "type": "yes-no", "label": "病" },
            { "code": "illOn", "type": "date", "label": "何时", "visibleWhen": { "fact": "ill", "op": "==", "value": true } }
            """);

        var reading = Read(form, ("ill", "no"), ("illOn", "nonsense"), ("unheardOf", "x"), ("__token", "y"), ("pin-tester", "1234"));

        Assert.Equal(["ill"], reading.Submission!.Values.Select(v => v.Code));
        Assert.Equal(["illOn", "unheardOf"], reading.Ignored);
    }

    [Fact]
    public void Given_earlier_answer_of_the_same_field_When_unanswered_now_Then_it_does_not_stand_in()
    {
        var form = With("""
            { "code": "ill", "type": "yes-no", "label": "病" },
            { "code": "illOn", "type": "date", "label": "何时", "visibleWhen": { "fact": "ill", "op": "==", "value": true } }
            """);

        var reading = Read(form, Knowing(new FactBag().Set("ill", "yes")), ("illOn", "2026-01-01"));

        Assert.Empty(reading.Submission!.Values);
    }

    [Theory]
    [InlineData("F", true)]
    [InlineData("M", false)]
    [InlineData(null, false)]
    public void Given_sex_from_registration_When_the_inquiry_is_read_Then_only_women_are_asked(string? sex, bool asked)
    {
        var context = Knowing(new FactBag().Set("sex", sex));
        var form = Province("consent-inquiry");

        Assert.Equal(asked, Read(form, context).Errors.Any(e => e.Code == "menstruation"));
        Assert.Equal(asked, FormVisibility.Askable(form, context).Any(f => f.Code == "menstruationOn"));
        Assert.Contains(FormVisibility.Askable(form, context), f => f.Code == "tattooOn");
    }

    [Fact]
    public void Given_optional_test_When_not_enabled_Then_neither_required_nor_stored()
    {
        var form = Province("tests");
        (string, string)[] posted = [("hb", "130"), ("hct", "0.41"), ("plt", "230"), ("wbc", "6.1"), ("abo", "A"), ("lipaemia", "no"), ("mpv", "9.8")];

        Assert.Equal(["mpv"], Read(form, posted).Ignored);
        Assert.Equal(9.8m, Read(form, Knowing(null, "mpv"), posted).Submission!.Facts.Number("mpv"));
        Assert.Equal("alt", Assert.Single(Read(form, Knowing(null, "mpv", "alt"), posted).Errors).Code);
    }

    [Fact]
    public void Given_undecided_required_condition_When_empty_Then_it_is_required()
    {
        var form = With("""{ "code": "why", "type": "text", "label": "原因", "required": { "fact": "sex", "op": "==", "value": "F" } }""");

        Assert.Equal("why", Assert.Single(Read(form).Errors).Code);
        Assert.Empty(Read(form, Knowing(new FactBag().Set("sex", "M"))).Errors);
    }

    [Fact]
    public void Given_identity_number_When_sex_and_birth_date_are_empty_Then_they_come_from_it()
    {
        var facts = Read(Province("registration"), ("idNumber", "11010519491231002x")).Errors;

        Assert.DoesNotContain(facts, e => e.Code is "sex" or "birthDate" or "idNumber");
    }

    [Fact]
    public void Given_identity_number_When_sex_disagrees_Then_refused_with_the_documents_value()
    {
        var errors = Read(Province("registration"), ("idNumber", "11010519491231002X"), ("sex", "M"), ("birthDate", "1949-12-31")).Errors;

        Assert.Equal("与身份证号码不一致（证件为 女），请核对", errors.Single(e => e.Code == "sex").Message);
        Assert.DoesNotContain(errors, e => e.Code == "birthDate");
    }

    [Fact]
    public void Given_several_errors_When_read_Then_they_stand_in_the_forms_order()
    {
        var form = With("""
            { "code": "first", "type": "text", "label": "甲", "required": true },
            { "code": "second", "type": "number", "label": "乙", "min": 1, "max": 2 }
            """);

        Assert.Equal(["first", "second"], Read(form, ("second", "9")).Errors.Select(e => e.Code));
    }

    [Fact]
    public void Given_draft_When_kept_Then_only_fields_of_the_form_and_no_pin()
    {
        var draft = FormReading.Draft(Entry, new Dictionary<string, string> { ["weight"] = "6O", ["note"] = "a\u0000b", ["pin-tester"] = "123456", ["__token"] = "t" });

        Assert.Equal([("note", "ab"), ("weight", "6O")], draft.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (d.Key, d.Value)));
    }
}
