using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Workflows;

namespace FastTests.Workflows;

/// <summary>Short ways to write definitions and to run them without a product around.</summary>
internal static class Flows
{
    public static readonly WorkflowEngine Runner = new(ActivityRegistry.WithPlatform(), TimeProvider.System);

    public static string Embedded(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException(name);
        return new StreamReader(stream, Encoding.UTF8).ReadToEnd();
    }

    /// <summary>A flowchart from activities as JSON and arrows as "A:Port->B"; a port may be left out.</summary>
    public static WorkflowDefinition Chart(string activities, string arrows, string extra = "") =>
        WorkflowDefinition.Parse($"{{\"name\":\"t\",{extra}\"root\":{ChartNode("F", activities, arrows)}}}");

    public static string ChartNode(string id, string activities, string arrows) =>
        $$"""{"id":"{{id}}","type":"Elsa.Flowchart","activities":[{{activities}}],"connections":[{{string.Join(',', arrows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Arrow))}}]}""";

    public static string Say(string id) => $$"""{"id":"{{id}}","type":"Elsa.WriteLine","text":{{Text(id)}} }""";
    public static string Wait(string id) => $$"""{"id":"{{id}}","type":"Elsa.Event","eventName":{{Text(id)}} }""";
    public static string Node(string id, string type, string more = "") => $$"""{"id":"{{id}}","type":"{{type}}"{{(more.Length > 0 ? "," + more : "")}}}""";
    public static string Text(string value) => $$$"""{"typeName":"String","expression":{"type":"Literal","value":"{{{value}}}"}}""";
    public static string Script(string code) => $$$"""{"typeName":"Object","expression":{"type":"JavaScript","value":{{{JsonValue.Create(code).ToJsonString()}}}}}""";

    public static Task<WorkflowRun> Start(WorkflowDefinition definition) => Runner.StartAsync(definition, new Dictionary<string, JsonNode?>(), new Host());

    public static Task<WorkflowRun> Resume(WorkflowDefinition definition, WorkflowRun run, string key, JsonNode? payload = null) =>
        Runner.ResumeAsync(definition, run.State, key, payload, new Host());

    public static string Lines(WorkflowRun run) => string.Join('|', run.Lines);

    private static string Arrow(string arrow)
    {
        var ends = arrow.Split("->");
        var source = ends[0].Split(':');
        return $$$"""{"source":{"activity":"{{{source[0]}}}","port":"{{{(source.Length > 1 ? source[1] : "Done")}}}"},"target":{"activity":"{{{ends[1]}}}","port":"In"}}""";
    }

    public sealed class Host : IServiceProvider, IRuleCheckHost, IFeatureHost
    {
        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
        public ValueTask<string> CheckAsync(string stage, CancellationToken cancellation) => ValueTask.FromResult("Pass");
        public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) => ValueTask.FromResult(true);
    }
}
