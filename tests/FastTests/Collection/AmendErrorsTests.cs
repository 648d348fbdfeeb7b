using Engine.Forms;
using Engine.Rules;
using Modules.Collection;
using Modules.Records.Contracts;
using Xunit;
using static FastTests.Collection.MadeVisits;

namespace FastTests.Collection;

/// <summary>What a correction of a form needs before anybody signs it.</summary>
public sealed class AmendErrorsTests
{
    private const string Own = "330106199509123283";
    private const string Another = "11010519491231002X";

    private static readonly FormDefinition Form = Forms.SampleForms.With("""
        { "code": "pulse", "type": "number", "label": "脉搏", "unit": "/min", "min": 30, "max": 200, "decimals": 0 },
        { "code": "idNumber", "type": "id-number", "label": "证件号码", "protected": true },
        { "code": "sex", "type": "choice", "label": "性别", "fromIdNumber": "sex", "options": [{"code": "M", "label": "男", "labelEn": "Male"}, {"code": "F", "label": "女", "labelEn": "Female"}] },
        { "code": "birthDate", "type": "date", "label": "出生日期", "fromIdNumber": "birthDate" }
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
        Assert.Equal("idNumber", Assert.Single(Errors("70", idNumber: Another)).Code);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("F", "", "")]
    [InlineData("F", "1995-09-12", "")]
    [InlineData("M", "1949-12-31", "")]
    [InlineData("F", "", "pulse")]
    public void Given_another_document_number_beside_other_faults_When_corrected_Then_that_it_cannot_be_is_said_first(string sex, string birthDate, string fault)
    {
        var errors = Errors(fault.Length > 0 ? "7000" : "70", "填写错误", "", Another, sex, birthDate);
        Assert.Equal(("idNumber " + fault).TrimEnd(), string.Join(' ', errors.Select(e => e.Code)));
        Assert.StartsWith("不能更正", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_document_number_that_cannot_be_When_corrected_Then_the_number_is_what_is_wrong() =>
        Assert.Equal("idNumber", Errors("70", idNumber: "110105194912310021")[0].Code);

    [Fact]
    public void Given_the_own_document_number_When_the_birth_date_disagrees_Then_the_birth_date_is_what_is_wrong() =>
        Assert.Equal("birthDate", Assert.Single(Errors("72", birthDate: "1995-09-13")).Code);

    private static IReadOnlyList<FieldError> Errors(string pulse, string kind = "填写错误", string text = "", string idNumber = Own, string sex = "", string birthDate = "")
    {
        var before = Filled(Form, ("pulse", "70"), ("idNumber", Own), ("sex", "F"), ("birthDate", "1995-09-12"));
        var typed = new Dictionary<string, string> { ["pulse"] = pulse, ["idNumber"] = idNumber, ["sex"] = sex, ["birthDate"] = birthDate };
        var posted = MaskedFields.Fill(Form, typed, before);
        var step = new Post(posted, Guid.NewGuid(), 1, Post.Done, null, null);
        var reading = FormReading.Read(Form, posted, new FormContext(new FactBag(), new HashSet<string>(), Day));
        return CorrectForm.Errors(Form, reading, before, new AmendPost(step, 1, kind, text));
    }
}
