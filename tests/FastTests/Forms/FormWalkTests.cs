using Engine.Forms;
using Engine.Rules;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

/// <summary>A form asked one section at a time, as at a kiosk.</summary>
public sealed class FormWalkTests
{
    private static readonly FormContext Nobody = new(new FactBag(), new HashSet<string>(), new DateOnly(2026, 3, 5));
    private static readonly FormDefinition Form = FormDefinition.Parse("""
        { "code": "walk", "title": "分屏", "titleEn": "Walk", "version": "1", "documentCode": "T", "sections": [
          { "code": "consent", "title": "同意", "paragraphs": [ "请阅读。" ] },
          { "code": "today", "title": "今天", "fields": [ { "code": "ill", "type": "yes-no", "label": "病", "required": true }, { "code": "illOn", "type": "date", "label": "日期", "required": true, "visibleWhen": { "fact": "ill", "op": "==", "value": true } } ] },
          { "code": "more", "title": "追问", "fields": [ { "code": "which", "type": "text", "label": "何病", "required": true, "visibleWhen": { "fact": "ill", "op": "==", "value": true } } ] },
          { "code": "women", "title": "女性", "fields": [ { "code": "pregnant", "type": "yes-no", "label": "孕", "required": true, "visibleWhen": { "fact": "sex", "op": "==", "value": "F" } } ] },
          { "code": "end", "title": "最后", "fields": [ { "code": "sure", "type": "yes-no", "label": "确定", "required": true } ] } ] }
        """, Items);

    [Theory]
    [InlineData("", "M", "consent today end")]
    [InlineData("", "F", "consent today women end")]
    [InlineData("ill=no", "M", "consent today end")]
    [InlineData("ill=yes illOn=2026-03-01", "M", "consent today more end")]
    [InlineData("ill=yes", "M", "consent today end")]
    public void Given_answers_so_far_When_screens_are_counted_Then_sections_with_nothing_to_ask_are_passed_over(string answers, string sex, string sections) =>
        Assert.Equal(sections, string.Join(' ', Screens(answers, sex).Select(s => s.Section.Code)));

    [Fact]
    public void Given_a_section_of_text_alone_When_shown_Then_it_needs_no_answer() => Assert.NotNull(Screens("", "M")[0].Reading.Submission);

    [Fact]
    public void Given_a_screen_When_its_answers_are_read_Then_only_its_own_fields_are_wanted()
    {
        var today = Screens("ill=yes", "M")[1];

        Assert.Equal(["illOn"], today.Reading.Errors.Select(e => e.Code));
        Assert.Equal(["ill", "illOn"], today.Form.Fields.Select(f => f.Code));
    }

    [Fact]
    public void Given_an_answer_of_an_earlier_screen_When_a_later_one_is_shown_Then_it_is_known_there_and_the_other_way_round_not()
    {
        var screens = Screens("ill=yes illOn=2026-03-01 which=cold sure=yes", "M");

        Assert.Equal("yes", screens[2].Context.Known.Text("ill"));
        Assert.Null(screens[1].Context.Known.Text("sure"));
        Assert.All(screens, s => Assert.NotNull(s.Reading.Submission));
    }

    [Fact]
    public void Given_an_earlier_visits_fact_of_a_field_this_form_asks_When_it_is_not_answered_Then_it_is_not_taken_for_the_answer()
    {
        var context = Nobody with { Known = new FactBag().Set("ill", "yes") };

        Assert.DoesNotContain(FormWalk.Screens(Form, new Dictionary<string, string>(), context), s => s.Section.Code == "more");
    }

    private static IReadOnlyList<FormScreen> Screens(string answers, string sex) => FormWalk.Screens(
        Form, answers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('=')).ToDictionary(a => a[0], a => a[1]), Nobody with { Known = new FactBag().Set("sex", sex) });
}
