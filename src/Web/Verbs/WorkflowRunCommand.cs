using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json;
using Engine.Workflows;

namespace Web.Verbs;

/// <summary>
/// <c>workflow run FILE [--resume ACTIVITY[=PAYLOAD] …] [--input NAME=VALUE …] --json</c>: runs a definition in a sandbox where
/// every rule check passes, every feature is on and nothing outside is touched. What a validator finds is told beside the report.
/// </summary>
public static class WorkflowRunCommand
{
    public const string Usage = "用法：workflow run 文件 [--resume 活动[=操作或JSON]]… [--input 名称=值]… --json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, MaxDepth = FlowLimits.DocumentDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Exit code: 0 it ran, 1 it has stopped before its end, 2 the call or the file is wrong.</summary>
    /// <param name="read">Reads a file; the disk when not given.</param>
    /// <param name="modules">Activities of the modules there are; each completes at once.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Func<string, string>? read = null, IReadOnlyCollection<ActivityDescriptor>? modules = null)
    {
        try
        {
            var call = CommandCall.Read(args, ["--json"], ["--resume", "--input"], Usage, read ?? File.ReadAllText);
            var definition = WorkflowDefinition.Parse(call.Text);
            foreach (var finding in new WorkflowValidator(SandboxActivities.For(definition, modules ?? [])).Check(definition))
                await error.WriteLineAsync($"提示 {finding.Path}：{finding.Message}；{finding.Remedy}");
            var sandbox = new Sandbox(Path.GetFileName(call.File), definition, modules ?? []);
            var state = await sandbox.RunAsync([.. call.All("--resume").Select(r => Pair("--resume", r))], call.All("--input").Select(i => Pair("--input", i)));
            if (state.NothingToWaitFor is { } stuck) await error.WriteLineAsync(stuck);
            var report = sandbox.Report(state);
            await output.WriteLineAsync(call.Has("--json") ? report.ToJsonString(Indented) : Summary(report));
            return state.IsStopped ? 1 : 0;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync(CommandCall.Words(e));
            return 2;
        }
    }

    private static string Summary(JsonObject report)
    {
        var steps = report["steps"]!.AsArray().Select(s => $"{s!["resumed"]?.GetValue<string>() ?? "启动"}：{s["lines"]} → {s["subStatus"]} 等待：{string.Join("、", s["waitingOn"]!.AsArray())}");
        return string.Join(Environment.NewLine, [.. steps, $"结果：{report["subStatus"]}", .. report["incidents"]!.AsArray().Select(i => $"故障：{i}")]);
    }

    private static (string Key, JsonNode? Value) Pair(string option, string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 0) return (text, null);
        var value = text[(at + 1)..];
        return (text[..at], value.TrimStart() is ['{' or '[' or '"', ..] ? JsonValues.ParseOrNull(value) ?? throw new CallException($"{option} 的内容不是有效的 JSON：{value}") : JsonValue.Create(value));
    }

    private sealed class Sandbox(string file, WorkflowDefinition definition, IReadOnlyCollection<ActivityDescriptor> modules) : IServiceProvider, IRuleCheckHost, IFeatureHost
    {
        private readonly JsonArray _steps = [];
        private readonly WorkflowEngine _engine = new(SandboxActivities.For(definition, modules), TimeProvider.System);

        public async Task<WorkflowState> RunAsync(IReadOnlyList<(string Key, JsonNode? Payload)> resumes, IEnumerable<(string Key, JsonNode? Value)> inputs)
        {
            var given = new Dictionary<string, JsonNode?>();
            foreach (var (name, value) in inputs) given[name] = value;
            var run = await _engine.StartAsync(definition, given, this);
            Add(null, run);
            var state = run.State;
            foreach (var (key, payload) in resumes) state = await ResumeAsync(state, key, payload);
            return state;
        }

        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
        public ValueTask<string> CheckAsync(string stage, CancellationToken cancellation) => ValueTask.FromResult("Pass");
        public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) => ValueTask.FromResult(true);

        private async Task<WorkflowState> ResumeAsync(WorkflowState state, string key, JsonNode? payload)
        {
            if (definition.Find(key) is null && state.Bookmark(key) is null) throw new CallException($"流程中没有活动“{key}”，正在等待：{Waiting(state)}");
            if (payload is null && state.Bookmark(key)?.Kind == "RunTask") payload = new JsonObject { ["ok"] = true };
            var run = await _engine.ResumeAsync(definition, state, key, payload, this);
            if (run.Refusal is { } refusal) throw new CallException($"不能继续“{key}”：{refusal.Message}（正在等待：{Waiting(state)}）");
            Add(key, run);
            return run.State;
        }

        private void Add(string? resumed, WorkflowRun run) => _steps.Add(new JsonObject
        {
            ["resumed"] = resumed,
            ["lines"] = string.Join('|', run.Lines),
            ["subStatus"] = run.State.SubStatus.ToString(),
            ["waitingOn"] = new JsonArray(run.State.Bookmarks.Select(b => (JsonNode)b.ActivityId).ToArray()),
        });

        public JsonObject Report(WorkflowState state) => new()
        {
            ["file"] = file,
            ["steps"] = _steps,
            ["status"] = state.Status.ToString(),
            ["subStatus"] = state.SubStatus.ToString(),
            ["incidents"] = new JsonArray(state.Incidents.Select(i => (JsonNode)$"{i.ActivityId}: {i.Message}").ToArray()),
            ["correlationId"] = state.CorrelationId,
            ["name"] = state.Name,
            ["output"] = new JsonObject(state.Output.Select(o => KeyValuePair.Create(o.Key, o.Value?.DeepClone()))),
        };

        private static string Waiting(WorkflowState state) => state.Bookmarks.Count == 0 ? "无" : string.Join("、", state.Bookmarks.Select(b => b.Key));
    }
}
