using Web.Verbs;
using System.Text.Json.Nodes;
using Engine.Workflows;
using Xunit;

namespace FastTests.Workflows;

/// <summary>What the recorded Elsa 3.6.3 did with a definition, ours does too.</summary>
public sealed class ElsaOracleTests
{
    private static readonly Dictionary<string, JsonNode> Observed = JsonNode.Parse(Flows.Embedded("Elsa/observed.json"))!.AsArray().ToDictionary(o => o!["file"]!.GetValue<string>(), o => o!);

    public static TheoryData<string> Files => [.. Observed.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task GivenADefinition_WhenRunByTheCommand_ThenTheReportIsElsas(string file)
    {
        var observed = Observed[file];
        string[] resumes = [.. observed["steps"]!.AsArray().Select(s => s!["resumed"]?.GetValue<string>()).OfType<string>().SelectMany(r => new[] { "--resume", r })];
        using var output = new StringWriter();
        using var error = new StringWriter();

        var code = await WorkflowRunCommand.RunAsync([file, .. resumes, "--json"], output, error, name => Flows.Embedded("Elsa/" + name));

        Assert.Equal(observed["subStatus"]!.GetValue<string>() == "Faulted" ? 1 : 0, code);
        Assert.Equal(observed.ToJsonString(), JsonNode.Parse(output.ToString())!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task GivenADefinition_WhenStoredAndReadBetweenSteps_ThenNothingChanges(string file)
    {
        var observed = Observed[file];
        var definition = WorkflowDefinition.Parse(Flows.Embedded("Elsa/" + file));
        var run = await Flows.Start(definition);
        foreach (var step in observed["steps"]!.AsArray().Skip(1))
        {
            var again = WorkflowDefinition.Parse(definition.ToJson());
            var stored = WorkflowState.FromJson(run.State.ToJson());
            run = await Flows.Runner.ResumeAsync(again, stored, step!["resumed"]!.GetValue<string>(), JsonNode.Parse("""{"ok":true}"""), new Flows.Host());
            Assert.Equal(step["lines"]!.GetValue<string>(), Flows.Lines(run));
        }
        Assert.Equal(observed["subStatus"]!.GetValue<string>(), run.State.SubStatus.ToString());
    }
}
