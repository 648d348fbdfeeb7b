using Engine.Forms;
using Engine.Rules;
using Modules.Collection;
using Xunit;
using static FastTests.Collection.MadeVisits;

namespace FastTests.Collection;

/// <summary>What a correction of a form needs before anybody signs it.</summary>
public sealed class AmendErrorsTests
{
    private const string Own = "330106199509123283";

    private static readonly FormDefinition Form = Forms.SampleForms.With("""
        { "code": "pulse", "type": "number", "label": "脉搏", "unit": "/min", "min": 30, "max": 200, "decimals": 0 },
        { "code": "idNumber", "type": "id-number", "label": "证件号码", "protected": true }
        """);

    [Theory]
    [InlineData("填写错误", "", "")]
    [InlineData("填写错误", "看错一行", "")]
    [InlineData("其他", "纸质记录为 72", "")]
    [InlineData("", "", "_kind")]
    [InlineData("", "看错一行", "_kind")]
    [InlineData("随便", "看错一行", "_kind")]
    [InlineData("其他", "", "_text")]
    [InlineData("填写错误", "看错\u0007一行", "_text")]
    public void Given_a_changed_value_When_corrected_Then_a_reason_from_the_list_is_needed_and_words_for_any_other(
        string kind, string text, string refused) =>
        Assert.Equal(refused, string.Join(' ', Errors("72", kind, text).Select(e => e.Code)));

    [Fact]
    public void Given_the_same_values_When_corrected_Then_there_is_nothing_to_correct() =>
        Assert.Equal("_none", Assert.Single(Errors("70")).Code);

    [Fact]
    public void Given_a_value_the_form_refuses_When_corrected_Then_it_is_refused_here_too() =>
        Assert.Equal("pulse", Assert.Single(Errors("7000")).Code);

    [Fact]
    public void Given_another_document_number_When_corrected_Then_it_is_another_person_and_no_correction() =>
        Assert.Equal("idNumber", Assert.Single(Errors("70", idNumber: "11010519491231002X")).Code);

    private static IReadOnlyList<FieldError> Errors(string pulse, string kind = "填写错误", string text = "", string idNumber = Own)
    {
        var before = Filled(Form, ("pulse", "70"), ("idNumber", Own));
        var posted = new Dictionary<string, string> { ["pulse"] = pulse, ["idNumber"] = idNumber };
        var step = new StepPost(posted, Guid.NewGuid(), 1, StepPost.Done, null, null);
        var reading = FormReading.Read(Form, posted, new FormContext(new FactBag(), new HashSet<string>(), Day));
        return AmendForm.Errors(Form, reading, before, new AmendPost(step, 1, kind, text));
    }
}
