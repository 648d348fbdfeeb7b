using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using FastTests.Rules;
using Modules.Collection;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;
using Modules.Donors.Contracts;
using Xunit;
using static FastTests.Collection.MadeVisits;

namespace FastTests.Collection;

/// <summary>What stands between a step as it was filled in and writing it: what is missing, to be confirmed, or too much.</summary>
public sealed class StepDecisionTests
{
    private const string Hb = """{"fact":"hb","op":">=","value":120,"unit":"g/L"}""";
    private const string Ferritin = """{"fact":"ferritin","op":">=","value":20,"unit":"ug/L"}""";
    private static readonly FormDefinition Tests = Lenient.Form("tests"), Assessment = Lenient.Form("assessment");
    private static readonly WorkflowRun Waits = Run(State(new Bookmark("k", "a", "UserTask", "1", [], null, Now)));
    private static readonly WorkflowRun Stands = Run(State());

    [Fact]
    public void Given_a_fact_a_form_has_asked_for_When_it_is_missing_Then_the_step_is_refused_beside_its_field()
    {
        var visited = Judged(Rule("N-1", Hb));

        var error = Assert.Single(StepDecision.Missing(visited, Waits, Tests, [Tests]));

        Assert.Equal(("hb", Tests.Field("hb")!.Label, "缺少，不能判定，请补充"), (error.Code, error.Label, error.Message));
        Assert.Empty(StepDecision.Missing(Judged(Rule("N-1", Hb), ("hb", 125m)), Waits, Tests, [Tests]));
    }

    [Fact]
    public void Given_a_fact_no_form_has_asked_for_yet_When_the_flow_goes_on_Then_it_may_stay_open_and_else_it_may_not()
    {
        var visited = Judged(Rule("N-1", Ferritin));

        Assert.Empty(StepDecision.Missing(visited, Waits, Tests, [Tests]));
        Assert.Equal("N-1", Assert.Single(StepDecision.Missing(visited, Stands, Tests, [Tests])).Label);
    }

    [Fact]
    public void Given_a_province_that_did_not_answer_When_a_fact_of_the_history_is_missing_Then_that_is_said()
    {
        var rule = Rule("N-1", """{"fact":"hasDeferral","op":"==","value":false}""");
        var visited = Judged(rule, new DonorHistory([], [], "省级索引无法查询"));

        var error = Assert.Single(StepDecision.Missing(visited, Stands, Tests, [Tests]));

        Assert.Equal("省级索引无法查询，不能判定，请稍后重新提交", error.Message);
    }

    [Fact]
    public void Given_a_visit_that_ends_When_a_fact_is_missing_Then_nobody_is_asked_for_it() =>
        Assert.Empty(StepDecision.Missing(Judged(Rule("N-1", Hb)), Ends(VisitStates.Withdrawn), Tests, [Tests]));

    [Theory]
    [InlineData(3, 2.0, "最多 2 治疗量")]
    [InlineData(3, 1.5, "最多 1 治疗量")]
    [InlineData(2, 2.0, null)]
    [InlineData(2, 0.5, null)]
    public void Given_a_target_that_is_too_high_When_a_lower_one_passes_Then_the_highest_such_is_named(
        int wanted, double allowed, string? says)
    {
        var form = Forms.SampleForms.With("""
            { "code": "targetUnits", "type": "choice", "label": "目标", "numeric": true,
              "options": [ {"code":"1","label":"一"}, {"code":"2","label":"二"}, {"code":"3","label":"三"} ] }
            """);
        var rule = Rule("N-1", $$"""{"fact":"targetUnits","op":"<=","value":{{allowed}}}""", """{"lowersTarget":true}""");

        var error = StepDecision.TooMuch(Judged(rule, (CollectionFacts.TargetUnits, (decimal)wanted)), form);

        Assert.Equal(says, error?.Message.Split('：')[0]);
    }

    [Fact]
    public void Given_a_failure_a_lower_target_does_not_cure_When_asked_Then_none_is_named()
    {
        var rules = Rule("N-1", """{"fact":"targetUnits","op":"<=","value":1}""", """{"lowersTarget":true}""") + "," + Rule("N-2", Hb);
        var visited = Judged(rules, (CollectionFacts.TargetUnits, 2m), ("hb", 100m));

        Assert.Null(StepDecision.TooMuch(visited, Assessment));
    }

    [Fact]
    public void Given_a_verdict_that_passes_When_nothing_is_disputed_Then_nothing_is_confirmed() =>
        Assert.Null(StepDecision.Confirmation(Judged(Rule("N-1", Hb), ("hb", 125m)), Waits, Lenient));

    [Fact]
    public void Given_a_prompt_When_confirmed_Then_it_wants_a_reason_and_holds_for_this_prompt_alone()
    {
        var prompt = Rule("N-1", Hb, """{"outcome":"prompt"}""");
        StepConfirmation Of(string rules, decimal hb) => StepDecision.Confirmation(Judged(rules, ("hb", hb)), Waits, Lenient)!;
        var asked = Of(prompt, 100m);

        Assert.True(asked.WantsReason);
        Assert.Equal(asked.Token, Of(prompt, 101m).Token);
        Assert.NotEqual(asked.Token, Of(Rule("N-2", Hb, """{"outcome":"prompt"}"""), 100m).Token);
        Assert.NotEqual(asked.Token, Of(prompt + "," + Rule("N-2", Hb, """{"outcome":"prompt"}"""), 100m).Token);
    }

    [Fact]
    public void Given_a_deferral_that_ends_the_visit_When_shown_Then_it_is_confirmed_and_needs_no_reason()
    {
        var shown = StepDecision.Confirmation(Judged(Rule("N-1", Hb), ("hb", 100m)), Ends(VisitStates.Deferred), Lenient)!;

        Assert.Equal(("确认暂缓并结束本次献血", false), (shown.Title, shown.WantsReason));
        Assert.Null(StepDecision.Confirmation(Judged(Rule("N-1", Hb), ("hb", 100m)), Ends(VisitStates.Withdrawn), Lenient));
    }

    [Fact]
    public void Given_readings_that_are_disputed_When_the_verdict_passes_or_there_is_none_Then_whoever_decided_says_why()
    {
        var unjudged = new VisitRun(Lenient, KnownDonors.Make().Book, new JudgedVisit("", NoHistory, Platelets, Day), new FactBag());
        foreach (var visited in new[] { Judged(Rule("N-1", Hb), ("hb", 125m)), unjudged })
        {
            var asked = StepDecision.Confirmation(visited, Waits, Lenient, ["血红蛋白：145；139"])!;
            Assert.True(asked.WantsReason);
            Assert.Equal(["血红蛋白：145；139"], asked.Disputed);
            Assert.NotEqual(asked.Token, StepDecision.Confirmation(visited, Waits, Lenient, ["血红蛋白：145；138"])!.Token);
        }
    }

    [Fact]
    public void Given_the_token_of_what_was_shown_When_posted_Then_only_a_missing_reason_is_asked_for_again()
    {
        var asked = StepDecision.Confirmation(Judged(Rule("N-1", Hb, """{"outcome":"prompt"}"""), ("hb", 100m)), Waits, Lenient)!;
        Post Posted(string? token, string? reason) =>
            new(new Dictionary<string, string>(), Guid.NewGuid(), 1, Post.Done, token, reason);

        Assert.True(asked.Asked(Posted(asked.Token, null)));
        Assert.False(asked.Asked(Posted(asked.Token, "已核实")));
        Assert.False(asked.Asked(Posted("other", null)));
    }

    private static string Rule(string id, string require, string more = "{}") => MadePacks.Rule(id, require, more);

    private static VisitRun Judged(string rules, params (string Code, object Value)[] facts) => Judged(rules, NoHistory, facts);

    private static VisitRun Judged(string rules, DonorHistory history, params (string Code, object Value)[] facts)
    {
        var entered = new FactBag();
        foreach (var (code, value) in facts) entered.Set(code, value);
        var visited = new VisitRun(Configuration(MadePacks.Json(rules)), KnownDonors.Make().Book, new JudgedVisit("", history, Platelets, Day), entered);
        visited.JudgeAgain("tests");
        return visited;
    }

    private static WorkflowRun Run(WorkflowState state, params WorkflowEffect[] effects) => new(state, [], effects, [], null);

    private static WorkflowRun Ends(string state) => Run(State(), new VisitEnded("end", state));

    private static WorkflowState State(params Bookmark[] waits)
    {
        var state = new WorkflowState { DefinitionHash = "" };
        state.Bookmarks.AddRange(waits);
        return state;
    }
}
