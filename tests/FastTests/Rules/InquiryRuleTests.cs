using Engine.Forms;
using Engine.Rules;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Rules;

/// <summary>Every row of the deferral lists is a rule, with where it comes from, and is asked about.</summary>
public class InquiryRuleTests
{
    private static readonly IReadOnlyList<Rule> Rules = [.. ShippedPacks.All.SelectMany(p => p.Pack.RuleSets).Where(s => s.Stage == "inquiry").SelectMany(s => s.Rules)];

    private static readonly string[] Listed = [.. Numbered("D", 36), .. Numbered("V", 8), .. Numbered("P", 19)];

    public static TheoryData<string> Ids() => [.. Listed];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Given_a_row_of_the_deferral_lists_When_looked_for_Then_there_is_one_rule_with_clause_source_and_status(string id)
    {
        var rule = Assert.Single(Rules, r => r.Id == id);

        Assert.All([rule.Clause, rule.Source, rule.Status], text => Assert.NotEmpty(text));
        Assert.Equal(id[0] == 'P', rule.Outcome == RuleOutcome.DeferPermanently);
    }

    [Fact]
    public void Given_the_shipped_rules_When_listed_Then_none_is_outside_the_lists()
    {
        Assert.Equal(Listed.Order(StringComparer.Ordinal), Rules.Select(r => r.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Given_what_the_rules_judge_When_looked_for_in_the_inquiry_Then_every_fact_is_asked_there()
    {
        var asked = Province("consent-inquiry").Fields.Select(f => f.Code).Append("sex").ToHashSet();

        Assert.DoesNotContain(Rules.SelectMany(r => r.Facts), fact => !asked.Contains(fact));
    }

    [Theory]
    [InlineData("D-21", "contactIncubationDays", "C")]
    [InlineData("D-33", "quarantineIncubationDays", "G")]
    [InlineData("D-35", "covidRecoveryMonths", "L")]
    public void Given_a_row_without_a_confirmed_number_When_shipped_Then_it_is_a_parameter_nobody_has_set(string id, string parameter, string status)
    {
        var pack = ShippedPacks.Pack("gb18467-2011").Pack;

        Assert.Equal((null, status), (pack.Parameters!.Single(p => p.Name == parameter).Value, Rules.Single(r => r.Id == id).Status));
    }

    private static IEnumerable<string> Numbered(string letter, int count) => Enumerable.Range(1, count).Select(n => $"{letter}-{n:00}");
}
