using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Collection;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>What a flow must have before it may lead a donor to the needle, and away from it: planted in the shipped flow, one fault each.</summary>
public sealed class NeedleWayTests
{
    private static readonly string Shipped = Embedded("workflows/apheresis-platelets.workflow.json");
    private static readonly TestItems Items = TestItems.Parse(Embedded("zhejiang.test-items.json"));
    private static readonly PackSet Rules = PackSet.Of(new[] { "rule-packs/national/gb18467-2011.rules.json", "rule-packs/zhejiang/zhejiang.rules.json" }.Select(f => CompiledPack.Compile(RulePackJson.Read(Embedded(f)))));

    [Fact]
    public void GivenTheShippedFlow_WhenChecked_ThenItIsProven() => Assert.Empty(Check(Shipped));

    [Theory]
    [InlineData("hangzhou")]
    [InlineData("shaoxing")]
    public void GivenTheRulesOfAStation_WhenTheShippedFlowIsChecked_ThenItIsProven(string station)
    {
        var packs = PackSet.Of(Rules.Packs.Append(CompiledPack.Compile(RulePackJson.Read(Embedded($"tenant-config/{station}/rule-packs/{station}.rules.json")))));
        Assert.Empty(NeedleWay.Check(WorkflowDefinition.Parse(Shipped), Form(null), packs));
    }

    [Fact]
    public void GivenAFlowWithoutRuleChecks_WhenChecked_ThenTheWayThatLeavesThemOutIsTold()
    {
        var findings = Check(Embedded("Definitions/no-rule-checks.workflow.json"));
        var decides = Assert.Single(findings, f => f.Message.Contains("assessment", StringComparison.Ordinal));
        Assert.Equal("已登记", decides.Way[0]);
        Assert.Equal("采前核对", decides.Way[^1]);
        Assert.Contains("献血前评估", decides.Way);
        Assert.Contains("已登记 → 知情同意与健康征询 → ", decides.Message, StringComparison.Ordinal);
        Assert.Contains(findings, f => f.Message.Contains("pre-collection", StringComparison.Ordinal) && f.Way[^1] == "采集记录");
        Assert.Contains(findings, f => f.Message.Contains("没有判定 collection", StringComparison.Ordinal));
    }

    /// <summary>What is planted, a word of the finding, and the name of an activity its way must not pass.</summary>
    public static TheoryData<string, Action<Edit>, string> Planted => new()
    {
        { "consent left out", e => e.Bypass("consent-inquiry"), "知情同意" },
        { "consent behind a switch", e => e.Add("kiosk", "Station.Feature", "\"feature\":\"x\"").Retarget("check-registration", "Pass", "kiosk").Connect("kiosk", "On", "consent-inquiry").Connect("kiosk", "Off", "general-check"), "知情同意" },
        { "consent left by another button", e => e.AddAction("consent-inquiry", "Later").Connect("consent-inquiry", "Later", "general-check"), "知情同意" },
        { "consent in a branch that is not waited for", e => e.Add("both", "Elsa.FlowFork", Branches).Add("meet", "Elsa.FlowJoin", "\"mode\":\"WaitAny\"").Retarget("check-registration", "Pass", "both")
            .Connect("both", "a", "consent-inquiry").Connect("both", "b", "meet").Retarget("consent-inquiry", "Done", "meet").Connect("meet", "Done", "general-check"), "知情同意" },
        { "deciding check left out", e => e.Bypass("check-assessment", "Pass"), "assessment" },
        { "deciding check passed with facts missing", e => e.Connect("check-assessment", "Missing", "allot-number"), "assessment" },
        { "deciding check passed by a prompt arrow", e => e.Connect("check-assessment", "Prompt", "allot-number"), "assessment" },
        { "deferred donors go on", e => e.Retarget("check-assessment", "Defer", "allot-number"), "assessment" },
        { "deciding check asks another stage", e => e.Set("check-assessment", "stage", Text("tests")), "assessment" },
        { "stage worked out by a script", e => e.Set("check-assessment", "stage", Script("'assessment'")), "assessment" },
        { "a way round the assessment", e => e.AddAction("tests", "Skip").Connect("tests", "Skip", "allot-number"), "assessment" },
        { "a second start of the way", e => e.Add("known", "Elsa.FlowDecision", "\"condition\":true").Retarget("start", "Done", "known").Connect("known", "True", "check-registration").Connect("known", "False", "allot-number"), "assessment" },
        { "judged in a branch beside", e => e.Add("both", "Elsa.FlowFork", Branches).Retarget("assessment", "Done", "both").Connect("both", "a", "check-assessment").Connect("both", "b", "allot-number"), "assessment" },
        { "judged in one of two branches that meet", e => e.Add("both", "Elsa.FlowFork", Branches).Add("meet", "Elsa.FlowJoin", "\"mode\":\"WaitAllActive\"").Retarget("assessment", "Done", "both").Connect("both", "a", "check-assessment")
            .Connect("both", "b", "meet").Retarget("check-assessment", "Pass", "meet").Connect("meet", "Done", "allot-number"), "assessment" },
        { "another stage judged after the deciding one", e => e.Add("again", "Station.RuleCheck", $"\"stage\":{Text("tests")}").Retarget("check-assessment", "Pass", "again").Connect("again", "Pass", "allot-number").Connect("again", "Defer", "defer"), "again" },
        { "tests filled in beside the needle", e => e.Add("both", "Elsa.FlowFork", Branches).Retarget("check-assessment", "Pass", "both").Connect("both", "a", "allot-number").Connect("both", "b", "tests2").Add("tests2", "Station.UserTask", Task("tests")), "tests2" },
        { "no donation number", e => e.Bypass("allot-number"), "献血编号" },
        { "no check at the bedside", e => e.Bypass("pre-collection-check").Bypass("check-setup", "Pass"), "身份" },
        { "the bedside check left by a button", e => e.AddAction("pre-collection-check", "Urgent").Connect("pre-collection-check", "Urgent", "collection-record"), "身份" },
        { "setup not judged", e => e.Bypass("check-setup", "Pass"), "pre-collection" },
        { "setup out of date goes on", e => e.Retarget("check-setup", "Defer", "collection-record"), "pre-collection" },
        { "setup judged before it is written", e => e.Bypass("check-setup", "Pass").Add("early", "Station.RuleCheck", $"\"stage\":{Text("pre-collection")}").Retarget("check-assessment", "Pass", "early").Connect("early", "Pass", "allot-number").Connect("early", "Defer", "defer"), "不再判定 pre-collection" },
        { "the run not judged", e => e.Bypass("check-run", "Pass"), "没有判定 collection" },
        { "the run judged after the end", e => e.Retarget("collection-record", "Done", "complete").Retarget("complete", "Done", "check-run"), "没有判定 collection" },
        { "an end before the check after", e => e.Retarget("collection-record", "Done", "end"), "没有结束本次献血" },
        { "an end of Elsa's after the needle", e => e.Add("stop", "Elsa.Finish", "\"a\":1").Retarget("record-donation", "Done", "stop"), "没有结束本次献血" },
        { "a dead end after the needle", e => e.Cut("record-donation", "Done"), "没有结束本次献血" },
        { "a button that leads nowhere after the needle", e => e.AddAction("post-collection-check", "Odd"), "停住" },
        { "a switch without off after the needle", e => e.Cut("heat-seal", "Off"), "停住" },
        { "a verdict without arrow after the needle", e => e.Cut("check-run", "Defer"), "停住" },
        { "a fault after the needle", e => e.Add("boom", "Elsa.Fault", $"\"message\":{Text("x")}").Retarget("record-donation", "Done", "boom"), "停住" },
        { "a circle after the needle", e => e.Retarget("record-donation", "Done", "collection-record"), "绕圈" },
        { "a wait for an event after the needle", e => e.Add("wait", "Elsa.Event", $"\"eventName\":{Text("x")}").Retarget("record-donation", "Done", "wait").Connect("wait", "Done", "post-collection-check"), "永远不来" },
        { "a wait for devices without time after the needle", e => e.Add("wait", "Collection.AwaitReading", $"\"items\":{Text("hb")}").Retarget("record-donation", "Done", "wait").Connect("wait", "Received", "post-collection-check"), "永远不来" },
        { "a form nobody has", e => e.Set("tests", "form", """{"typeName":"Object","expression":{"type":"Object","value":"{\"key\":\"no-such-form\"}"}}"""), "no-such-form" },
        { "a form worked out by a script", e => e.Set("tests", "form", Script("({key:'tests'})")), "运行时才知道" },
        { "the needle in parallel bodies", e => e.Add("each", "Elsa.ParallelForEach", $"\"items\":[1,2],\"body\":{Node("inner", "Station.UserTask", Task("collection-record"))}").Retarget("check-setup", "Pass", "each").Connect("each", "Done", "collection-record"), "无法证明" },
        { "an unknown container", e => e.Add("box", "Elsa.Mystery", $"\"body\":{Node("inner", "Station.UserTask", Task("collection-record"))}").Retarget("check-setup", "Pass", "box").Connect("box", "Done", "collection-record"), "无法证明" },
        { "the needle in a branch of an If", e => e.Add("if", "Elsa.If", $"\"condition\":true,\"then\":{Node("inner", "Station.UserTask", Task("collection-record"))}").Retarget("start", "Done", "if").Connect("if", "Done", "check-registration"), "assessment" },
        { "the needle in a nested chart", e => e.Add("box", "Elsa.Flowchart", $"\"activities\":[{Node("inner", "Station.UserTask", Task("pre-collection-check"))}],\"connections\":[]").Retarget("tests", "Done", "box").Connect("box", "Done", "check-tests"), "assessment" },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public void GivenAPlantedFault_WhenChecked_ThenItIsRefusedWithTheWay(string what, Action<Edit> plant, string word)
    {
        var edit = new Edit(Shipped);
        plant(edit);
        var findings = Check(edit.Json);
        Assert.True(findings.Any(f => f.Message.Contains(word, StringComparison.Ordinal) && f.Remedy.Length > 0), $"{what}: {string.Join("\n", findings.Select(f => f.Message))}");
        Assert.True(findings.Any(f => f.Way.Count > 0) || word is "no-such-form" or "运行时才知道", what);
    }

    /// <summary>What looks unusual and is proven all the same.</summary>
    public static TheoryData<string, Action<Edit>> Allowed => new()
    {
        { "heat sealing left out", e => e.Bypass("heat-seal", "Off").Remove("heat-seal-check") },
        { "a step more before the check", e => e.Insert("tests", "Done", "talk", "Station.UserTask", Task("assessment")) },
        { "labels checked between the check and the needle", e => e.Insert("print-label", "Done", "note", "Elsa.WriteLine", $"\"text\":{Text("x")}") },
        { "consent and check in branches that are both waited for", e => e.Add("both", "Elsa.FlowFork", Branches).Add("meet", "Elsa.FlowJoin", "\"mode\":\"WaitAll\"").Retarget("check-registration", "Pass", "both").Retarget("check-registration", "Missing", "both")
            .Connect("both", "a", "consent-inquiry").Connect("both", "b", "say").Add("say", "Elsa.WriteLine", $"\"text\":{Text("x")}").Connect("say", "Done", "meet").Retarget("consent-inquiry", "Done", "meet").Connect("meet", "Done", "general-check") },
        { "consent in a chart of its own", e => e.Nest("consent-inquiry") },
        { "consent at the kiosk or at the desk", e => e.Add("kiosk", "Station.Feature", "\"feature\":\"x\"").Retarget("check-registration", "Pass", "kiosk").Retarget("check-registration", "Missing", "kiosk").Connect("kiosk", "On", "consent-inquiry")
            .Connect("kiosk", "Off", "desk").Add("desk", "Station.UserTask", Task("consent-inquiry")).Connect("desk", "Done", "general-check") },
        { "a wait for devices that runs out after the needle", e => e.Add("wait", "Collection.AwaitReading", $"\"items\":{Text("hb")},\"timeout\":{Text("00:10:00")}").Retarget("record-donation", "Done", "wait").Connect("wait", "Received", "post-collection-check").Connect("wait", "TimedOut", "post-collection-check") },
        { "the check repeated after it", e => e.AddAction("post-collection-check", "Again").Connect("post-collection-check", "Again", "pre-collection-check") },
        { "no collection at all", e => e.Retarget("bedside", "On", "accept") },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void GivenAFlowThatKeepsTheWay_WhenChecked_ThenItIsProven(string what, Action<Edit> change)
    {
        var edit = new Edit(Shipped);
        change(edit);
        Assert.True(Check(edit.Json) is { Count: 0 }, $"{what}: {string.Join("\n", Check(edit.Json).Select(f => f.Message))}");
    }

    /// <summary>A field or signer that may be left out proves nothing.</summary>
    public static TheoryData<string, string, Action<JsonNode>, string> Forms => new()
    {
        { "consent only sometimes", "consent-inquiry", f => f["signers"]![0]!["when"] = JsonNode.Parse("""{"fact":"sex","op":"==","value":"F"}"""), "知情同意" },
        { "consent not signed", "consent-inquiry", f => f["signers"]![0]!.AsObject().Remove("fact"), "知情同意" },
        { "one signer", "pre-collection-check", f => f["signers"]!.AsArray().RemoveAt(1), "第二人" },
        { "the second may be the first", "pre-collection-check", f => f["signers"]![1]!["secondPerson"] = false, "第二人" },
        { "the second only sometimes", "pre-collection-check", f => f["signers"]![1]!["when"] = JsonNode.Parse("""{"fact":"sex","op":"==","value":"F"}"""), "第二人" },
        { "the second without PIN", "pre-collection-check", f => f["signers"]![1]!["pin"] = false, "第二人" },
        { "identity optional", "pre-collection-check", f => f["sections"]![0]!["fields"]![0]!["required"] = false, "身份" },
        { "identity only sometimes", "pre-collection-check", f => f["sections"]![0]!["fields"]![0]!["visibleWhen"] = JsonNode.Parse("""{"fact":"sex","op":"==","value":"F"}"""), "身份" },
        { "identity not asked", "pre-collection-check", f => f["sections"]![0]!["fields"]!.AsArray().RemoveAt(0), "身份" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void GivenAFormThatAsksLess_WhenTheFlowIsChecked_ThenItIsRefused(string what, string form, Action<JsonNode> change, string word)
    {
        var json = JsonNode.Parse(Embedded(form + ".form.json"))!;
        change(json);
        var findings = NeedleWay.Check(WorkflowDefinition.Parse(Shipped), Form((form, json.ToJsonString())), Rules);
        Assert.True(findings.Any(f => f.Message.Contains(word, StringComparison.Ordinal)), $"{what}: {string.Join("\n", findings.Select(f => f.Message))}");
    }

    private const string Branches = """ "branches":{"typeName":"Object","expression":{"type":"Object","value":"[\"a\",\"b\"]"}} """;

    private static string Task(string form) =>
        $"\"stepCode\":{Text("more")},\"permission\":{Text("collection.work")},\"form\":{FormOf(form)}";

    private static string FormOf(string code) => """{"typeName":"Object","expression":{"type":"Object","value":"{\"key\":\"FORM\"}"}}""".Replace("FORM", code, StringComparison.Ordinal);

    private static IReadOnlyList<WorkflowFinding> Check(string json) => NeedleWay.Check(WorkflowDefinition.Parse(json), Form(null), Rules);

    private static Func<string, FormDefinition?> Form((string Code, string Json)? instead) => code =>
    {
        try { return FormDefinition.Parse(instead is { } other && other.Code == code ? other.Json : Embedded(code + ".form.json"), Items); }
        catch (InvalidOperationException) { return null; }
    };

    /// <summary>The shipped flow, changed.</summary>
    public sealed class Edit(string json)
    {
        private readonly JsonNode _flow = JsonNode.Parse(json)!;

        public string Json => _flow.ToJsonString();

        private JsonArray Activities => _flow["root"]!["activities"]!.AsArray();
        private JsonArray Connections => _flow["root"]!["connections"]!.AsArray();

        public Edit Add(string id, string type, string properties)
        {
            Activities.Add(JsonNode.Parse(Node(id, type, properties)));
            return this;
        }

        public Edit Set(string id, string property, string value)
        {
            Of(id)[property] = JsonNode.Parse(value);
            return this;
        }

        public Edit Connect(string source, string port, string target)
        {
            Connections.Add(JsonNode.Parse($$$"""{"source":{"activity":"{{{source}}}","port":"{{{port}}}"},"target":{"activity":"{{{target}}}","port":"In"}}"""));
            return this;
        }

        public Edit Cut(string source, string port)
        {
            foreach (var arrow in Arrows(source, port)) Connections.Remove(arrow);
            return this;
        }

        public Edit Retarget(string source, string port, string target)
        {
            foreach (var arrow in Arrows(source, port)) arrow["target"]!["activity"] = target;
            return this;
        }

        public Edit Insert(string after, string port, string id, string type, string properties)
        {
            var target = Arrows(after, port)[0]["target"]!["activity"]!.GetValue<string>();
            return Add(id, type, properties).Retarget(after, port, id).Connect(id, "Done", target);
        }

        public Edit Bypass(string id, string port = "Done")
        {
            var next = Arrows(id, port)[0]["target"]!["activity"]!.GetValue<string>();
            foreach (var arrow in Connections.Where(c => c!["target"]!["activity"]!.GetValue<string>() == id)) arrow!["target"]!["activity"] = next;
            return Remove(id);
        }

        public Edit Remove(string id)
        {
            foreach (var arrow in Connections.Where(c => c!["source"]!["activity"]!.GetValue<string>() == id || c["target"]!["activity"]!.GetValue<string>() == id).ToList()) Connections.Remove(arrow);
            Activities.Remove(Of(id));
            return this;
        }

        /// <summary>Puts an activity into a chart of its own, left by Done only.</summary>
        public Edit Nest(string id)
        {
            var inner = Of(id);
            inner["actionDefinitions"]!["expression"]!["value"] = """[{"key":"Done"}]""";
            Cut(id, "Withdraw");
            Activities.Remove(inner);
            Activities.Add(JsonNode.Parse($$"""{"id":"box","type":"Elsa.Flowchart","activities":[{{inner.ToJsonString()}}],"connections":[]}"""));
            foreach (var arrow in Connections)
                foreach (var end in new[] { "source", "target" })
                    if (arrow![end]!["activity"]!.GetValue<string>() == id) arrow[end]!["activity"] = "box";
            return this;
        }

        public Edit AddAction(string id, string key) => Actions(id, actions => actions.Add(JsonNode.Parse($$"""{"key":"{{key}}","label":"{{key}}"}""")));

        private Edit Actions(string id, Action<JsonArray> change)
        {
            var expression = Of(id)["actionDefinitions"]!["expression"]!;
            var actions = JsonNode.Parse(expression["value"]!.GetValue<string>())!.AsArray();
            change(actions);
            expression["value"] = actions.ToJsonString();
            return this;
        }

        private JsonNode Of(string id) => Activities.Single(a => a!["id"]!.GetValue<string>() == id)!;

        private List<JsonNode> Arrows(string source, string port) =>
            [.. Connections.Where(c => c!["source"]!["activity"]!.GetValue<string>() == source && c["source"]!["port"]!.GetValue<string>() == port).Select(c => c!)];
    }
}
