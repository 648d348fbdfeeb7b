using Engine.Canonical;
using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;
using Xunit;

namespace FastTests.Forms;

/// <summary>Two values that are each fit and cannot be together.</summary>
public sealed class FieldLimitTests
{
    private const string Times = """
        { "code": "begun", "type": "datetime", "label": "开始", "limits": [ { "op": ">=", "fact": "registeredAt", "label": "登记时间" } ] },
        { "code": "ended", "type": "datetime", "label": "结束", "limits": [ { "op": ">", "fact": "begun" } ] }
        """;

    private static readonly FormContext Registered = SampleForms.Knowing(new FactBag().Set("registeredAt", "2026-11-22T08:10"));

    [Theory]
    [InlineData("2026-11-22T08:10", "2026-11-22T08:11", null)]
    [InlineData("2026-11-22T08:09", "2026-11-22T09:00", "begun：须不早于“登记时间”（2026-11-22 08:10），请核对")]
    [InlineData("2026-11-21T23:59", "2026-11-22T09:00", "begun：须不早于“登记时间”（2026-11-22 08:10），请核对")]
    [InlineData("08:30", "8:30", "ended：须晚于“开始”（2026-11-22 08:30），请核对")]
    [InlineData("2026-11-22T08:30", "2026-11-22T08:29", "ended：须晚于“开始”（2026-11-22 08:30），请核对")]
    public void Given_times_When_read_Then_those_out_of_order_are_refused_with_both_named(string begun, string ended, string? error) =>
        Assert.Equal(error is null ? [] : [error], Errors(SampleForms.Read(SampleForms.With(Times), Registered, ("begun", begun), ("ended", ended))));

    [Fact]
    public void Given_a_time_whose_other_is_not_known_or_wrong_itself_When_read_Then_nothing_is_compared()
    {
        Assert.Empty(SampleForms.Read(SampleForms.With(Times), ("begun", "2020-01-01T00:00")).Errors);
        Assert.Equal(["begun：不是有效的时间，请按 2026-03-05 08:30 的样子填写，当天的可只写 08:30"], Errors(SampleForms.Read(SampleForms.With(Times), Registered, ("begun", "昨天"), ("ended", "2020-01-01T00:00"))));
    }

    [Theory]
    [InlineData("30", "250", null)]
    [InlineData("250", "250", null)]
    [InlineData("250.1", "250", "part：须不大于“全部”（250 mL），请核对")]
    [InlineData("９９", "9.5", "part：须不大于“全部”（9.5 mL），请核对")]
    public void Given_a_part_and_a_whole_When_read_Then_the_part_is_at_most_the_whole(string part, string whole, string? error)
    {
        var form = SampleForms.With("""
            { "code": "part", "type": "number", "label": "部分", "unit": "mL", "min": 0, "max": 1000, "decimals": 1, "limits": [ { "op": "<=", "fact": "whole" } ] },
            { "code": "whole", "type": "number", "label": "全部", "unit": "mL", "min": 0, "max": 1000, "decimals": 1 }
            """);
        Assert.Equal(error is null ? [] : [error], Errors(SampleForms.Read(form, ("part", part), ("whole", whole))));
    }

    [Theory]
    [InlineData("""{ "op": "==", "fact": "whole" }""", "没有比较")]
    [InlineData("""{ "op": "<", "fact": "part" }""", "不能与自己比较")]
    [InlineData("""{ "op": "<", "fact": "day" }""", "类型不同")]
    [InlineData("""{ "op": "<", "fact": "kilos" }""", "单位是")]
    [InlineData("""{ "op": "<", "fact": "elsewhere" }""", "请写明它的名称")]
    [InlineData("""{ "op": "<", "fact": "whole", "value": 5 }""", "不认识的属性")]
    public void Given_a_limit_that_says_nothing_sure_When_the_form_is_read_Then_it_is_refused_with_its_place(string limit, string remedy)
    {
        var fault = Assert.Throws<DocumentFaultException>(() => SampleForms.With($$"""
            { "code": "whole", "type": "number", "label": "全部", "unit": "mL", "min": 0, "max": 9 }, { "code": "kilos", "type": "number", "label": "重", "unit": "kg", "min": 0, "max": 9 },
            { "code": "day", "type": "date", "label": "日" }, { "code": "part", "type": "number", "label": "部分", "unit": "mL", "min": 0, "max": 9, "limits": [ {{limit}} ] }
            """));
        Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
        Assert.Contains("limits[0]", fault.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_limit_by_a_fact_from_before_When_published_Then_it_is_asked_who_offers_it_and_no_page_is_told_its_value()
    {
        var form = SampleForms.With(Times);
        Assert.Equal(["registeredAt"], form.OutsideFacts);
        Assert.Empty(form.ConditionFacts);
    }

    private static IEnumerable<string> Errors(FormReading reading) => reading.Errors.Select(e => $"{e.Code}：{e.Message}");
}
