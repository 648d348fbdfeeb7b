using System.Text;
using Engine.Canonical;
using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

/// <summary>One form's flagged answers decided on in another.</summary>
public class FormReviewTests
{
    private const string Fields = """{ "code": "pulse", "type": "number", "label": "脉搏", "min": 30, "max": 220 }""";
    private const string Section = """{ "code": "review", "title": "复核", "review": { "form": "sample", "fact": "checked", "decisions": [ { "code": "fit", "label": "不影响" }, { "code": "unfit", "label": "不宜" } ], "reasons": [ "已核实" ] } }""";

    private static readonly FormDefinition Questions = With("""
        { "code": "well", "type": "yes-no", "label": "健康吗", "expected": "yes" },
        { "code": "ill", "type": "yes-no", "label": "生过病吗", "expected": "no" },
        { "code": "now", "type": "yes-no", "label": "还没好吗", "visibleWhen": { "fact": "ill", "op": "==", "value": true } },
        { "code": "illOn", "type": "date", "label": "痊愈日期", "visibleWhen": { "fact": "now", "op": "==", "value": false } },
        { "code": "remarks", "type": "text", "label": "备注" }
        """);

    private static readonly FormDefinition Reviewing = FormDefinition.Parse(Json(Fields).Replace("\"sections\": [", "\"sections\": [ " + Section + ", ", StringComparison.Ordinal), Items);

    [Fact]
    public void Given_answers_When_reviewed_Then_those_other_than_expected_are_flagged_with_what_was_asked_because_of_them()
    {
        var reviewed = Answered(("well", "no"), ("ill", "yes"), ("now", "no"), ("illOn", "2026-10-01"), ("remarks", "x"));

        Assert.Equal(["否", "是；还没好吗：否；痊愈日期：2026-10-01"], reviewed.Flagged.Select(f => f.Words));
    }

    [Theory]
    [InlineData("fit", "fit", "fit")]
    [InlineData("fit", "unfit", "unfit")]
    [InlineData("unfit", "fit", "unfit")]
    public void Given_every_flagged_answer_decided_When_read_Then_the_fact_is_the_severest_decision(string first, string second, string fact)
    {
        var reviewed = Answered(("well", "no"), ("ill", "yes"), ("now", "yes"));

        var reading = Review(reviewed, ("review-well", first), ("review-well-reason", "已核实"), ("review-ill", second), ("review-ill-other", " 已问过 "));

        Assert.Equal(fact, reading.Submission!.Facts.Text("checked"));
        Assert.Equal([("well", first, "已核实"), ("ill", second, "已问过")], reading.Submission.Review!.Answers.Select(a => (a.Code, a.Decision, a.Reason)));
        Assert.Contains(Reviewing.Facts, f => f is { Code: "checked", Kind: FactKind.Choice });
    }

    [Fact]
    public void Given_nothing_flagged_When_read_Then_the_fact_is_the_mildest_decision()
    {
        var reading = Review(Answered(("well", "yes"), ("ill", "no")));

        Assert.Equal("fit", reading.Submission!.Facts.Text("checked"));
        Assert.Empty(reading.Submission.Review!.Answers);
    }

    [Theory]
    [InlineData("", "已核实", "", "review-well", "请选择复核结论")]
    [InlineData("maybe", "已核实", "", "review-well", "请选择复核结论")]
    [InlineData("fit", "", " ", "review-well-other", "请选择或写明复核的理由")]
    [InlineData("fit", "不在列表中", "", "review-well-other", "没有这条理由")]
    public void Given_a_decision_or_reason_left_out_or_made_up_When_read_Then_refused(string decision, string reason, string other, string code, string message)
    {
        var reading = Review(Answered(("well", "no")), ("review-well", decision), ("review-well-reason", reason), ("review-well-other", other));

        var error = Assert.Single(reading.Errors);
        Assert.Equal((code, "健康吗"), (error.Code, error.Label));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_flagged_answer_that_was_not_posted_When_read_Then_it_is_named()
    {
        var reading = Review(Answered(("well", "no"), ("ill", "yes"), ("now", "yes")), ("review-well", "fit"), ("review-well-reason", "已核实"));

        Assert.Equal([("review-ill", "请选择复核结论和理由")], reading.Errors.Select(e => (e.Code, e.Message)));
    }

    [Fact]
    public void Given_answers_changed_since_the_page_was_opened_When_read_Then_refused()
    {
        var seen = Answered(("well", "no"));
        var reading = FormReading.Read(Reviewing, Posted(seen.ContentHash, ("review-well", "fit"), ("review-well-reason", "已核实")), Knowing() with { Reviewed = Answered(("well", "no"), ("remarks", "新的")) });

        Assert.Equal("_reviewed", Assert.Single(reading.Errors).Code);
    }

    [Fact]
    public void Given_nothing_to_review_yet_When_read_Then_the_fact_is_unknown()
    {
        var submission = Submit(Reviewing, ("pulse", "70"));

        Assert.Null(submission.Review);
        Assert.Null(submission.Facts.Text("checked"));
    }

    [Fact]
    public void Given_a_review_When_hashed_Then_decisions_reasons_and_what_was_reviewed_are_in_the_signed_content()
    {
        var reviewed = Answered(("well", "no"));
        var submission = Review(reviewed, ("review-well", "fit"), ("review-well-reason", "已核实")).Submission!;

        var content = Encoding.UTF8.GetString(submission.ToCanonicalJson());
        Assert.Contains($$"""
            "review":{"answers":[{"answer":"否","code":"well","decision":"fit","question":"健康吗","reason":"已核实"}],"form":"sample","sha256":"{{reviewed.ContentHash}}","version":3}
            """.Trim(), content, StringComparison.Ordinal);
        Assert.Equal(submission.ContentHash, FormSubmission.Restore(Reviewing, submission.Values, submission.Review).ContentHash);
        Assert.Null(FormSubmission.Restore(Reviewing, submission.Values).Facts.Text("checked"));
    }

    [Fact]
    public void Given_two_reviews_When_compared_Then_the_changed_decision_is_a_difference()
    {
        var reviewed = Answered(("well", "no"));
        var earlier = Review(reviewed, ("review-well", "fit"), ("review-well-reason", "已核实")).Submission!;
        var later = Review(reviewed, ("review-well", "unfit"), ("review-well-other", "发热")).Submission!;

        Assert.Equal(new FieldChange("review-well", "健康吗", "不影响：已核实", "不宜：发热"), Assert.Single(FieldChange.Between(Reviewing, earlier, later)));
    }

    [Fact]
    public void Given_a_review_of_a_newer_version_When_compared_Then_that_is_a_difference_even_with_nothing_flagged()
    {
        var earlier = Review(Answered(("well", "yes"))).Submission!;
        var later = Review(Answered(("well", "yes"), ("remarks", "补充"))).Submission!;

        Assert.Equal("复核", Assert.Single(FieldChange.Between(Reviewing, earlier, later)).Label);
    }

    [Fact]
    public void Given_a_draft_When_kept_Then_the_review_is_kept_and_nothing_else_of_the_page()
    {
        var draft = FormReading.Draft(Reviewing, Posted("hash", ("review-well", "fit"), ("review-well-other", "a"), ("pin-examiner", "123456"), ("review-<b>", "x")));

        Assert.Equal(["_reviewed", "review-well", "review-well-other"], draft.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"fact\": \"pulse\"", "$.sections[1].review.fact", "重复")]
    [InlineData("\"fact\": \"checked\", \"colour\": \"red\"", "$.sections[1].review.colour", "不认识的属性")]
    public void Given_a_faulty_review_When_parsed_Then_path_and_remedy_are_named(string property, string path, string remedy)
    {
        var section = Section.Replace("\"fact\": \"checked\"", property, StringComparison.Ordinal);

        var fault = Assert.Throws<DocumentFaultException>(() => FormDefinition.Parse(Json(Fields).Replace("] } ], \"signers\"", "] }, " + section + " ], \"signers\"", StringComparison.Ordinal), Items));

        Assert.Equal(path, fault.Path);
        Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
    }

    private static ReviewedForm Answered(params (string Code, string Value)[] answers)
    {
        var submission = Submit(Questions, answers);
        return new ReviewedForm(Questions, submission, 3, submission.ContentHash);
    }

    private static FormReading Review(ReviewedForm reviewed, params (string Name, string Value)[] posted) =>
        FormReading.Read(Reviewing, Posted(reviewed.ContentHash, posted), Knowing() with { Reviewed = reviewed });

    private static Dictionary<string, string> Posted(string seen, params (string Name, string Value)[] posted) =>
        new(posted.ToDictionary(p => p.Name, p => p.Value)) { ["_reviewed"] = seen };
}
