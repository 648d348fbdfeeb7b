using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Publishing;

namespace Platform.Workflows;

/// <summary>
/// <c>workflow run FILE [--resume ACTIVITY[=PAYLOAD] …] [--input NAME=VALUE …] --json</c>: runs a definition in a sandbox where
/// every rule check passes, every feature is on and nothing outside is touched.
/// </summary>
public static class WorkflowRunCommand
{
    public const string Usage = "用法：workflow run 文件 [--resume 活动[=操作或JSON]]… [--input 名称=值]… --json";

    /// <summary>Exit code: 0 it ran (faults of the flow included), 2 the call or the file is wrong.</summary>
    /// <param name="read">Reads a file; the disk when not given.</param>
    /// <param name="modules">Activities of the modules there are; each completes at once.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Func<string, string>? read = null, IReadOnlyCollection<ActivityDescriptor>? modules = null)
    {
        try
        {
            var call = Call.Read(args, read ?? System.IO.File.ReadAllText);
            var report = await new Sandbox(call, modules ?? []).RunAsync(error);
            await output.WriteLineAsync(call.Json ? report.ToJsonString(Indented) : Summary(report));
            return 0;
        }
        catch (CallException e) { return await RefuseAsync(error, e.Message); }
        catch (DocumentFaultException e) { return await RefuseAsync(error, $"流程文件有误：{e.Message}"); }
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<int> RefuseAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 2;
    }

    private static string Summary(JsonObject report)
    {
        var steps = report["steps"]!.AsArray().Select(s => $"{s!["resumed"]?.GetValue<string>() ?? "启动"}：{s["lines"]} → {s["subStatus"]} 等待：{string.Join("、", s["waitingOn"]!.AsArray())}");
        return string.Join(Environment.NewLine, [.. steps, $"结果：{report["subStatus"]}", .. report["incidents"]!.AsArray().Select(i => $"故障：{i}")]);
    }

    private sealed class CallException(string message) : Exception(message);

    private sealed record Call(string File, string Document, IReadOnlyList<(string Key, JsonNode? Payload)> Resumes, IReadOnlyDictionary<string, JsonNode?> Inputs, bool Json)
    {
        public static Call Read(string[] args, Func<string, string> read)
        {
            string? file = null;
            var json = false;
            var resumes = new List<(string, JsonNode?)>();
            var inputs = new Dictionary<string, JsonNode?>();
            for (var i = 0; i < args.Length; i++)
            {
                if (args[i] == "--json") json = true;
                else if (args[i] == "--resume") resumes.Add(Pair(args, ++i, "--resume"));
                else if (args[i] == "--input") Set(inputs, Pair(args, ++i, "--input"));
                else if (args[i].StartsWith("--", StringComparison.Ordinal)) throw new CallException($"不认识的参数 {args[i]}。{Usage}");
                else file = file is null ? args[i] : throw new CallException($"只能给一个流程文件。{Usage}");
            }
            return file is null ? throw new CallException(Usage) : new Call(file, ReadFile(file, read), resumes, inputs, json);
        }

        private static void Set(Dictionary<string, JsonNode?> inputs, (string Name, JsonNode? Value) pair) => inputs[pair.Name] = pair.Value;

        private static string ReadFile(string file, Func<string, string> read)
        {
            try { return read(file); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new CallException($"读不到流程文件“{file}”，请检查路径"); }
        }

        private static (string Name, JsonNode? Value) Pair(string[] args, int index, string option)
        {
            if (index >= args.Length) throw new CallException($"{option} 后面缺少内容。{Usage}");
            var at = args[index].IndexOf('=', StringComparison.Ordinal);
            if (at < 0) return (args[index], null);
            var value = args[index][(at + 1)..];
            return (args[index][..at], value.TrimStart() is ['{' or '[' or '"', ..] ? JsonValues.ParseOrNull(value) ?? throw new CallException($"{option} 的内容不是有效的 JSON：{value}") : JsonValue.Create(value));
        }
    }

    private sealed class Sandbox(Call call, IReadOnlyCollection<ActivityDescriptor> modules) : IServiceProvider, IRuleCheckHost, IFeatureHost
    {
        private readonly JsonArray _steps = [];

        public async Task<JsonObject> RunAsync(TextWriter error)
        {
            var definition = WorkflowDefinition.Parse(call.Document);
            var engine = new WorkflowEngine(SandboxActivities.For(definition, modules), TimeProvider.System);
            var state = await StartAsync(engine, definition);
            foreach (var (key, payload) in call.Resumes) state = await ResumeAsync(engine, definition, state, key, payload);
            if (state.NothingToWaitFor is { } stuck) await error.WriteLineAsync(stuck);
            return Report(state);
        }

        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
        public ValueTask<string> CheckAsync(string stage, CancellationToken cancellation) => ValueTask.FromResult("Pass");
        public ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation) => ValueTask.FromResult(true);

        private async Task<WorkflowState> StartAsync(WorkflowEngine engine, WorkflowDefinition definition)
        {
            var run = await engine.StartAsync(definition, call.Inputs, this);
            Add(null, run);
            return run.State;
        }

        private async Task<WorkflowState> ResumeAsync(WorkflowEngine engine, WorkflowDefinition definition, WorkflowState state, string key, JsonNode? payload)
        {
            if (definition.Find(key) is null && state.Bookmark(key) is null) throw new CallException($"流程中没有活动“{key}”，正在等待：{Waiting(state)}");
            if (payload is null && state.Bookmark(key)?.Kind == "RunTask") payload = new JsonObject { ["ok"] = true };
            var run = await engine.ResumeAsync(definition, state, key, payload, this);
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

        private JsonObject Report(WorkflowState state) => new()
        {
            ["file"] = Path.GetFileName(call.File),
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
