using System.Text.Json.Nodes;
using System.Xml.Linq;
using Engine.Workflows;
using Xunit;

namespace FastTests.Workflows;

/// <summary>The workflow this product ships.</summary>
public sealed class ApheresisWorkflowTests
{
    private static readonly string Json = Flows.Embedded("workflows/apheresis-platelets.workflow.json");
    private static readonly WorkflowDefinition Definition = WorkflowDefinition.Parse(Json);

    [Fact]
    public async Task GivenThePathsBesideIt_WhenRun_ThenAllHold()
    {
        var tests = WorkflowPathTests.Parse(Flows.Embedded("workflows/apheresis-platelets.tests.json"));
        Assert.True(tests.Count > 10);
        Assert.Empty(await tests.RunAsync(Definition, TimeProvider.System));
    }

    [Fact]
    public void GivenItsActivities_WhenValidated_ThenThereIsNoFinding()
    {
        var registry = ActivityRegistry.WithPlatform(Definition.Activities.Select(a => a.Type).Distinct().Where(t => t.StartsWith("Collection.", StringComparison.Ordinal)).Select(t => new Named(t)));
        Assert.Empty(new WorkflowValidator(registry).Check(Definition));
    }

    [Fact]
    public void GivenItsTasks_WhenListed_ThenTheyComeInFlowOrderWithTheirFeatures()
    {
        Assert.Equal(
            ["consent-inquiry", "general-check", "tests", "assessment", "pre-collection-check", "collection-record", "post-collection-check", "heat-seal-check"],
            Definition.UserTasks.Select(t => t.StepCode));
        Assert.Equal(["collection.bedside", "collection.heat-seal-check"], Definition.UserTasks[^1].Features);
        Assert.Empty(Definition.UserTasks[0].Features);
        Assert.All(Definition.UserTasks, t => Assert.Equal("Done", t.Actions[0].Key));
        // A needle that was in is a collection broken off, which has to be recorded; it is no withdrawal.
        Assert.Equal(["collection-record", "post-collection-check", "heat-seal-check"], Definition.UserTasks.Where(t => t.Actions.All(a => a.Key != "Withdraw")).Select(t => t.StepCode));
    }

    [Fact]
    public void GivenItsTasks_WhenTheirActionsAreListed_ThenNothingLeadsBackFromTheNeedleOn()
    {
        var back = Definition.UserTasks.SelectMany(t => t.Actions.Where(a => a.Back).Select(a => (t.StepCode, a.Key, a.Submits, a.Reason)));
        Assert.Equal(
            [("general-check", "ReturnToInquiry", false, true), ("tests", "ReturnToGeneralCheck", false, true), ("assessment", "ReturnToTests", false, true), ("assessment", "ReturnToGeneralCheck", false, true), ("pre-collection-check", "ReturnToAssessment", false, true)],
            back);
    }

    [Fact]
    public void GivenACopyWithoutHeatSealCheck_WhenRead_ThenTheStepIsGone()
    {
        var copy = JsonNode.Parse(Json)!;
        copy["root"]!["activities"]!.AsArray().RemoveAll(a => a!["id"]!.GetValue<string>() is "heat-seal" or "heat-seal-check");
        copy["root"]!["connections"]!.AsArray().RemoveAll(c => c!["source"]!["activity"]!.GetValue<string>() is "heat-seal" or "heat-seal-check");
        foreach (var connection in copy["root"]!["connections"]!.AsArray().Where(c => c!["target"]!["activity"]!.GetValue<string>() == "heat-seal")) connection!["target"]!["activity"] = "archive";
        Assert.DoesNotContain(WorkflowDefinition.Parse(copy.ToJsonString()).UserTasks, t => t.StepCode == "heat-seal-check");
    }

    [Fact]
    public async Task GivenATaskInProgress_WhenDrawn_ThenTheDiagramIsXmlThatNamesItAndHoldsNoScript()
    {
        var engine = new WorkflowEngine(ActivityRegistry.WithPlatform(), TimeProvider.System);
        var run = await engine.StartAsync(Definition, new Dictionary<string, JsonNode?>(), new Flows.Host());
        var svg = XElement.Parse(WorkflowDiagram.Svg(Definition, run.State));
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Contains("知情同意与健康征询（进行中）", svg.Elements().First(e => e.Name.LocalName == "desc").Value, StringComparison.Ordinal);
        Assert.DoesNotContain(svg.Descendants(), e => e.Name.LocalName is "script" or "image" or "use" or "foreignObject");
    }

    [Fact]
    public void GivenMarkupInATitle_WhenDrawn_ThenItIsText()
    {
        var definition = Flows.Chart(Flows.Node("A", "Elsa.Start", "\"metadata\":{\"displayText\":\"<script>&\\\"\"}"), "");
        Assert.DoesNotContain("<script", WorkflowDiagram.Svg(definition), StringComparison.Ordinal);
    }

    private sealed class Named(string type) : CodeActivity(new ActivityDescriptor(type, type, "", ["Done"], []))
    {
        protected override ValueTask RunAsync(ActivityContext context) => ValueTask.CompletedTask;
    }
}
