using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Workflows;
using Platform.Publishing;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>Numbers, dates and sizes nobody means are incidents that name the activity, soon and cheaply; none leaves the engine as an exception.</summary>
public sealed class EdgeValueTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private const long Most = 64_000_000;
    private static readonly string Nested = new string('[', 64) + "1" + new string(']', 64);

    /// <summary>Literals as a definition may write them, with names for the report.</summary>
    private static readonly (string Name, string Json)[] Edges =
    [
        ("1e400", "1e400"), ("-1e400", "-1e400"), ("1e308", "1e308"), ("2^63", "9223372036854775808"), ("2^31", "2147483648"), ("-0", "-0.0"), ("digits", "1" + new string('0', 5_000)),
        ("NaN", "\"NaN\""), ("Infinity", "\"-Infinity\""), ("text 1e400", "\"1e400\""), ("year 9999", "\"9999-12-31T23:59:59-14:00\""), ("year 1", "\"0001-01-01T00:00:00+14:00\""),
        ("no date", "\"2026-02-30\""), ("longest span", "\"10675199.02:48:05.4775807\""), ("ISO span", "\"PT9999999999999999999H\""), ("nested", Nested), ("nested text", $"\"{Nested}\""),
        ("nested objects", string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "1" + new string('}', 64)), ("long text", $"\"{new string('x', FlowLimits.Text + 1)}\""),
        ("long list", $"[{string.Join(',', Enumerable.Repeat("1", FlowLimits.Items + 1))}]"), ("twice", "\"{\\\"a\\\":1,\\\"a\\\":2}\""), ("null", "null"), ("object", "{}"),
    ];

    public static TheoryData<string> Types => [.. ActivityRegistry.WithPlatform().Descriptors.Select(d => d.TypeName)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task GivenAnActivity_WhenAnyOfItsInputsIsAtTheEdge_ThenItRunsOrNamesItself(string type)
    {
        var descriptor = ActivityRegistry.WithPlatform().Descriptors.Single(d => d.TypeName == type);
        foreach (var input in descriptor.Inputs.Select(i => i.Name).Append("value"))
            foreach (var (name, json) in Edges)
                foreach (var kind in new[] { "Literal", "Object" })
                    await NamesItself($"{type}.{input} = {name} as {kind}", Root(Node("A", type, $"\"{input}\":{{\"typeName\":\"Object\",\"expression\":{{\"type\":\"{kind}\",\"value\":{json}}}}}{Body(descriptor)}")));
    }

    [Theory]
    [InlineData("double-infinity.json", "s")]
    [InlineData("parallelforeach-100k.json", "f")]
    public async Task GivenADefinition_WhenRun_ThenTheIncidentNamesTheActivity(string file, string activity) =>
        Assert.Equal(activity, (await NamesItself(file, WorkflowDefinition.Parse(Embedded("Definitions/" + file)))).Incidents.Single().ActivityId);

    [Theory]
    [InlineData("Double", "1e400")]
    [InlineData("Double", "\"Infinity\"")]
    [InlineData("Double", "\"1e400\"")]
    [InlineData("Int32", "2147483648")]
    [InlineData("Int32", "-1e10")]
    [InlineData("Int16", "40000")]
    [InlineData("Int64", "9.3e18")]
    [InlineData("Int64", "1e400")]
    [InlineData("Decimal", "1e29")]
    [InlineData("Single", "1e39")]
    [InlineData("Object", "1e400")]
    [InlineData("JSON", "\"[1e400]\"")]
    public async Task GivenANumberOutsideTheVariable_WhenSet_ThenTheIncidentNamesActivityAndVariable(string type, string value)
    {
        var definition = WorkflowDefinition.Parse($$"""{"name":"t","variables":[{"id":"v","name":"Total","typeName":"{{type}}"}],"root":{"id":"A","type":"Elsa.SetVariable","variable":{"id":"v"},"value":{{value}} } }""");
        var incident = Assert.Single((await NamesItself(type, definition)).Incidents);
        Assert.Equal("A", incident.ActivityId);
    }

    [Theory]
    [InlineData("Int32", "2147483647", "2147483647")]
    [InlineData("Int64", "9007199254740991", "9007199254740991")]
    [InlineData("Int32", "\"no number\"", "0")]
    [InlineData("Double", "1e308", "1E+308")]
    public async Task GivenTheLargestNumber_WhenSet_ThenItIsKept(string type, string value, string text)
    {
        var run = await Start(WorkflowDefinition.Parse($$"""{"name":"t","variables":[{"id":"v","name":"Total","typeName":"{{type}}"}],"root":{"id":"Q","type":"Elsa.Sequence","activities":[{"id":"A","type":"Elsa.SetVariable","variable":{"id":"v"},"value":{{value}}},{"id":"B","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Variable","value":{"id":"v"} } } }] } }"""));
        Assert.Equal((text, 0), (Lines(run), run.Incidents.Count));
    }

    [Theory]
    [InlineData("Double", "1e400")]
    [InlineData("Int32", "\"99999999999\"")]
    [InlineData("Object", "1e400")]
    public void GivenADefaultOutsideTheVariable_WhenRead_ThenTheFaultNamesThePlace(string type, string value) =>
        Assert.Equal("$.variables[0].value", Assert.Throws<DocumentFaultException>(() =>
            WorkflowDefinition.Parse($$"""{"name":"t","variables":[{"name":"v","typeName":"{{type}}","value":{{value}} }],"root":{"id":"A","type":"Elsa.Start"} }""")).Path);

    [Theory]
    [InlineData("Elsa.Delay", "timeSpan", "10675199.02:48:05.4775807")]
    [InlineData("Elsa.Delay", "timeSpan", "4000.00:00:00")]
    [InlineData("Elsa.Timer", "interval", "P200000D")]
    [InlineData("Elsa.StartAt", "dateTime", "9999-12-31T23:59:59Z")]
    [InlineData("Station.UserTask", "dueAfter", "P9999999D")]
    [InlineData("Station.UserTask", "dueAt", "9999-12-31T23:59:59Z")]
    [InlineData("Station.UserTask", "dueAt", "tomorrow")]
    public async Task GivenATimeNobodyLivesToSee_WhenTheActivityRuns_ThenTheIncidentNamesActivityAndProperty(string type, string property, string value)
    {
        var definition = Root(Node("A", type, $"\"{property}\":{Text(value)}"));
        var incident = Assert.Single((await NamesItself(value, definition)).Incidents);
        Assert.Equal("A", incident.ActivityId);
        Assert.Contains(property, incident.Detail, StringComparison.Ordinal);
        Assert.Contains(new WorkflowValidator(ActivityRegistry.WithPlatform()).Check(definition), f => f.Path == "$.root." + property);
    }

    [Fact]
    public async Task GivenADueTimeWithAnOffset_WhenTheTaskOpens_ThenItIsKeptInUtc()
    {
        var at = DateTimeOffset.UtcNow.AddDays(1);
        var run = await Start(Root(Node("A", "Station.UserTask", $"\"dueAt\":{Text(at.ToOffset(TimeSpan.FromHours(8)).ToString("O"))}")));
        Assert.Equal((at, TimeSpan.Zero), (run.State.Bookmarks[0].DueAt!.Value, run.State.Bookmarks[0].DueAt!.Value.Offset));
    }

    [Theory]
    [InlineData("\"start\":0,\"end\":2147483647", "x")]
    [InlineData("\"start\":0,\"end\":10,\"step\":0", "L")]
    [InlineData("\"start\":0,\"end\":1e400", "L")]
    [InlineData("\"start\":\"many\",\"end\":3", "L")]
    public async Task GivenALoopWithoutEnd_WhenRun_ThenItIsStoppedWithAnIncident(string range, string activity) =>
        Assert.Equal(activity, (await NamesItself(range, Root(Node("L", "Elsa.For", $"{range},\"body\":{Node("x", "Elsa.SetName", "\"value\":\"a\"")}")), loops: true)).Incidents.Single().ActivityId);

    [Fact]
    public async Task GivenWaitsWithoutNumber_WhenTheyOpen_ThenItIsStoppedWithAnIncident()
    {
        var run = await NamesItself("waits", Root(Node("P", "Elsa.ParallelForEach", $"\"items\":{Script("[...Array(9000).keys()]")},\"body\":{Wait("E")}")), loops: true);
        Assert.NotEmpty(run.Incidents);
        Assert.True(run.State.Bookmarks.Count <= 1_000);
    }

    [Fact]
    public async Task GivenALoopThatSaysMoreAndMore_WhenRun_ThenItIsStoppedWithAnIncident()
    {
        var body = Node("x", "Elsa.WriteLine", $"\"text\":{Script("'y'.repeat(60000)")}");
        Assert.NotEmpty((await NamesItself("lines", Root(Node("L", "Elsa.For", $"\"start\":1,\"end\":15000,\"body\":{body}")), loops: true)).Incidents);
    }

    [Fact]
    public async Task GivenALongChainThatIsSkipped_WhenRun_ThenItEnds()
    {
        var activities = string.Join(',', Enumerable.Range(0, 1_900).Select(i => Say($"N{i}")).Prepend(Node("D", "Elsa.FlowDecision", "\"condition\":true")));
        var definition = Chart(activities, "D:False->N0 " + string.Join(' ', Enumerable.Range(1, 1_899).Select(i => $"N{i - 1}->N{i}")));
        var run = await Start(definition);
        Assert.Equal(WorkflowSubStatus.Finished, run.State.SubStatus);
    }

    [Fact]
    public void GivenADocumentOutOfAllProportion_WhenRead_ThenItIsRefused()
    {
        Assert.Throws<DocumentFaultException>(() => Chart(string.Join(',', Enumerable.Range(0, 5_000).Select(i => Say($"N{i}"))), ""));
        Assert.Throws<DocumentFaultException>(() => Root(string.Concat(Enumerable.Repeat("{\"type\":\"Elsa.Sequence\",\"activities\":[", 5_000)) + string.Concat(Enumerable.Repeat("]}", 5_000))));
    }

    [Fact]
    public void GivenADeepDocument_WhenWrittenAndHashed_ThenItStays()
    {
        var definition = Root(string.Concat(Enumerable.Range(0, 60).Select(i => $"{{\"id\":\"S{i}\",\"type\":\"Elsa.Sequence\",\"activities\":[")) + Say("A") + string.Concat(Enumerable.Repeat("]}", 60)));
        Assert.Equal(definition.Hash, WorkflowDefinition.Parse(definition.ToJson()).Hash);
    }

    [Fact]
    public async Task GivenAPayloadOutOfAllProportion_WhenResumed_ThenItIsRefusedAndNothingChanges()
    {
        var definition = Root(Wait("E"));
        var run = await Start(definition);
        foreach (var payload in new JsonNode[] { JsonNode.Parse(Nested, null, new System.Text.Json.JsonDocumentOptions { MaxDepth = 100 })!, new string('x', 3_000_000), JsonNode.Parse("[1e400]")! })
        {
            var refused = await Resume(definition, run, "E", payload);
            Assert.Equal(RefusalReason.PayloadRefused, refused.Refusal?.Reason);
            Assert.Same(run.State, refused.State);
        }
    }

    private static string Body(ActivityDescriptor descriptor) => descriptor.EmbeddedPorts.Contains("body") ? $",\"body\":{Node("x", "Elsa.SetName")}" : "";

    private static WorkflowDefinition Root(string activity) => WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{activity}}}");

    private static async Task<WorkflowRun> NamesItself(string what, WorkflowDefinition definition, bool loops = false)
    {
        var (watch, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        var run = await Start(definition);
        var took = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(watch.Elapsed < Longest, $"{what}: {watch.Elapsed}");
        Assert.True(loops || took < Most, $"{what}: {took:N0} bytes");
        Assert.All(run.Incidents, i => Assert.NotNull(definition.Find(i.ActivityId)));
        Assert.Equal(run.State.ToJson(), WorkflowState.FromJson(run.State.ToJson()).ToJson());
        return run;
    }
}
