using Web.Verbs;
using Engine.Canonical;
using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>A flow that cannot be right never ends as if all were done: an incident names the place.</summary>
public sealed class WrongFlowTests
{
    private static readonly string Fork = Node("K", "Elsa.FlowFork", """ "branches":{"typeName":"Object","expression":{"type":"Object","value":"[\"a\",\"b\"]"}} """);
    private static readonly string WaitAll = Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitAll")}");

    public static TheoryData<string, string, string> Starved => new()
    {
        { "a branch not taken", string.Join(',', Node("D", "Elsa.FlowDecision", "\"condition\":true"), Say("T"), Say("N"), WaitAll, Say("End")), "D:True->T D:False->N T->J N->J J->End" },
        { "a branch that ends", string.Join(',', Fork, Node("D", "Elsa.FlowDecision", "\"condition\":true"), Say("T"), Say("N"), WaitAll, Say("End")), "K:a->T K:b->D D:True->N D:False->J T->J J->End" },
        { "a port nobody leaves by", string.Join(',', Fork, Say("T"), Say("N"), WaitAll, Say("End")), "K:a->T K:b->N T->J N:done->J J->End" },
        { "a join before it is skipped", string.Join(',', Fork, Node("D", "Elsa.FlowDecision", "\"condition\":false"), Say("X"), Say("T"), WaitAll, Say("End")), "K:a->D K:b->T D:True->X X->J T->J J->End" },
    };

    [Theory]
    [MemberData(nameof(Starved))]
    public async Task GivenAJoinThatWaitsForAll_WhenABranchCannotCome_ThenTheIncidentNamesTheJoin(string why, string activities, string arrows)
    {
        var run = await Start(Chart(activities, arrows));
        Assert.True(run.State.SubStatus == WorkflowSubStatus.Faulted, why);
        Assert.Equal("J", Assert.Single(run.Incidents).ActivityId);
        Assert.DoesNotContain("End", run.Lines);
    }

    [Fact]
    public async Task GivenAStarvedJoin_WhenRetried_ThenItIsNotPassed()
    {
        var definition = Chart(string.Join(',', Node("D", "Elsa.FlowDecision", "\"condition\":true"), Say("T"), Say("N"), WaitAll, Say("End")), "D:True->T D:False->N T->J N->J J->End");
        var run = await Runner.RetryAsync(definition, WorkflowState.FromJson((await Start(definition)).State.ToJson()), new Host());
        Assert.Equal((WorkflowSubStatus.Faulted, "J", ""), (run.State.SubStatus, Assert.Single(run.Incidents).ActivityId, Lines(run)));
    }

    [Fact]
    public async Task GivenAJoinNobodyCameTo_WhenItsBranchesAreAllSkipped_ThenItIsSkippedInSilence()
    {
        var activities = string.Join(',', Node("D", "Elsa.FlowDecision", "\"condition\":false"), Say("A"), Say("B"), WaitAll, Say("End"), Say("Other"));
        var run = await Start(Chart(activities, "D:True->A D:True->B A->J B->J J->End D:False->Other"));
        Assert.Equal(("Other", WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
    }

    [Fact]
    public async Task GivenAMisspeltType_WhenRunByTheCommand_ThenItIsAnIncidentThatNamesTheActivity()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        await WorkflowRunCommand.RunAsync(["typo-type.json", "--json"], output, error, name => Embedded("Definitions/" + name));
        Assert.Contains("\"a: ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Faulted", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenListsWrappedInValues_WhenRun_ThenTheyAreRead()
    {
        Assert.Equal("x", Lines(await Start(WorkflowDefinition.Parse(Embedded("Definitions/values-wrapped.json")))));
        var chart = """{"name":"t","root":{"id":"F","type":"Elsa.Flowchart","activities":{"$id":"1","$values":[__A,__B]},"connections":{"$id":"2","$values":[{"source":"A","target":"B"}]}}}""";
        Assert.Equal("A|B", Lines(await Start(WorkflowDefinition.Parse(chart.Replace("__A", Say("A"), StringComparison.Ordinal).Replace("__B", Say("B"), StringComparison.Ordinal)))));
        Assert.Equal("A|B", Lines(await Start(Root(Node("K", "Elsa.Fork", $$""" "branches":{"$values":[{{Say("A")}},{{Say("B")}}]} """)))));
        Assert.Equal("B", Lines(await Start(Root(Node("W", "Elsa.Switch", $$""" "cases":{"$values":[{"label":"b","condition":{"type":"Literal","value":true},"activity":{{Say("B")}} }]} """)))));
    }

    [Theory]
    [InlineData("\"activities\":{\"id\":\"x\"}", "$.root.activities")]
    [InlineData("\"activities\":\"x\"", "$.root.activities")]
    [InlineData("\"activities\":{\"$values\":[7]}", "$.root.activities.$values[0]")]
    [InlineData("\"activities\":[],\"connections\":\"x\"", "$.root.connections")]
    [InlineData("\"activities\":[],\"variables\":{\"name\":\"x\"}", "$.root.variables")]
    public void GivenSomethingElseForAList_WhenRead_ThenTheFaultNamesThePlace(string property, string path) =>
        Assert.Equal(path, Assert.Throws<DocumentFaultException>(() => Root(Node("F", "Elsa.Flowchart", property))).Path);

    [Theory]
    [InlineData("Elsa.If", "\"condition\":true,\"then\":{\"id\":\"x\",\"type\":\"WriteLine\"}", "then")]
    [InlineData("Elsa.While", "\"condition\":true,\"body\":{\"id\":\"x\"}", "body")]
    [InlineData("Elsa.Fork", "\"branches\":[{\"id\":\"x\",\"type\":\"WriteLine\"}]", "branches")]
    [InlineData("Elsa.Switch", "\"cases\":[{\"label\":\"x\",\"condition\":{\"type\":\"Literal\",\"value\":true},\"activity\":{\"type\":\"x\"}}]", "cases")]
    [InlineData("Elsa.ParallelForEach", "\"items\":[1],\"body\":\"x\"", "body")]
    public async Task GivenSomethingElseWhereAnActivityBelongs_WhenRunOrChecked_ThenItIsNamed(string type, string properties, string port)
    {
        var definition = Root(Node("A", type, properties));
        var incident = Assert.Single((await Start(definition)).Incidents);
        Assert.Equal("A", incident.ActivityId);
        Assert.Contains(port, incident.Detail, StringComparison.Ordinal);
        Assert.Contains(new WorkflowValidator(ActivityRegistry.WithPlatform()).Check(definition), f => f.Path == $"$.root.{port}");
    }

    [Theory]
    [InlineData("Elsa.WriteLine", "\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Javascript\",\"value\":\"1\"}}", "Javascript")]
    [InlineData("Elsa.WriteLine", "\"text\":{\"typeName\":\"String\",\"expression\":{\"value\":\"1\"}}", "text")]
    [InlineData("Elsa.WriteLine", "\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Variable\",\"value\":{\"id\":\"nowhere\"}}}", "nowhere")]
    [InlineData("Elsa.WriteLine", "\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Input\",\"value\":{\"name\":\"nowhere\"}}}", "nowhere")]
    [InlineData("Elsa.Switch", "\"cases\":[{\"label\":\"x\",\"condition\":{\"type\":\"JS\",\"value\":\"true\"}}]", "JS")]
    [InlineData("Elsa.Switch", "\"cases\":\"x\"", "cases")]
    [InlineData("Elsa.Fork", "\"joinMode\":\"WaitSome\",\"branches\":[]", "WaitSome")]
    [InlineData("Elsa.Switch", "\"mode\":\"MatchSome\",\"cases\":[]", "MatchSome")]
    [InlineData("Elsa.RunTask", "\"taskName\":\"x\",\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"nowhere\"}}", "nowhere")]
    public async Task GivenAPropertyThatCannotBeMeant_WhenRun_ThenTheIncidentNamesIt(string type, string properties, string words)
    {
        var definition = Root(Node("A", type, properties));
        var run = await Start(definition);
        if (run.State.Bookmarks.Count > 0) run = await Resume(definition, run, "A");
        var incident = Assert.Single(run.Incidents);
        Assert.Equal("A", incident.ActivityId);
        Assert.Contains(words, incident.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("waitall", "T|N|End")]
    [InlineData("WAITALLACTIVE", "T|N|End")]
    public async Task GivenAJoinModeInOtherCase_WhenRun_ThenItIsUnderstood(string mode, string lines) =>
        Assert.Equal(lines, Lines(await Start(Chart(string.Join(',', Fork, Say("T"), Say("N"), Node("J", "Elsa.FlowJoin", $"\"mode\":{Text(mode)}"), Say("End")), "K:a->T K:b->N T->J N->J J->End"))));

    [Fact]
    public async Task GivenAJoinModeThatIsNone_WhenRun_ThenTheIncidentNamesIt()
    {
        var run = await Start(Chart(string.Join(',', Fork, Say("T"), Say("N"), Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitSome")}"), Say("End")), "K:a->T K:b->N T->J N->J J->End"));
        Assert.Contains(run.Incidents, i => i.Detail!.Contains("WaitSome", StringComparison.Ordinal) && i.Detail.Contains('J', StringComparison.Ordinal));
        Assert.DoesNotContain("End", run.Lines);
    }

    [Theory]
    [InlineData("S->A A->End")]
    [InlineData("S->A")]
    public async Task GivenATaskLeftByAnActionWithoutArrow_WhenResumed_ThenItIsAnIncident(string arrows)
    {
        var definition = Chart(string.Join(',', Node("S", "Elsa.Start"), Node("A", "Station.UserTask", """ "actionDefinitions":[{"key":"Done"},{"key":"Quit"}] """), Say("End")), arrows);
        var run = await Resume(definition, await Start(definition), "A", "Quit");
        Assert.Equal((WorkflowSubStatus.Faulted, "A"), (run.State.SubStatus, Assert.Single(run.Incidents).ActivityId));
        Assert.Contains("Quit", run.Incidents[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Station.UserTask", "\"actionDefinitions\":[{\"key\":\"Done\"},{\"key\":\"Quit\"}]")]
    [InlineData("Station.RuleCheck", "\"stage\":\"Defer\"")]
    [InlineData("Station.Feature", "\"feature\":\"Off\"")]
    public async Task GivenADecisionInASequence_WhenItIsNotToGoOn_ThenWhatFollowsDoesNotRun(string type, string properties)
    {
        var definition = Root(Node("Q", "Elsa.Sequence", $"\"activities\":[{Node("A", type, properties)},{Say("End")}]"));
        var run = await Runner.StartAsync(definition, new Dictionary<string, System.Text.Json.Nodes.JsonNode?>(), new No());
        if (run.State.Bookmarks.Count > 0) run = await Resume(definition, run, "A", "Quit");
        Assert.Equal((WorkflowSubStatus.Faulted, "A", ""), (run.State.SubStatus, Assert.Single(run.Incidents).ActivityId, Lines(run)));
    }

    [Fact]
    public async Task GivenASwitchThatIsOffWithoutArrow_WhenRun_ThenItIsAnIncident()
    {
        var run = await Runner.StartAsync(Chart(Node("A", "Station.Feature", "\"feature\":\"x\"") + "," + Say("End"), "A:On->End"), new Dictionary<string, System.Text.Json.Nodes.JsonNode?>(), new No());
        Assert.Equal("A", Assert.Single(run.Incidents).ActivityId);
    }

    private static WorkflowDefinition Root(string activity) => WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{activity}}}");

    private sealed class No : IServiceProvider, IRuleCheckHost, IFeatureHost
    {
        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
        public ValueTask<string> CheckAsync(string stage, CancellationToken cancellation) => ValueTask.FromResult("Defer");
        public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) => ValueTask.FromResult(false);
    }
}
