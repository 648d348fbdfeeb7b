using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

public sealed class WorkflowValidatorTests
{
    private static readonly WorkflowValidator Validator = new(ActivityRegistry.WithPlatform());

    public static TheoryData<string, string, string, string> Faults => new()
    {
        { Say("A") + "," + Say("B") + "," + Say("C"), "A->B", "$.root.activities[2]", "第二个起点" },
        { Say("A") + "," + Say("B") + "," + Say("C"), "B->C C->B", "$.root.activities[1]", "走不到" },
        { Say("A") + "," + Say("B"), "A:done->B", "$.root.connections[0].source.port", "没有出口" },
        { Node("A", "Elsa.Missing"), "", "$.root.activities[0].type", "没有活动类型" },
        { Say("A"), "A->Gone", "$.root.connections[0]", "不存在" },
        { Node("A", "Elsa.SetVariable", "\"variable\":{\"id\":\"v\"},\"value\":1"), "", "$.root.activities[0].variable", "没有声明" },
        { Node("A", "Elsa.WriteLine", $"\"text\":{Script("variables.Nope + 1")}"), "", "$.root.activities[0].text", "没有声明" },
        { Node("A", "Elsa.FlowDecision", "\"condition\":true") + "," + Say("B"), "A:True->B", "$.root.activities[0]", "没有连线" },
        { Node("A", "Elsa.FlowDecision", "\"condition\":true") + "," + Say("B") + "," + Say("C") + "," + Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitAll")}"), "A:True->B A:False->C B->J C->J", "$.root.activities[3].mode", "可能不会走到" },
        { Node("A", "Station.UserTask", $"\"stepCode\":{Text("a")},\"permission\":{Text("p")},\"form\":{{}}"), "", "$.root.activities[0].form", "表单代码" },
        { Node("A", "Station.UserTask", $"\"stepCode\":{Text("a")},\"form\":{{\"key\":\"f\"}}"), "", "$.root.activities[0].permission", "权限" },
        { Node("S", "Elsa.Start") + "," + Say("A") + "," + Say("B") + "," + Say("C"), "S->A S->B A->C B->C C->A", "$.root.connections[4]", "返回" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void GivenAFault_WhenChecked_ThenOneFindingNamesPathAndFault(string activities, string arrows, string path, string words)
    {
        var findings = Validator.Check(Chart(activities, arrows));
        Assert.Contains(findings, f => f.Path == path && f.Message.Contains(words, StringComparison.Ordinal) && f.Remedy.Length > 0);
    }

    [Fact]
    public void GivenAForkThatAllBranchesLeave_WhenJoinedByWaitAll_ThenThereIsNoFinding()
    {
        var fork = Node("K", "Elsa.FlowFork", """ "branches":{"typeName":"Object","expression":{"type":"Object","value":"[\"a\",\"b\"]"}} """);
        Assert.Empty(Validator.Check(Chart(string.Join(',', fork, Say("A"), Say("B"), Node("J", "Elsa.FlowJoin", $"\"mode\":{Text("WaitAll")}")), "K:a->A K:b->B A->J B->J")));
    }
}
