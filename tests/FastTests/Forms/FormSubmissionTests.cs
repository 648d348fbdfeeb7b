using System.Text;
using Engine.Forms;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

public class FormSubmissionTests
{
    private static readonly FormDefinition Form = With("""
        { "code": "weight", "type": "number", "label": "体重", "unit": "kg", "min": 30, "max": 250, "decimals": 1 },
        { "code": "fit", "type": "yes-no", "label": "适合" },
        { "code": "sex", "type": "choice", "label": "性别", "options": [ { "code": "M", "label": "男" }, { "code": "F", "label": "女" } ] },
        { "code": "seen", "type": "date", "label": "日期" }
        """);

    [Fact]
    public void Given_submission_When_canonical_Then_quantities_are_text_with_unit_and_hashes_are_named()
    {
        var json = Encoding.UTF8.GetString(Submit(Form, ("weight", "60.0"), ("fit", "yes")).ToCanonicalJson());

        Assert.Equal(
            $$$$"""{"form":{"code":"sample","sha256":"{{{{Form.ContentHash}}}}","version":"1"},"testItems":{"sha256":"{{{{Items.ContentHash}}}}"},"values":{"fit":"yes","weight":{"unit":"kg","value":"60.0"}}}""",
            json);
    }

    [Fact]
    public void Given_stored_values_When_restored_Then_facts_and_bytes_are_the_same()
    {
        var submission = Submit(Form, ("weight", "60.0"), ("sex", "F"), ("seen", "2026-01-02"));

        var restored = FormSubmission.Restore(Form, submission.Values);

        Assert.Equal(submission.Facts.All, restored.Facts.All);
        Assert.Equal(submission.ToCanonicalJson(), restored.ToCanonicalJson());
    }

    [Fact]
    public void Given_two_submissions_When_compared_Then_each_changed_field_is_shown_as_people_read_it()
    {
        var earlier = Submit(Form, ("weight", "60.0"), ("fit", "yes"), ("sex", "F"));
        var later = Submit(Form, ("weight", "61.0"), ("sex", "F"), ("seen", "2026-01-02"));

        Assert.Equal(
            [
                new FieldChange("weight", "体重", "60.0 kg", "61.0 kg"),
                new FieldChange("fit", "适合", "是", null),
                new FieldChange("seen", "日期", null, "2026-01-02"),
            ],
            FieldChange.Between(Form, earlier, later));
    }

    [Fact]
    public void Given_value_of_a_field_the_form_no_longer_has_When_compared_Then_it_is_still_shown()
    {
        var wider = With("""
            { "code": "weight", "type": "number", "label": "体重", "unit": "kg", "min": 30, "max": 250, "decimals": 1 },
            { "code": "old", "type": "text", "label": "旧项" }
            """);

        var changes = FieldChange.Between(Form, Submit(wider, ("old", "x")), Submit(Form));

        Assert.Equal(new FieldChange("old", "old", "x", null), Assert.Single(changes));
    }
}
