using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Engine.Workflows;

/// <summary>
/// The tests that lie beside a workflow: each is one way through it, with the verdicts, switches and actions met on the way and
/// the activities it must visit. The editor, publishing and the build run the same ones.
/// </summary>
public sealed class WorkflowPathTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    private readonly IReadOnlyList<PathTest> _paths;

    private WorkflowPathTests(IReadOnlyList<PathTest> paths) => _paths = paths;

    /// <exception cref="DocumentFaultException">The text is no test file.</exception>
    public static WorkflowPathTests Parse(string json)
    {
        try
        {
            var paths = JsonSerializer.Deserialize<TestFile>(json, Json)?.Paths ?? [];
            for (var i = 0; i < paths.Count; i++)
                if (Absent(paths[i]) is { } absent) throw new DocumentFaultException($"$.paths[{i}]{absent}", "必填，且不能为 null：每条走法要有 name、actions、visits、ends");
            return new WorkflowPathTests(paths);
        }
        catch (JsonException e) { throw new DocumentFaultException(e.Path ?? "$", "不是有效的流程测试文件，请对照 workflows/README.md 的格式"); }
    }

    private static string? Absent(PathTest? path) => path switch
    {
        null => "",
        { Name: null } => ".name",
        { Actions: null } => ".actions",
        { Visits: null } => ".visits",
        { Ends: null } => ".ends",
        _ when path.Actions.Contains(null) => ".actions",
        _ when path.Visits.Contains(null) => ".visits",
        _ when path.Rules?.ContainsValue(null!) == true => ".rules",
        _ => null,
    };

    public int Count => _paths.Count;

    /// <summary>Runs all; what comes back are the failures, one text each. Modules' activities complete at once.</summary>
    /// <param name="modules">Activities of modules there are; null takes every type for one, where a check has looked at types already.</param>
    public async Task<IReadOnlyList<string>> RunAsync(WorkflowDefinition definition, TimeProvider clock, IReadOnlyCollection<ActivityDescriptor>? modules = null)
    {
        var failures = new List<string>();
        foreach (var path in _paths)
        {
            if (await RunAsync(definition, path, new WorkflowEngine(SandboxActivities.For(definition, modules), clock)) is { } failure) failures.Add($"{path.Name}：{failure}");
        }
        return failures;
    }

    private static async Task<string?> RunAsync(WorkflowDefinition definition, PathTest path, WorkflowEngine engine)
    {
        var host = new TestHost(path);
        var run = await engine.StartAsync(definition, new Dictionary<string, JsonNode?>(), host);
        foreach (var action in path.Actions)
        {
            var parts = action.Split('=', 2);
            run = await engine.ResumeAsync(definition, run.State, parts[0], parts.Length > 1 ? JsonValue.Create(parts[1]) : null, host);
            if (run.Refusal is { } refusal) return $"操作 {action} 被拒绝：{refusal.Message}";
        }
        var visited = run.State.Trail.Executed.Where(id => id != definition.Root.Id).ToList();
        if (!visited.SequenceEqual(path.Visits)) return $"经过 {string.Join(" → ", visited)}，应为 {string.Join(" → ", path.Visits)}";
        return run.State.SubStatus.ToString() == path.Ends ? null : $"结束状态 {run.State.SubStatus}，应为 {path.Ends}；{string.Join("；", run.State.Incidents.Select(i => i.Detail ?? i.Message))}";
    }

    private sealed record TestFile(string? Comment, IReadOnlyList<PathTest> Paths);

    /// <param name="Rules">Outcome by stage; Pass when not named.</param>
    /// <param name="Features">Switches that are on.</param>
    /// <param name="Actions">What people do, in order: task or task=action.</param>
    /// <param name="Visits">Activities in the order of their first execution.</param>
    private sealed record PathTest(string Name, Dictionary<string, string>? Rules, string[]? Features, string[] Actions, string[] Visits, string Ends);

    private sealed class TestHost(PathTest path) : IServiceProvider, IRuleCheckHost, IFeatureHost
    {
        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
        public ValueTask<string> CheckAsync(string stage, CancellationToken cancellation) => ValueTask.FromResult(path.Rules?.GetValueOrDefault(stage) ?? "Pass");
        public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) => ValueTask.FromResult(path.Features?.Contains(feature) == true);
    }
}

/// <summary>The platform's activities, and for every activity of a module one that completes at once by its first port.</summary>
public static class SandboxActivities
{
    public static ActivityRegistry For(WorkflowDefinition definition, IReadOnlyCollection<ActivityDescriptor>? modules) =>
        ActivityRegistry.WithPlatform((modules ?? [.. definition.Activities.Select(a => a.Type).Distinct().Where(IsModules).Select(Unknown)]).Select(d => new StandIn(d)));

    private static bool IsModules(string type) => !type.StartsWith("Elsa.", StringComparison.Ordinal) && !type.StartsWith("Station.", StringComparison.Ordinal);

    private static ActivityDescriptor Unknown(string type) => new(type, type, "模块", ["Done"], []);

    private sealed class StandIn(ActivityDescriptor descriptor) : Activity(descriptor)
    {
        public override ValueTask ExecuteAsync(ActivityContext context) =>
            Descriptor.PortsOf(context.Node!) is [not "Done" and var first, ..] ? context.CompleteAsync(first) : context.CompleteAsync();
    }
}
