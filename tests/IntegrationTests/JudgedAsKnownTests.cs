using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What is judged is what is known: nothing is rounded first, and what is outside the catalogue is not believed.</summary>
[Collection(PublishingDesk.Name)]
public sealed class JudgedAsKnownTests(PublishingDesk desk)
{
    [Fact]
    public async Task Given_a_predicted_count_just_below_its_limit_When_judged_Then_it_fails_and_its_text_does_not_show_the_limit()
    {
        var verdict = JsonDocument.Parse((await desk.EvaluateAsync(PublishingDesk.Input("count-just-below-facts.json"))).Output).RootElement;
        var rule = verdict.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "PLT-02");

        Assert.Equal(("defer-visit", "failed"), (verdict.GetProperty("result").GetProperty("outcome").GetString(), rule.GetProperty("result").GetString()));
        Assert.Contains("99.97×", rule.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sex", "\"X\"", "M")]
    [InlineData("sex", "\"f\"", "F")]
    [InlineData("sex", "\"女\"", "F")]
    [InlineData("abo", "\"a\"", "AB")]
    [InlineData("inquiryReview", "\"ok\"", "fit")]
    [InlineData("weight", "3000", "300")]
    [InlineData("hb", "-5", "250")]
    [InlineData("hb", "\"140\"", "数字")]
    [InlineData("tattoo", "\"maybe\"", "no")]
    [InlineData("birthDate", "\"1996-13-01\"", "日期")]
    [InlineData("hbb", "140", "hbb")]
    public async Task Given_a_value_outside_the_catalogue_When_judged_by_the_verb_Then_refused_naming_fact_and_what_it_may_be(string fact, string value, string remedy)
    {
        var facts = JsonNode.Parse(PublishingDesk.Input("sex-x-facts.json"))!;
        facts["sex"] = "M";
        facts[fact] = JsonNode.Parse(value);

        (await desk.EvaluateAsync(facts.ToJsonString())).Refused("facts.json", "$." + fact, remedy);
    }

    [Fact]
    public async Task Given_a_fact_twice_When_judged_by_the_verb_Then_refused() =>
        (await desk.EvaluateAsync(PublishingDesk.Input("sex-x-facts.json").Replace("\"sex\": \"X\"", "\"sex\": \"M\", \"sex\": \"F\"", StringComparison.Ordinal))).Refused("facts.json", "sex");

    [Fact]
    public async Task Given_amounts_no_number_holds_When_judged_by_the_verb_Then_a_sentence_says_so() =>
        (await desk.EvaluateAsync(PublishingDesk.Input("amounts-overflow-facts.json"))).Refused("facts.json", "$.apheresisDonations");
}
