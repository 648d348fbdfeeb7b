using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>Small charts made from a seed: whatever is drawn, a run ends, repeats itself, and runs nothing it was not led to.</summary>
public sealed class RandomFlowchartTests
{
    private const int Charts = 200;

    [Fact]
    public async Task GivenRandomAcyclicCharts_WhenAllWaitsAreResumed_ThenEachNodeRunsAtMostOnceAndTheRunEnds()
    {
        for (var seed = 0; seed < Charts; seed++)
        {
            var definition = Random(seed, backward: false);
            var (lines, last) = await RunToTheEnd(definition, seed);
            Assert.True(lines.Distinct().Count() == lines.Count, $"seed {seed}: {string.Join('|', lines)}");
            // A join for all of which one cannot come is the only thing that may stop it.
            Assert.True(last.SubStatus == (last.Incidents.Count > 0 ? WorkflowSubStatus.Faulted : WorkflowSubStatus.Finished), $"seed {seed}: {last.SubStatus}");
            Assert.All(last.Incidents, i => Assert.Contains("WaitAll", definition.Find(i.ActivityId)!.LiteralText("mode"), StringComparison.Ordinal));
            Assert.Null(last.NothingToWaitFor);
        }
    }

    [Fact]
    public async Task GivenRandomChartsWithLoops_WhenRunTwiceWithStorageBetween_ThenBothRunsAreEqual()
    {
        for (var seed = 0; seed < Charts; seed++)
        {
            var definition = Random(seed, backward: true);
            var (first, one) = await RunToTheEnd(definition, seed);
            var (second, two) = await RunToTheEnd(WorkflowDefinition.Parse(definition.ToJson()), seed);
            Assert.Equal(first, second);
            Assert.Equal((one.SubStatus, string.Join(',', one.Trail.Executed)), (two.SubStatus, string.Join(',', two.Trail.Executed)));
        }
    }

    private static async Task<(List<string> Lines, WorkflowState State)> RunToTheEnd(WorkflowDefinition definition, int seed)
    {
        var random = new System.Random(seed);
        var run = await Start(definition);
        var lines = run.Lines.ToList();
        for (var step = 0; step < 10 && run.State.Bookmarks.Count > 0 && run.State.Status == WorkflowStatus.Running; step++)
        {
            var key = run.State.Bookmarks[random.Next(run.State.Bookmarks.Count)].Key;
            run = await Runner.ResumeAsync(definition, WorkflowState.FromJson(run.State.ToJson()), key, null, new Host());
            Assert.Null(run.Refusal);
            lines.AddRange(run.Lines);
        }
        return (lines, run.State);
    }

    /// <summary>Arrows go from lower to higher numbers; with <paramref name="backward"/> some waits lead back.</summary>
    private static WorkflowDefinition Random(int seed, bool backward)
    {
        var random = new System.Random(seed);
        var count = random.Next(3, 9);
        var nodes = Enumerable.Range(0, count).Select(i => random.Next(4) switch
        {
            0 => Wait($"N{i}"),
            1 => Node($"N{i}", "Elsa.FlowDecision", $"\"condition\":{(random.Next(2) == 0 ? "true" : "false")}"),
            2 => Node($"N{i}", "Elsa.FlowJoin", $"\"mode\":{Text(random.Next(3) switch { 0 => "WaitAll", 1 => "WaitAny", _ => "WaitAllActive" })}"),
            _ => Say($"N{i}"),
        }).ToList();
        var arrows = from a in Enumerable.Range(0, count) from b in Enumerable.Range(a + 1, count - a - 1) where random.Next(3) == 0 || b == a + 1 select Arrow(a, b);
        var back = from a in Enumerable.Range(1, count - 1) where backward && nodes[a].Contains("Event", StringComparison.Ordinal) select Arrow(a, random.Next(a));
        return Chart(string.Join(',', nodes), string.Join(' ', arrows.Concat(back).ToList()));

        string Arrow(int from, int to) => $"N{from}:{(nodes[from].Contains("Decision", StringComparison.Ordinal) ? random.Next(2) == 0 ? "True" : "False" : "Done")}->N{to}";
    }
}
