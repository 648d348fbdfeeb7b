using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using FastTests.Forms;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Documents;

public sealed class FormFillingTests
{
    private static readonly FormDefinition Form = With("""
        { "code": "name", "type": "text", "label": "姓名", "protected": true },
        { "code": "arm", "type": "choice", "label": "手臂", "options": [ { "code": "left", "label": "左臂" }, { "code": "right", "label": "右臂" } ] },
        { "code": "feelsWell", "type": "yes-no", "label": "感觉良好？", "expected": "yes" },
        { "code": "findings", "type": "multiline", "label": "异常", "visibleWhen": { "fact": "feelsWell", "op": "==", "value": false } },
        { "testItem": "plt" },
        { "testItem": "mpv" },
        { "code": "at", "type": "datetime", "label": "时间" },
        { "code": "remarks", "type": "multiline", "label": "备注" }
        """);

    [Fact]
    public void Given_a_submission_When_filled_Then_codes_are_words_and_numbers_have_their_unit()
    {
        var rows = Rows(("name", "吴梓涵"), ("arm", "left"), ("feelsWell", "yes"), ("plt", "246"), ("at", "2026-03-28T09:40"));

        Assert.Equal([("姓名", "吴梓涵"), ("手臂", "左臂"), ("感觉良好？", "是"), ("采前血小板", "246 10^9/L"), ("时间", "2026-03-28 09:40"), ("备注", "")], rows.Select(r => (r.Label, r.Value)));
        Assert.DoesNotContain(rows, r => r.Flagged);
    }

    [Fact]
    public void Given_an_answer_other_than_expected_When_filled_Then_it_is_flagged_and_what_was_asked_because_of_it_stands_behind()
    {
        var rows = Rows(("feelsWell", "no"), ("findings", "头晕\t两次\n已休息"));

        Assert.Equal([("感觉良好？", "否", true), ("异常", "头晕  两次\n已休息", false)], rows.Where(r => r.Value.Length > 0).Select(r => (r.Label, r.Value, r.Flagged)));
    }

    [Fact]
    public void Given_a_value_on_record_whose_question_would_be_hidden_now_When_filled_Then_it_is_printed_all_the_same()
    {
        var submission = FormSubmission.Restore(Form, [new SubmittedValue("feelsWell", "yes", null), new SubmittedValue("findings", "血肿", null), new SubmittedValue("mpv", "9.8", "fL")]);

        var rows = FormFilling.Sections(Form, submission, Knowing()).Single().Rows;

        Assert.Contains(rows, r => r is { Label: "异常", Value: "血肿" });
        Assert.Contains(rows, r => r.Value == "9.8 fL");
    }

    [Fact]
    public void Given_a_unit_stored_other_than_the_forms_When_filled_Then_the_stored_one_is_printed()
    {
        var submission = FormSubmission.Restore(Form, [new SubmittedValue("plt", "246", "10^3/uL")]);

        Assert.Contains(FormFilling.Sections(Form, submission, Knowing()).Single().Rows, r => r.Value == "246 10^3/uL");
    }

    [Fact]
    public void Given_an_optional_test_the_station_has_enabled_When_not_filled_in_Then_its_place_is_empty_and_there()
    {
        var submission = Submit(Form, ("arm", "left"));

        Assert.DoesNotContain(FormFilling.Sections(Form, submission, Knowing()).Single().Rows, r => r.Label == Form.Field("mpv")!.Label);
        Assert.Contains(FormFilling.Sections(Form, submission, Knowing(null, "mpv")).Single().Rows, r => r.Label == Form.Field("mpv")!.Label && r.Value.Length == 0);
    }

    [Fact]
    public void Given_the_inquiry_of_a_man_When_filled_Then_the_questions_to_women_are_left_out_and_the_consent_is_there()
    {
        var inquiry = Province("consent-inquiry");
        var context = Knowing(new FactBag().Set("sex", "M"));
        var submission = Submitted(inquiry, context);

        var sections = FormFilling.Sections(inquiry, submission, context);

        Assert.Contains(sections, s => s.Code == "consent-purpose" && s.Paragraphs.Count == 3);
        Assert.DoesNotContain(sections, s => s.Code == "today-women");
    }

    [Fact]
    public void Given_a_reviewed_answer_When_filled_Then_decision_and_reason_stand_beneath_it()
    {
        var inquiry = Province("consent-inquiry");
        var context = Knowing(new FactBag().Set("sex", "M"));
        var answers = Submitted(inquiry, context, ("underTreatment", "yes"), ("underTreatmentWhat", "复查"));
        var reviewed = new ReviewedForm(inquiry, answers, 2, answers.ContentHash);
        var check = Province("general-check");
        var here = context with { Reviewed = reviewed };
        var submission = Submitted(check, here, (ReviewEntry.Seen, answers.ContentHash), (ReviewEntry.Decision("underTreatment"), "fit"), (ReviewEntry.OtherReason("underTreatment"), "报告正常"));

        var section = FormFilling.Sections(check, submission, here).Single(s => s.Code == "review");

        Assert.Contains("第 2 版", section.Paragraphs.Single());
        var row = section.Rows.Single();
        Assert.Equal("是；什么检查、治疗或药物：复查", row.Value);
        Assert.Equal("复核：不影响本次献血。理由：报告正常", row.Note);
    }

    [Fact]
    public void Given_nothing_to_review_or_no_review_When_filled_Then_the_paper_says_which()
    {
        var check = Province("general-check");
        var submission = Submitted(check, Knowing());
        var none = submission with { Review = new FormReview("consent-inquiry", 1, "00", []) };

        Assert.Contains("没有复核记录", FormFilling.Sections(check, submission, Knowing()).Single(s => s.Code == "review").Paragraphs.Single());
        Assert.Contains("没有需要复核的回答", FormFilling.Sections(check, none, Knowing()).Single(s => s.Code == "review").Paragraphs.Single());
    }

    private static IReadOnlyList<FilledRow> Rows(params (string, string)[] posted) =>
        FormFilling.Fill(Form, Submit(Form, posted), Knowing(), []).Sections.Single().Rows;

    /// <summary>Every question answered as expected, but for those given.</summary>
    private static FormSubmission Submitted(FormDefinition form, FormContext context, params (string Code, string Value)[] given)
    {
        var posted = form.Fields.ToDictionary(f => f.Code, f => f.Type switch
        {
            FieldType.YesNo => f.Expected ?? "no",
            FieldType.Number => $"{f.Min:0.##}",
            FieldType.Date => "2026-03-01",
            FieldType.Choice => f.Options![0].Code,
            _ => "无",
        });
        foreach (var (code, value) in given) posted[code] = value;
        var reading = FormReading.Read(form, posted, context);
        Assert.Empty(reading.Errors);
        return reading.Submission!;
    }
}
