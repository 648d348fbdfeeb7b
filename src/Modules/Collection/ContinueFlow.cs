using System.Text.Json.Nodes;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Goes on with a visit's flow where no form is submitted: a timer has run out, results have come, a fault is run again.</summary>
internal sealed class ContinueFlow(Store store, VisitFiles files, IDonors donors, IReadings readings, WorkflowEngine engine)
{
    /// <summary>In the audit where nobody has done it.</summary>
    public const string SystemId = "system";
    public const string SystemName = "系统";

    public async Task<VisitFile?> FileAsync(Guid instanceId, CancellationToken cancel)
    {
        var visit = await store.Set<Visit>().Where(v => v.InstanceId == instanceId).Select(v => (Guid?)v.Id).SingleOrDefaultAsync(cancel);
        return visit is { } id ? await files.ReadAsync(id, cancel) : null;
    }

    /// <summary>A run of this visit's flow by nobody: what a person would have to confirm stops it.</summary>
    public VisitRun Unattended(VisitFile file) => Run(file, attended: false);

    public VisitRun Attended(VisitFile file) => Run(file, attended: true);

    /// <summary>What follows when a wait ends; null when nothing waits there any more.</summary>
    public async Task<StepResult?> ResumeAsync(VisitFile file, string bookmarkKey, JsonNode? payload, CancellationToken cancel)
    {
        var visited = Unattended(file);
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, bookmarkKey, payload, visited, cancel);
        return run.Refusal is null ? Result(file, run, visited, SystemId, SystemName, null) : null;
    }

    /// <summary>What leaves no form behind.</summary>
    public static StepResult Result(VisitFile file, WorkflowRun run, VisitRun visited, string personId, string personName, string? reason) =>
        new(file.Visit, file.Instance, run, visited, file.Configuration, "", null, null, [], personId, personName, reason);

    private VisitRun Run(VisitFile file, bool attended) =>
        new(file.Configuration, donors, file.Donor.IdNumber, file.History, file.Visit.DonationType, file.Visit.Day, files.Facts(file))
        {
            VisitId = file.Visit.Id, Attended = attended, HasArrived = (items, cancel) => VisitRun.ArrivedAsync(readings, file.Visit.Id, items, cancel),
        };
}
