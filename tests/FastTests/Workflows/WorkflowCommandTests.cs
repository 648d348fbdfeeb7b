using Web.Verbs;
using System.Text.Json.Nodes;
using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>What the verbs of workflows tell a person and a script.</summary>
public sealed class WorkflowCommandTests
{
    private static readonly string Fine = Json(ChartNode("F", Node("A", "Elsa.Start") + "," + Say("B"), "A->B"));
    private static readonly string Faulting = Json(ChartNode("F", Node("A", "Elsa.Start") + "," + Node("B", "Elsa.Fault", $"\"message\":{Text("boom")}"), "A->B"));
    private static readonly string Stuck = Json(ChartNode("F", Node("A", "Elsa.Fault", $"\"message\":{Text("boom")}") + "," + Say("B"), "A->B"), "\"options\":{\"incidentStrategyType\":\"ContinueWithIncidentsStrategy\"},");
    private static readonly string Misspelt = Json(ChartNode("F", Node("A", "Elsa.Start") + "," + Node("B", "Elsa.Wrtieline"), "A:done->B"));

    [Fact]
    public async Task GivenAFlowThatEnds_WhenRun_ThenTheExitCodeIsZeroAndNothingIsSaidBeside() => Assert.Equal((0, ""), await Code(Run, Fine, "x.json"));

    [Theory]
    [MemberData(nameof(Stopped))]
    public async Task GivenAFlowThatStops_WhenRun_ThenTheExitCodeIsOne(string json, string[] arguments) => Assert.Equal(1, (await Code(Run, json, ["x.json", .. arguments])).Code);

    public static TheoryData<string, string[]> Stopped => new() { { Faulting, ["--json"] }, { Faulting, [] }, { Stuck, ["--json"] }, { Embedded("Definitions/typo-type.json"), ["--json"] } };

    [Fact]
    public async Task GivenAFlowWithFaults_WhenRun_ThenItsFindingsAreToldAndTheReportStaysJson()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        await WorkflowRunCommand.RunAsync(["x.json", "--json"], output, error, _ => Misspelt);
        Assert.Contains("$.root.activities[1].type", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("$.root.connections[0].source.port", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("x.json", JsonNode.Parse(output.ToString())!["file"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("--resume")]
    [InlineData("--unknown")]
    [InlineData("--input", "n=[[[")]
    [InlineData("second.json")]
    [InlineData("--resume", "nowhere")]
    public async Task GivenAWrongCall_WhenRun_ThenTheExitCodeIsTwoWithASentence(params string[] arguments)
    {
        var (code, said) = await Code(Run, Fine, ["x.json", .. arguments]);
        Assert.Equal(2, code);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAnInputNoFlowCanHold_WhenRun_ThenItIsAWrongCall() =>
        Assert.Equal(2, (await Code(Run, Json(Say("A"), "\"inputs\":[{\"name\":\"n\",\"type\":\"Int32\"}],"), "x.json", "--input", "n=99999999999")).Code);

    [Fact]
    public async Task GivenACleanFlow_WhenValidated_ThenTheExitCodeIsZero()
    {
        Assert.Equal(0, (await Code(Validate, Fine, "x.json")).Code);
        Assert.Equal(0, (await Code(Validate, Fine, "x.json", "--json")).Code);
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task GivenAFlowThatIsNotClean_WhenValidated_ThenEachFindingHasDocumentPlaceAndRemedyAndTheExitCodeIsOne(string json, string place)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(1, await WorkflowValidateCommand.RunAsync(["folder/x.workflow.json", "--json"], output, error, Read(json)));
        var findings = JsonNode.Parse(output.ToString())!["findings"]!.AsArray();
        Assert.Contains(findings, f => f!["place"]!.GetValue<string>() == place);
        Assert.All(findings, f => Assert.True(f!["document"]!.GetValue<string>() == "x.workflow.json" && f["words"]!.GetValue<string>().Length > 0 && f["remedy"]!.GetValue<string>().Length > 0));
        Assert.Equal("", error.ToString());
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { Misspelt, "$.root.activities[1].type" }, { "{", "$" }, { "[]", "$" }, { "{}", "$.root" }, { Json("{\"id\":\"A\"}"), "$.root.type" },
        { Embedded("Definitions/typo-type.json"), "$.root.activities[1].type" },
        { Json(Node("A", "Elsa.SetVariable", "\"variable\":{\"id\":\"v\"},\"value\":1"), "\"variables\":[{\"name\":\"v\",\"typeName\":\"Int32\",\"value\":1e400}],"), "$.variables[0].value" },
        { Json(ChartNode("F", ChartNode("G", Node("C", "Elsa.Complete"), "") + "," + Say("A"), "G->A")), "$.root.activities[0].activities[0]" },
        { Json(Node("Q", "Elsa.Sequence", $"\"activities\":[{Node("R", "Station.RuleCheck", $"\"stage\":{Text("x")}")}]")), "$.root.activities[0]" },
        { Json(Node("A", "Elsa.FlowJoin", $"\"mode\":{Text("WaitSome")}")), "$.root.mode" },
        { Json(Node("A", "Elsa.WriteLine", "\"text\":{\"expression\":{\"type\":\"Literal\",\"value\":\"x\"}}")), "$.root.text" },
        { Json(Node("A", "Elsa.WriteLine", "\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"JavaScript\",\"value\":\"oops(\"}}")), "$.root.text" },
    };

    [Fact]
    public async Task GivenAFlowThatIsNotClean_WhenValidatedForAPerson_ThenEachFindingIsALine()
    {
        using var output = new StringWriter();
        Assert.Equal(1, await WorkflowValidateCommand.RunAsync(["x.workflow.json"], output, TextWriter.Null, Read(Misspelt)));
        Assert.Contains("x.workflow.json $.root.activities[1].type：", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("x.json", "y.json")]
    [InlineData("x.json", "--station")]
    [InlineData("x.json", "--stations", "s")]
    [InlineData("missing.json")]
    public async Task GivenAWrongCall_WhenValidated_ThenTheExitCodeIsTwoWithASentence(params string[] arguments)
    {
        var (code, said) = await Code(Validate, Fine, arguments);
        Assert.Equal(2, code);
        Assert.NotEqual("", said);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenPathsBesideTheFlow_WhenOneDoesNotHold_ThenItIsAFinding()
    {
        using var output = new StringWriter();
        string ReadBoth(string file) => file.EndsWith(".tests.json", StringComparison.Ordinal) ? """{"paths":[{"name":"straight","actions":[],"visits":["A"],"ends":"Finished"}]}""" : Fine;
        Assert.Equal(1, await WorkflowValidateCommand.RunAsync(["x.workflow.json", "--json"], output, TextWriter.Null, ReadBoth));
        Assert.Equal("x.tests.json", JsonNode.Parse(output.ToString())!["findings"]![0]!["document"]!.GetValue<string>());
    }

    [Fact]
    public async Task GivenAStation_WhenValidated_ThenWhatIsInForceThereIsAskedToo()
    {
        using var output = new StringWriter();
        var code = await WorkflowValidateCommand.RunAsync(["x.workflow.json", "--station", "s1"], output, TextWriter.Null, Read(Fine),
            station: (name, file, _) => Task.FromResult<IReadOnlyList<WorkflowFinding>>([new WorkflowFinding("$.root", $"{name} {file}", "do")]));
        Assert.Equal(1, code);
        Assert.Contains("s1 x.workflow.json", output.ToString(), StringComparison.Ordinal);
    }

    private static string Json(string root, string more = "") => $"{{\"name\":\"t\",{more}\"root\":{root}}}";

    private static Func<string, string> Read(string json) => file => file.EndsWith(".tests.json", StringComparison.Ordinal) || file.Contains("missing", StringComparison.Ordinal) ? throw new FileNotFoundException() : json;

    private static Task<int> Run(string[] arguments, TextWriter output, TextWriter error, Func<string, string> read) => WorkflowRunCommand.RunAsync(arguments, output, error, read);

    private static Task<int> Validate(string[] arguments, TextWriter output, TextWriter error, Func<string, string> read) => WorkflowValidateCommand.RunAsync(arguments, output, error, read);

    private static async Task<(int Code, string Said)> Code(Func<string[], TextWriter, TextWriter, Func<string, string>, Task<int>> command, string json, params string[] arguments)
    {
        using var error = new StringWriter();
        return (await command(arguments, TextWriter.Null, error, Read(json)), error.ToString());
    }
}
