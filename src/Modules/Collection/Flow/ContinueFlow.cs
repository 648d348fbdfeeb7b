using System.Text.Json.Nodes;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Goes on with a visit's flow where no form is submitted: a timer has run out, results have come, a fault is run again.</summary>
internal sealed class ContinueFlow(Store store, VisitFiles files, VisitRuns runs, WorkflowEngine engine)
{
    public async Task<VisitFile?> FileAsync(Guid instanceId, CancellationToken cancel)
    {
        var visit = await store.Set<Visit>().Where(v => v.InstanceId == instanceId).Select(v => (Guid?)v.Id).SingleOrDefaultAsync(cancel);
        return visit is { } id ? await files.ReadAsync(id, cancel) : null;
    }

    /// <summary>A run of this visit's flow by nobody: what a person would have to confirm stops it.</summary>
    public VisitRun Unattended(VisitFile file) => runs.Of(file, files.Facts(file), attended: false);

    /// <summary>What follows when a wait ends; null when nothing waits there any more.</summary>
    public async Task<StepResult?> ResumeAsync(VisitFile file, string bookmarkKey, JsonNode? payload, CancellationToken cancel)
    {
        var visited = Unattended(file);
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, bookmarkKey, payload, visited, cancel);
        return run.Refusal is null ? StepResult.Of(file, run, visited, Actor.System) : null;
    }
}
