using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Flows;
using Platform.Publishing;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>A registration as worked out, not yet written.</summary>
internal sealed record StartedVisit(VisitConfiguration Configuration, InForce Documents, FormDefinition Form, FormSubmission Submission, DateOnly Day, VisitRun Visited, WorkflowRun Run);

/// <summary>Begins a visit, at the desk or at a terminal: looks up the history, starts the flow, and writes both.</summary>
internal sealed class VisitStart(Store store, Configuration configuration, IDonors donors, WorkflowEngine engine, StepWriter writer, TimeProvider clock)
{
    public async Task<StartedVisit> WorkOutAsync(VisitConfiguration set, InForce documents, FormDefinition form, FormSubmission submission, DateOnly day, CancellationToken cancel)
    {
        set.RequireNationalRules();
        var idNumber = submission.Value("idNumber")!;
        var visited = new VisitRun(set, donors, idNumber, await donors.HistoryAsync(idNumber, cancel), submission.Value(VisitConfiguration.DonationTypeField)!, day, submission.Facts);
        var run = await engine.StartAsync(set.Workflow, new Dictionary<string, JsonNode?>(), visited, cancellation: cancel);
        return new StartedVisit(set, documents, form, submission, day, visited, run);
    }

    /// <summary>In the caller's transaction.</summary>
    public async Task<StepResult> WriteAsync(StartedVisit started, Guid donorId, string person, string name, string? reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (visitId, instanceId) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        var instance = new WorkflowInstanceRow { Id = instanceId, DefinitionHash = started.Configuration.Workflow.Hash, Subject = "visit:" + visitId, StateJson = "", Status = "" };
        var visit = new Visit
        {
            Id = visitId, DonorId = donorId, Day = started.Day, QueueNumber = (int)await store.NextNumberAsync($"queue-number-{started.Day:yyyyMMdd}", cancel), DonationType = started.Submission.Value(VisitConfiguration.DonationTypeField)!, State = VisitStates.Open, ConfigurationHash = started.Configuration.Hash,
            InstanceId = instanceId, HistoryJson = JsonSerializer.Serialize(started.Visited.History), RegisteredAt = now, RegisteredBy = name,
        };
        store.Add(visit);
        store.Add(instance);
        await configuration.PinAsync(started.Documents, cancel);
        var result = new StepResult(visit, instance, started.Run, started.Visited, started.Configuration, VisitConfiguration.RegistrationForm, started.Form, started.Submission, [], person, name, reason);
        await writer.WriteAsync(result, cancel);
        return result;
    }

    /// <summary>The donor's visit that has not ended; there is one at most.</summary>
    public async Task<Guid?> OpenVisitAsync(Guid donorId, CancellationToken cancel) =>
        await store.Set<Visit>().Where(v => v.DonorId == donorId && v.State == VisitStates.Open).Select(v => (Guid?)v.Id).SingleOrDefaultAsync(cancel);

    /// <summary>What belongs to the donor and not to this visit alone.</summary>
    public static Dictionary<string, string> Lasting(FormDefinition form, FormSubmission submission) =>
        form.Sections.Where(s => !s.PerVisit).SelectMany(s => s.Fields).Where(f => submission.Value(f.Code) is not null)
            .ToDictionary(f => f.Code, f => submission.Value(f.Code)!, StringComparer.Ordinal);
}
