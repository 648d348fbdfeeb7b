using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Publishing;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>A registration as worked out, not yet written.</summary>
internal sealed record StartedVisit(SetInForce InForce, FormSubmission Submission, VisitRun Visited, WorkflowRun Run)
{
    public FormDefinition Form => InForce.Registration;

    public VisitConfiguration Configuration => InForce.Set;
}

/// <summary>Begins a visit, at the desk or at a terminal: looks up the history, starts the flow, and writes both.</summary>
internal sealed class VisitStart(Store store, Configuration configuration, IDonors donors, WorkflowEngine engine, StepWriter writer,
    TimeProvider clock)
{
    public async Task<StartedVisit> WorkOutAsync(SetInForce inForce, FormSubmission submission, CancellationToken cancel)
    {
        inForce = inForce with { Set = inForce.Set.For(submission.Facts) };
        inForce.Set.RequireNationalRules();
        var (idNumber, type) = (submission.Value("idNumber")!, submission.Value(VisitConfiguration.DonationTypeField)!);
        var visited = new VisitRun(inForce.Set, donors,
            new JudgedVisit(idNumber, await donors.HistoryAsync(idNumber, cancel), type, inForce.Day), submission.Facts);
        var run = await engine.StartAsync(inForce.Set.Workflow, new Dictionary<string, JsonNode?>(), visited, cancellation: cancel);
        return new StartedVisit(inForce, submission, visited, run);
    }

    /// <summary>In the caller's transaction.</summary>
    public async Task<StepResult> WriteAsync(StartedVisit started, Guid donorId, Actor by, string? reason, CancellationToken cancel)
    {
        var (visit, set) = (await VisitAsync(started, donorId, by, cancel), started.Configuration);
        var instance = new WorkflowInstanceRow { Id = visit.InstanceId, DefinitionHash = set.Workflow.Hash,
            Subject = visit.Subject.ToString(), StateJson = "", Status = "" };
        store.Add(visit);
        store.Add(instance);
        await configuration.PinAsync(started.InForce.Documents, cancel);
        var record = new FilledRecord(visit.Subject, VisitConfiguration.RegistrationForm, started.Form, started.Submission, [],
            by) { DonorId = donorId };
        var result =
            new StepResult(visit, instance, set, started.Run, started.Visited, by) { Record = record, Step = record.Step, Reason = reason };
        await writer.WriteAsync(result, cancel);
        return result;
    }

    private async Task<Visit> VisitAsync(StartedVisit started, Guid donorId, Actor by, CancellationToken cancel)
    {
        var (now, day) = (clock.GetUtcNow(), started.InForce.Day);
        return new Visit
        {
            Id = Guid.CreateVersion7(now), InstanceId = Guid.CreateVersion7(now), DonorId = donorId, Day = day,
            QueueNumber = (int)await store.NextNumberAsync($"queue-number-{day:yyyyMMdd}", cancel),
            DonationType = started.Submission.Value(VisitConfiguration.DonationTypeField)!, State = VisitStates.Open,
            ConfigurationHash = started.Configuration.Hash, Flow = started.Configuration.Flow,
            HistoryJson = JsonSerializer.Serialize(started.Visited.History), RegisteredAt = now, RegisteredBy = by.Name,
        };
    }

    /// <summary>The donor of a number, and the visit he has begun and not ended.</summary>
    public async Task<(DonorRecord? Donor, Guid? Open)> KnownAsync(string idNumber, CancellationToken cancel)
    {
        // The same questions of the database whether the donor is known or not.
        var donor = await donors.FindByIdNumberAsync(idNumber, cancel);
        return (donor, await OpenVisitAsync(donor?.Id ?? Guid.Empty, cancel));
    }

    /// <summary>The donor's visit that has not ended; there is one at most.</summary>
    private async Task<Guid?> OpenVisitAsync(Guid donorId, CancellationToken cancel) =>
        await store.Set<Visit>().Where(v => v.DonorId == donorId && v.State == VisitStates.Open).Select(v => (Guid?)v.Id)
            .SingleOrDefaultAsync(cancel);

    /// <summary>What belongs to the donor and not to this visit alone.</summary>
    public static Dictionary<string, string> Lasting(FormDefinition form, FormSubmission submission) =>
        form.Sections.Where(s => !s.PerVisit).SelectMany(s => s.Fields).Where(f => submission.Value(f.Code) is not null)
            .ToDictionary(f => f.Code, f => submission.Value(f.Code)!, StringComparer.Ordinal);
}
