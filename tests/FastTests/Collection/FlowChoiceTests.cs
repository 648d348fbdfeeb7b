using System.Text.Json.Nodes;
using Engine.Rules;
using Engine.Workflows;
using FastTests.Publishing;
using Modules.Collection;
using Platform.Publishing;
using Platform.Tenancy;

namespace FastTests.Collection;

/// <summary>Which flow a visit takes, and what settings leave it without one.</summary>
public sealed class FlowChoiceTests
{
    private static readonly CompiledPacks Packs = new(Web.Host.Composition.Modules.SelectMany(m => m.Facts));

    [Theory]
    [InlineData("PX-1", "special-matching")]
    [InlineData(null, "apheresis-platelets")]
    public void Given_what_the_registration_says_When_a_visit_begins_Then_the_settings_choose_its_flow_and_its_first_check(string? request, string flow)
    {
        var configuration = Configuration(ShippedSet.New()).For(new FactBag().Set("specialMatchingRequest", request));

        Assert.Equal((flow, flow), (configuration.Flow, configuration.Workflow.DefinitionId));
        Assert.Equal(flow == "special-matching", configuration.Workflow.UserTasks.Any(t => t.StepCode == "matching-approval"));
    }

    [Fact]
    public void Given_a_set_of_two_flows_When_their_steps_are_shown_together_Then_the_special_step_stands_where_it_is_done()
    {
        var steps = Configuration(ShippedSet.New()).Steps.Select(s => s.StepCode).ToList();

        Assert.Equal(["tests", "matching-approval", "assessment"], steps.SkipWhile(s => s != "tests").Take(3));
        Assert.Equal(steps.Count, steps.Distinct().Count());
    }

    [Fact]
    public void Given_a_station_of_one_flow_When_its_settings_say_nothing_Then_every_visit_takes_it()
    {
        var set = ShippedSet.New().Without(DocumentKinds.Workflow, "special-matching").Edit(DocumentKinds.Settings, "station", s => s.AsObject().Remove("Flows"));

        Assert.Equal("apheresis-platelets", Configuration(set).For(new FactBag().Set("specialMatchingRequest", "PX-1")).Flow);
        Assert.Empty(set.Findings());
    }

    [Theory]
    [InlineData("[]", "$.Flows:", "没有写明")]
    [InlineData("""[{"Flow":"plasma"}]""", "$.Flows[0].Flow", "没有生效的流程 plasma")]
    [InlineData("""[{"Flow":"apheresis-platelets"},{"Flow":"special-matching"}]""", "$.Flows[0].When", "永远轮不到")]
    [InlineData("""[{"Flow":"special-matching","When":{"fact":"donationType","op":"known"}}]""", "$.Flows[0].When", "没有流程")]
    [InlineData("""[{"Flow":"special-matching","When":{"fact":"hb","op":"known"}},{"Flow":"apheresis-platelets"}]""", "$.Flows[0].When", "登记表没有 hb")]
    [InlineData("""[{"Flow":"special-matching","When":{"fact":"x"}},{"Flow":"apheresis-platelets"}]""", "$.Flows[0].When.op", "")]
    [InlineData("""[{"When":{"fact":"donationType","op":"known"}},{"Flow":"apheresis-platelets"}]""", "$.Flows[0].Flow", "请写明")]
    [InlineData("""[null]""", "$.Flows[0].Flow", "请写明")]
    public void Given_settings_that_leave_a_visit_without_a_flow_When_checked_Then_each_is_named_by_its_place(string flows, string place, string words)
    {
        var findings = ShippedSet.New().Edit(DocumentKinds.Settings, "station", s => s["Flows"] = JsonNode.Parse(flows)).Findings();

        Assert.Contains(findings, f => f.ToString().Contains(place, StringComparison.Ordinal) && f.ToString().Contains(words, StringComparison.Ordinal));
    }

    private static VisitConfiguration Configuration(ShippedSet shipped) => VisitConfiguration.Of(new InForce(InForceAt.Select(shipped.Documents, ShippedSet.Now), new ParsedDocuments()), Packs);
}
