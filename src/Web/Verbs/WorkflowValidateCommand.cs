using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Canonical;
using Engine.Workflows;

namespace Web.Verbs;

/// <summary>
/// <c>workflow validate FILE [--station S] [--json]</c>: everything to put right in a flow before it is published; with a station
/// also what is in force there with it. Paths that lie beside the file are run.
/// </summary>
public static class WorkflowValidateCommand
{
    public const string Usage = "用法：workflow validate 文件 [--station 租户] [--json]";

    private static readonly JsonSerializerOptions Plain = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a station has to say of a flow: its name, the flow's file and its text.</summary>
    /// <exception cref="ArgumentException">There is no such station.</exception>
    public delegate Task<IReadOnlyList<WorkflowFinding>> AskStation(string station, string file, string json);

    /// <summary>Exit code: 0 clean, 1 there are findings, 2 the call is wrong.</summary>
    /// <param name="read">Reads a file; the disk when not given.</param>
    /// <param name="modules">Activities of the modules there are.</param>
    public static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, Func<string, string>? read = null, IReadOnlyCollection<ActivityDescriptor>? modules = null, AskStation? station = null)
    {
        try
        {
            var call = CommandCall.Read(args, ["--json"], ["--station"], Usage, read ?? File.ReadAllText);
            var findings = await FindingsAsync(call, modules ?? [], station);
            await WriteAsync(call, findings, output);
            return findings.Count == 0 ? 0 : 1;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync(CommandCall.Words(e));
            return 2;
        }
    }

    private static async Task<List<WorkflowFinding>> FindingsAsync(CommandCall call, IReadOnlyCollection<ActivityDescriptor> modules, AskStation? ask)
    {
        WorkflowDefinition definition;
        try { definition = WorkflowDefinition.Parse(call.Text); }
        catch (DocumentFaultException e) { return [new WorkflowFinding(e.Path, e.Remedy, e.Remedy)]; }
        var findings = new WorkflowValidator(SandboxActivities.For(definition, modules)).Check(definition).ToList();
        findings.AddRange(await PathsAsync(call, definition, modules));
        if (call.Option("--station") is { } station && ask is not null) findings.AddRange(await ask(station, call.File, call.Text));
        return [.. findings.Distinct()];
    }

    private static async Task<IEnumerable<WorkflowFinding>> PathsAsync(CommandCall call, WorkflowDefinition definition, IReadOnlyCollection<ActivityDescriptor> modules)
    {
        const string flow = ".workflow.json";
        if (!call.File.EndsWith(flow, StringComparison.Ordinal) || call.Beside(call.File[..^flow.Length] + ".tests.json") is not { } beside) return [];
        var document = Path.GetFileName(call.File)[..^flow.Length] + ".tests.json";
        try
        {
            return (await WorkflowPathTests.Parse(beside).RunAsync(definition, TimeProvider.System, modules)).Select(f => new WorkflowFinding("$.paths", "走法不符：" + f, "请改流程或走法") { Document = document });
        }
        catch (DocumentFaultException e) { return [new WorkflowFinding(e.Path, e.Remedy, e.Remedy) { Document = document }]; }
    }

    private static async Task WriteAsync(CommandCall call, List<WorkflowFinding> findings, TextWriter output)
    {
        var all = findings.Select(f => new { document = f.Document ?? Path.GetFileName(call.File), place = f.Path, words = f.Message, remedy = f.Remedy }).ToList();
        if (call.Has("--json")) await output.WriteLineAsync(JsonSerializer.Serialize(new { findings = all }, Plain));
        else if (all.Count == 0) await output.WriteLineAsync("没有发现问题");
        else foreach (var f in all) await output.WriteLineAsync($"{f.document} {f.place}：{f.words}{(f.remedy == f.words ? "" : "；" + f.remedy)}");
    }
}
