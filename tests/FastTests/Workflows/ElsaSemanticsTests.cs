using System.Text.Json.Nodes;
using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>Behaviour of Elsa 3.6 that the recorded files do not show.</summary>
public sealed class ElsaSemanticsTests
{
    [Fact]
    public async Task GivenAWaitAllJoinWithADeadBranch_WhenRun_ThenWhatFollowsNeverRunsAndTheJoinIsAnIncident()
    {
        var run = await Start(Chart(
            string.Join(',', Node("D", "Elsa.FlowDecision", "\"condition\":true"), Say("T"), Say("N"), Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitAll")}"), Say("End")),
            "D:True->T D:False->N T->J N->J J->End"));
        Assert.Equal(("T", WorkflowSubStatus.Faulted, "J"), (Lines(run), run.State.SubStatus, Assert.Single(run.Incidents).ActivityId));
    }

    [Fact]
    public async Task GivenAWaitAllActiveJoinWithADeadBranch_WhenRun_ThenItGoesOn()
    {
        var run = await Start(Chart(
            string.Join(',', Node("D", "Elsa.FlowDecision", "\"condition\":true"), Say("T"), Say("N"), Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitAllActive")}"), Say("End")),
            "D:True->T D:False->N T->J N->J J->End"));
        Assert.Equal("T|End", Lines(run));
    }

    [Fact]
    public async Task GivenCompleteInANestedChart_WhenRun_ThenItsDoneBranchRunsAndTheInstanceFaults()
    {
        var inner = ChartNode("G", Node("C", "Elsa.Complete", """ "outcomes":{"typeName":"Object","expression":{"type":"Object","value":"[\"Yes\"]"}} """), "");
        var run = await Start(Chart(string.Join(',', inner, Say("Yes"), Say("Done")), "G:Yes->Yes G->Done"));
        Assert.Equal(("Done", WorkflowSubStatus.Faulted), (Lines(run), run.State.SubStatus));
        Assert.Contains("not reachable", Assert.Single(run.Incidents).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenParallelSequences_WhenRun_ThenTheyInterleave()
    {
        string Two(string p) => Node("S" + p, "Elsa.Sequence", $"\"activities\":[{Say(p + "1")},{Say(p + "2")}]");
        var run = await Start(WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{Node("P", "Elsa.Parallel", $"\"activities\":[{Two("A")},{Two("B")}]")}}}"));
        Assert.Equal("A1|B1|A2|B2", Lines(run));
    }

    [Fact]
    public async Task GivenContinueWithIncidents_WhenABranchFaults_ThenTheInstanceIsSuspendedAndSaysThatNothingCanCome()
    {
        var run = await Start(Chart(string.Join(',', Node("Bad", "Elsa.Fault", $"\"message\":{Text("boom")}"), Say("After")), "Bad->After",
            """ "options":{"incidentStrategyType":"Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core"}, """));
        Assert.Equal(WorkflowSubStatus.Suspended, run.State.SubStatus);
        Assert.NotNull(run.State.NothingToWaitFor);
    }

    [Fact]
    public async Task GivenAnArrowBackThatTheStartCanBypass_WhenFollowed_ThenTheInstanceFaults()
    {
        var run = await Start(Chart(string.Join(',', Node("S", "Elsa.Start"), Say("A"), Say("B"), Say("C")), "S->A S->B A->C B->C C->A"));
        Assert.Contains("Invalid backward connection", Assert.Single(run.Incidents).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAJoinWithArrowsFromBeforeAndInsideALoop_WhenSentBackTwiceAndThenLeft_ThenTheJoinRunsOnce()
    {
        var definition = Chart(
            string.Join(',', Task("A", "Done", "Quit"), Task("B", "Done", "Quit"), Task("C", "Done", "Quit", "Back"), Say("Quitting"), Say("End")),
            "A->B B->C C->End A:Quit->Quitting B:Quit->Quitting C:Back->B C:Quit->Quitting Quitting->End");
        var run = await Resume(definition, await Start(definition), "A", "Done");
        for (var round = 0; round < 2; round++)
        {
            run = await Resume(definition, run, "B", "Done");
            run = await Resume(definition, run, "C", "Back");
            Assert.Equal(["B"], run.State.Bookmarks.Select(b => b.Key));
        }
        run = await Resume(definition, run, "B", "Quit");
        Assert.Equal(("Quitting|End", WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
    }

    [Fact]
    public async Task GivenTwoBranchesAfterTheTarget_WhenOneSendsBack_ThenTheOtherWaitsNoLongerAndBothBeginAgain()
    {
        var definition = Chart(string.Join(',', Task("A", "Done"), Task("B", "Done", "Back"), Task("C", "Done"), Say("End")), "A->B A->C B->End C->End B:Back->A");
        var run = await Resume(definition, await Start(definition), "A", "Done");
        run = await Resume(definition, run, "B", "Back");
        Assert.Equal(["A"], run.State.Bookmarks.Select(b => b.Key));
        run = await Resume(definition, run, "A", "Done");
        Assert.Equal(["B", "C"], run.State.Bookmarks.Select(b => b.Key));
        run = await Resume(definition, await Resume(definition, run, "B", "Done"), "C", "Done");
        Assert.Equal(("End", WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
    }

    [Theory]
    [InlineData("00:30:00", 30)]
    [InlineData("PT30M", 30)]
    [InlineData("PT1H", 60)]
    public async Task GivenATaskWithALimit_WhenItOpens_ThenItIsDueThatMuchLater(string span, int minutes)
    {
        var run = await Start(Chart(Node("A", "Station.UserTask", $"\"dueAfter\":{Text(span)}"), ""));
        var bookmark = Assert.Single(run.State.Bookmarks);
        Assert.Equal(minutes, (bookmark.DueAt - bookmark.CreatedAt)!.Value.TotalMinutes, 0.1);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("P1M")]
    [InlineData("-00:30:00")]
    public async Task GivenALimitThatIsNoSpan_WhenTheTaskOpens_ThenItIsAnIncidentThatNamesTheProperty(string span)
    {
        var run = await Start(Chart(Node("A", "Station.UserTask", $"\"dueAfter\":{Text(span)}"), ""));
        Assert.Contains("dueAfter", Assert.Single(run.Incidents).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAFault_WhenRetriedAfterItsCauseIsGone_ThenTheFlowGoesOnFromThere()
    {
        var definition = Chart(string.Join(',', Task("A", "Done"), Node("X", "Station.Feature", $"\"feature\":{Text("x")}"), Say("End")), "A->X X:On->End");
        var faulted = await Runner.ResumeAsync(definition, (await Start(definition)).State, "A", null, new Nobody());
        Assert.Equal(WorkflowSubStatus.Faulted, faulted.State.SubStatus);
        var again = await Runner.RetryAsync(definition, faulted.State, new Nobody());
        Assert.Equal((WorkflowSubStatus.Faulted, 1), (again.State.SubStatus, again.Incidents.Count));
        var run = await Runner.RetryAsync(definition, WorkflowState.FromJson(again.State.ToJson()), new Host());
        Assert.Equal(("End", WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
        Assert.NotNull((await Runner.RetryAsync(definition, run.State, new Host())).Refusal);
    }

    private static string Task(string id, params string[] actions) =>
        Node(id, "Station.UserTask", $"\"actionDefinitions\":[{string.Join(',', actions.Select(a => $"{{\"key\":\"{a}\"}}"))}]");

    private sealed class Nobody : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    [Fact]
    public async Task GivenAFlowSwitchInMatchAny_WhenRun_ThenAllMatchingLabelsLeave()
    {
        const string cases = """ "cases":[{"label":"A","condition":{"type":"JavaScript","value":"1 < 2"}},{"label":"B","condition":{"type":"Literal","value":true}},{"label":"C","condition":{"type":"Literal","value":false}}], """;
        var run = await Start(Chart(string.Join(',', Node("W", "Elsa.FlowSwitch", cases + $"\"mode\":{Text("MatchAny")}"), Say("A"), Say("B"), Say("C")), "W:A->A W:B->B W:C->C"));
        Assert.Equal("A|B", Lines(run));
    }

    [Fact]
    public async Task GivenFinishBesideAWait_WhenRun_ThenNothingWaitsAndNothingElseRuns()
    {
        var run = await Start(Chart(string.Join(',', Node("S", "Elsa.Start"), Wait("E"), Node("X", "Elsa.Finish"), Say("Late")), "S->E S->X S->Late"));
        Assert.Equal(("", WorkflowSubStatus.Finished, 0), (Lines(run), run.State.SubStatus, run.State.Bookmarks.Count));
    }

    [Fact]
    public async Task GivenForkWaitAny_WhenOneBranchResumes_ThenTheOtherIsClosed()
    {
        var definition = WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{Node("Q", "Elsa.Sequence", $"\"activities\":[{Node("K", "Elsa.Fork", $"\"joinMode\":\"WaitAny\",\"branches\":[{Wait("A")},{Wait("B")}]")},{Say("Z")}]")}}}");
        var run = await Resume(definition, await Start(definition), "A");
        Assert.Equal(("Z", WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
        Assert.Contains(run.Effects, e => e is BookmarkClosed { Bookmark.Key: "B", Resumed: false });
    }

    [Fact]
    public async Task GivenParallelForEachOverWaits_WhenEachIsResumed_ThenEveryBodyKeepsItsOwnValue()
    {
        var body = Node("Q", "Elsa.Sequence", $"\"activities\":[{Wait("E")},{Node("R", "Elsa.WriteLine", $"\"text\":{Script("getVariable('CurrentValue')")}")}]");
        var definition = WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{Node("P", "Elsa.ParallelForEach", $"\"items\":{Script("['x','y']")},\"body\":{body}")}}}");
        var run = await Start(definition);
        Assert.Equal(["E", "E#2"], run.State.Bookmarks.Select(b => b.Key));
        run = await Resume(definition, run, "E#2");
        Assert.Equal("y", Lines(run));
    }

    [Fact]
    public async Task GivenInputsVariablesAndOutputs_WhenRun_ThenValuesHaveTheDeclaredTypes()
    {
        var definition = WorkflowDefinition.Parse($$"""
            {"name":"t","inputs":[{"type":"Int32","name":"units"}],"outputs":[{"type":"String","name":"label"}],"variables":[{"id":"v","name":"Total","typeName":"Int32","value":"1"}],
             "root":{"id":"Q","type":"Elsa.Sequence","activities":[
              {"id":"A","type":"Elsa.SetVariable","variable":{"id":"v"},"value":{{Script("getInput('units') + getTotal()")}}},
              {"id":"B","type":"Elsa.SetOutput","outputName":{{Text("label")}},"outputValue":{"typeName":"Object","expression":{"type":"Variable","value":{"id":"v"} } } }] } }
            """);
        var run = await Runner.StartAsync(definition, new Dictionary<string, JsonNode?> { ["units"] = "2" }, new Host());
        Assert.Equal("\"3\"", run.State.Output["label"]!.ToJsonString());
    }

    [Theory]
    [InlineData("while(true){}")]
    [InlineData("(function f(){ f(); })()")]
    [InlineData("new Array(1e9).fill(1).length")]
    [InlineData("System.IO.File.ReadAllText('x')")]
    [InlineData("eval('1')")]
    [InlineData("oops(")]
    public async Task GivenAScriptThatMisbehaves_WhenEvaluated_ThenItIsAnIncidentNamingActivityAndProperty(string code)
    {
        var run = await Start(Chart(Node("A", "Elsa.WriteLine", $"\"text\":{Script(code)}"), ""));
        var incident = Assert.Single(run.Incidents);
        Assert.Equal(("A", "Failed to evaluate activity input 'Text'"), (incident.ActivityId, incident.Message));
        Assert.Contains("属性 text", incident.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAScriptThatAsksForTheTime_WhenEvaluated_ThenItIsTheInjectedClocks()
    {
        var engine = new WorkflowEngine(ActivityRegistry.WithPlatform(), new FixedClock());
        var definition = Chart(Node("A", "Elsa.WriteLine", $"\"text\":{Script("new Date().toISOString() + ' ' + getWorkflowInstanceId()")}"), "");
        var run = await engine.StartAsync(definition, new Dictionary<string, JsonNode?>(), new Host(), "visit-7");
        Assert.Equal("2026-03-01T00:00:00.000Z visit-7", Lines(run));
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public async Task GivenALoopThatNeverWaits_WhenRun_ThenItIsStoppedWithAnIncident()
    {
        var run = await Start(Chart(string.Join(',', Node("S", "Elsa.Start"), Node("A", "Elsa.FlowJoin"), Node("B", "Elsa.FlowJoin")), "S->A A->B B->A"));
        Assert.Equal(WorkflowSubStatus.Faulted, run.State.SubStatus);
        Assert.Single(run.Incidents);
    }
}
