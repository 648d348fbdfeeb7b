using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>What is cancelled does nothing more: its queued work, its waits and its timers go with it, and nobody else's do.</summary>
public sealed class CancelledWorkTests
{
    [Fact]
    public async Task GivenAForkThatWaitsForAny_WhenOneBranchIsDoneAtOnce_ThenTheOtherNeverBegins() =>
        await NothingIsLeft(WorkflowDefinition.Parse(Embedded("Definitions/cancelled-branch-opens-task.json")), "fast|End");

    [Fact]
    public async Task GivenSuchAForkOnAFlowchart_WhenOneBranchIsDone_ThenTheChartGoesOn()
    {
        var fork = Fork("WaitAny", Say("fast"), Sequence("S2", Wait("Zombie"), Say("z")));
        await NothingIsLeft(Chart(fork + "," + Say("After"), "K->After"), "fast|After");
    }

    [Fact]
    public async Task GivenSuchAForkWithWaitsOnAFlowchart_WhenOneIsResumed_ThenTheOtherAndItsTimerEnd()
    {
        var fork = Fork("WaitAny", Wait("A"), Sequence("S2", Node("D", "Elsa.Delay", $"\"timeSpan\":{Text("00:10:00")}"), Say("z")));
        var definition = Chart(fork + "," + Say("After"), "K->After");
        var run = await Resume(definition, await Start(definition), "A");
        Assert.Equal(("After", WorkflowSubStatus.Finished, 0), (Lines(run), run.State.SubStatus, run.State.Incidents.Count));
        Assert.Contains(run.Effects, e => e is BookmarkClosed { Bookmark.Key: "D", Resumed: false });
    }

    [Theory]
    [InlineData("fast->J S2->J J->After")]
    [InlineData("fast->J S2->Tail Tail->J J->After")]
    public async Task GivenAJoinThatWaitsForAny_WhenOneBranchArrives_ThenTheOtherNeverBegins(string arrows)
    {
        var tail = arrows.Contains("Tail", StringComparison.Ordinal) ? "," + Say("Tail") : "";
        var branches = string.Join(',', Node("S", "Elsa.Start"), Say("fast"), Sequence("S2", Wait("Zombie"), Say("z")), Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitAny")}"), Say("After"));
        await NothingIsLeft(Chart(branches + tail, "S->fast S->S2 " + arrows), "fast|After");
    }

    [Fact]
    public async Task GivenAJoinThatWaitsForAny_WhenTheOtherBranchIsHalfDone_ThenWhatItHasQueuedIsDropped()
    {
        var branches = string.Join(',', Node("S", "Elsa.Start"), Sequence("S2", Say("a"), Wait("Zombie")), Sequence("S1", Node("N", "Elsa.SetName")), Node("J", "Elsa.FlowJoin"), Say("After"));
        await NothingIsLeft(Chart(branches, "S->S2 S->S1 S2->J S1->J J->After"), "a|After");
    }

    [Fact]
    public async Task GivenAnEnd_WhenOtherWorkOfTheChartIsQueued_ThenItIsDropped()
    {
        var chart = ChartNode("F", string.Join(',', Node("S", "Elsa.Start"), Node("E", "Elsa.End"), Sequence("S2", Wait("Zombie"))), "S->E S->S2");
        await NothingIsLeft(Root(Sequence("Q", chart, Say("After"))), "After");
    }

    [Fact]
    public async Task GivenAnEnd_WhenItCancelsABranchThatAJoinWaitsFor_ThenTheJoinDoesNotRun()
    {
        var activities = string.Join(',', Node("S", "Elsa.Start"), Say("A"), Wait("W"), Say("Joined"), Wait("Go"), Node("E", "Elsa.End"));
        var definition = Chart(activities, "S->A S->W S->Go A->Joined W->Joined Go->E");
        var run = await Resume(definition, await Start(definition), "Go");
        Assert.Equal(("", WorkflowSubStatus.Finished, 0), (Lines(run), run.State.SubStatus, run.State.Bookmarks.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GivenAComplete_WhenOtherWorkIsQueued_ThenItIsDropped(bool onAChart)
    {
        var parallel = Node("P", "Elsa.Parallel", $"\"activities\":[{Sequence("S1", Node("C", "Elsa.Complete"), Say("x"))},{Sequence("S2", Sequence("S3", Wait("Zombie")))}]");
        await NothingIsLeft(onAChart ? Chart(parallel + "," + Say("After"), "P->After") : Root(Sequence("Q", parallel, Say("After"))), "");
    }

    [Theory]
    [InlineData("Elsa.Fork", "branches")]
    [InlineData("Elsa.Parallel", "activities")]
    public async Task GivenABreak_WhenOtherWorkOfTheLoopIsQueuedOrWaits_ThenItEndsWithTheLoop(string type, string port)
    {
        var body = Node("P", type, $"\"{port}\":[{Wait("W")},{Sequence("S1", Say("a"), Node("B", "Elsa.Break"))},{Sequence("S2", Sequence("S3", Sequence("S4", Wait("Zombie"))))}]");
        await NothingIsLeft(Root(Sequence("Q", Node("L", "Elsa.While", $"\"condition\":true,\"body\":{body}"), Say("After"))), "a|After");
    }

    [Fact]
    public async Task GivenABreakInAnInnerChart_WhenRun_ThenTheOuterOneEndsWithTheLoop()
    {
        var body = ChartNode("Outer", ChartNode("Inner", Node("B", "Elsa.Break"), "") + "," + Say("Late"), "Inner->Late");
        await NothingIsLeft(Root(Sequence("Q", Node("L", "Elsa.While", $"\"condition\":true,\"body\":{body}"), Say("After"))), "After");
    }

    [Fact]
    public async Task GivenBodiesSideBySide_WhenOneCancelsABranch_ThenTheOthersGoOnWaiting()
    {
        var body = Sequence("S", Fork("WaitAny", Wait("A"), Wait("B")), Say("done"));
        var definition = Root(Node("P", "Elsa.ParallelForEach", $"\"items\":{Script("[1,2]")},\"body\":{body}"));
        var run = await Resume(definition, await Start(definition), "A");
        Assert.Equal(["A#2", "B#2"], run.State.Bookmarks.Select(b => b.Key));
        run = await Resume(definition, run, "B#2");
        Assert.Equal(("done", WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
    }

    [Fact]
    public async Task GivenALosingChartInsideABranch_WhenTheForkEnds_ThenItsTimersEndAndNothingIsAnIncident()
    {
        var loser = ChartNode("G", string.Join(',', Node("T", "Elsa.Timer", $"\"interval\":{Text("00:01:00")}"), Wait("V"), Say("z")), "T->z V->z");
        var definition = Chart(Fork("WaitAny", Wait("A"), loser) + "," + Say("After"), "K->After");
        var run = await Resume(definition, await Start(definition), "A");
        Assert.Equal(("After", WorkflowSubStatus.Finished, 0), (Lines(run), run.State.SubStatus, run.State.Incidents.Count));
    }

    private static async Task NothingIsLeft(WorkflowDefinition definition, string lines)
    {
        var run = await Start(definition);
        Assert.Equal((lines, WorkflowSubStatus.Finished), (Lines(run), run.State.SubStatus));
        Assert.Empty(run.State.Incidents);
        Assert.Empty(run.State.Bookmarks);
        Assert.Empty(run.State.Callbacks);
        Assert.Empty(run.State.Instances);
    }

    private static WorkflowDefinition Root(string activity) => WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{activity}}}");

    private static string Sequence(string id, params string[] activities) => Node(id, "Elsa.Sequence", $"\"activities\":[{string.Join(',', activities)}]");

    private static string Fork(string mode, params string[] branches) => Node("K", "Elsa.Fork", $"\"joinMode\":{Text(mode)},\"branches\":[{string.Join(',', branches)}]");
}
