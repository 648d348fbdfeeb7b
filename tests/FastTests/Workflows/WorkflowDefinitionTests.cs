using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Workflows;
using Platform.Publishing;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

public sealed class WorkflowDefinitionTests
{
    [Fact]
    public void GivenUnknownPropertiesAndActivities_WhenWritten_ThenTheyAreStillThere()
    {
        const string json = """
            {"$schema":"x","name":"t","future":{"a":[1,2.50,null]},"root":{"id":"F","type":"Elsa.Flowchart","metadata":{"designer":{"zoom":1.25}},
             "activities":[{"id":"U","type":"Elsa.NotYet","odd":{"b":true},"text":{"typeName":"String","expression":{"type":"Liquid","value":"{{ x }}"}}}],"connections":[{"source":"U","target":"gone"}]}}
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(WorkflowDefinition.Parse(json).ToJson())));
    }

    [Fact]
    public void GivenTheSameContentLaidOutDifferently_WhenHashed_ThenTheHashIsTheSameAndAChangedTextIsNot()
    {
        var one = WorkflowDefinition.Parse("""{"name":"t","root":{"id":"A","type":"Elsa.WriteLine","text":"x"}}""");
        var other = WorkflowDefinition.Parse("""{ "root": { "type":"Elsa.WriteLine", "text":"x", "id":"A" }, "name":"t" }""");
        var changed = WorkflowDefinition.Parse("""{"name":"t","root":{"id":"A","type":"Elsa.WriteLine","text":"y"}}""");
        Assert.Equal(one.Hash, other.Hash);
        Assert.NotEqual(one.Hash, changed.Hash);
    }

    [Theory]
    [InlineData("{", "$")]
    [InlineData("[]", "$")]
    [InlineData("{\"name\":\"t\"}", "$.root")]
    [InlineData("{\"root\":{\"id\":\"A\"}}", "$.root.type")]
    [InlineData("{\"root\":{\"id\":\"A\",\"type\":\"Elsa.Sequence\",\"activities\":[{\"id\":\"A\",\"type\":\"Elsa.Start\"}]}}", "$.root.activities[0].id")]
    [InlineData("{\"root\":{\"id\":\"A\",\"type\":\"Elsa.Sequence\",\"activities\":[7]}}", "$.root.activities[0]")]
    [InlineData("{\"root\":{\"id\":\"A\",\"ID\":\"B\",\"type\":\"Elsa.Sequence\"}}", "$")]
    [InlineData("{\"variables\":[{}],\"root\":{\"id\":\"A\",\"type\":\"Elsa.Sequence\"}}", "$.variables[0].name")]
    public void GivenABrokenDocument_WhenParsed_ThenTheErrorNamesThePlace(string json, string path) =>
        Assert.Equal(path, Assert.Throws<DocumentFaultException>(() => WorkflowDefinition.Parse(json)).Path);

    [Fact]
    public async Task GivenAWaitDoneOnce_WhenResumedAgain_ThenItIsRefusedAndNothingRuns()
    {
        var definition = Chart(string.Join(',', Wait("E"), Wait("G")), "E->G");
        var run = await Resume(definition, await Start(definition), "E");
        var again = await Resume(definition, run, "E");
        Assert.Equal(RefusalReason.NotWaiting, again.Refusal!.Reason);
        Assert.Same(run.State, again.State);
    }

    [Fact]
    public async Task GivenAnInstance_WhenResumedOnAnotherDefinition_ThenItIsRefused()
    {
        var definition = Chart(Wait("E"), "");
        var run = await Resume(Chart(string.Join(',', Wait("E"), Say("New")), "E->New"), await Start(definition), "E");
        Assert.Equal(RefusalReason.OtherDefinition, run.Refusal!.Reason);
    }

    [Fact]
    public async Task GivenAResume_WhenDone_ThenTheStateGivenIsUnchanged()
    {
        var definition = Chart(string.Join(',', Wait("E"), Say("A")), "E->A");
        var before = (await Start(definition)).State;
        var text = before.ToJson();
        await Runner.ResumeAsync(definition, before, "E", null, new Host());
        Assert.Equal(text, before.ToJson());
    }

    [Fact]
    public async Task GivenAnOutageInAService_WhenRun_ThenItLeavesTheEngineInsteadOfBecomingAnIncident()
    {
        var definition = Chart(Node("R", "Station.RuleCheck", $"\"stage\":{Text("tests")}"), "");
        await Assert.ThrowsAsync<TimeoutException>(() => Runner.StartAsync(definition, new Dictionary<string, JsonNode?>(), new Broken()));
    }

    [Fact]
    public async Task GivenARunningInstance_WhenCancelled_ThenItsWaitsClose()
    {
        var definition = Chart(string.Join(',', Wait("E"), Wait("G")), "");
        var run = Runner.Cancel(definition, (await Start(definition)).State);
        Assert.Equal(WorkflowSubStatus.Cancelled, run.State.SubStatus);
        Assert.Equal("E", Assert.IsType<BookmarkClosed>(Assert.Single(run.Effects)).Bookmark.Key);
    }

    private sealed class Broken : IServiceProvider, IRuleCheckHost
    {
        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
        public ValueTask<string> CheckAsync(string stage, CancellationToken cancellation) => throw new TimeoutException();
    }
}
