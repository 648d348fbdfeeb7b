using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>What a donor does of a visit himself, through the same machinery as a step at the desk. Whatever needs a decision of staff is not done here: the answer is the desk, without a reason.</summary>
internal sealed class SelfService(
    Store store, VisitFiles files, VisitStart starts, StepSigners signers, SignRecord signing, StepWriter writer, StepOperation operations, SaveDraft drafts, IDonors donors, WorkflowEngine engine,
    Configuration configuration, CompiledPacks compiled, OutboxSignal outbox, TenantContext tenant, TimeProvider clock) : ISelfService
{
    private const string Step = "consent-inquiry";
    private const string TypedByDonor = "自助终端输入，证件待核对";
    private const string Unsigned = "电子签名服务暂时不能用，这次没有签成。您的回答已保留：请稍后再签一次；仍不能签名的，请到前台，不用重新回答";
    private static readonly SelfServiceOutcome ToDesk = new(SelfServicePlaces.Desk, null);

    public async Task<SelfServiceForm> RegistrationAsync(CancellationToken cancel = default)
    {
        var (set, _, day) = await InForceAsync(cancel);
        return new SelfServiceForm(set.Form(VisitConfiguration.RegistrationForm), set.Context(new FactBag(), day, null));
    }

    public async Task<SelfServiceForm> InquiryAsync(FactBag answered, CancellationToken cancel = default)
    {
        var (set, _, day) = await InForceAsync(cancel);
        var form = set.Workflow.UserTasks.First(t => t.StepCode == Step).FormKey!;
        return new SelfServiceForm(set.Form(form), set.Context(answered, day, null));
    }

    public async Task<SelfServiceVisit?> WaitingAsync(string idNumber, string name, CancellationToken cancel = default)
    {
        // The same questions of the database whether the donor is known or not.
        var donor = await donors.FindByIdNumberAsync(idNumber, cancel);
        var visit = await starts.OpenVisitAsync(donor?.Id ?? Guid.Empty, cancel);
        return visit is { } id && donor!.Name == name ? await WaitingAsync(id, cancel) : null;
    }

    public async Task<SelfServiceVisit?> WaitingAsync(Guid visitId, CancellationToken cancel = default) =>
        await files.ReadAsync(visitId, cancel) is { } file ? Waiting(file) : null;

    private SelfServiceVisit? Waiting(VisitFile file) =>
        file.Visit.Day == file.Configuration.Settings.LocalDate(clock.GetUtcNow()) && file.OpenTask(Step) is { } task
            ? new SelfServiceVisit(file.Visit.Id, file.Instance.Revision, new SelfServiceForm(file.Configuration.Form(task.Form), files.Context(file, file.Configuration.Form(task.Form), files.Facts(file, Step), clock.GetUtcNow())), new QueuePlace(file.Visit.Day, file.Visit.QueueNumber))
            : null;

    public async Task<SelfServiceVisit?> RegisterAsync(IReadOnlyDictionary<string, string> answers, Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel = default)
    {
        var content = Content("registration", answers);
        if (await operations.DoneBeforeAsync(operationId, terminal.PersonId, content, cancel) is { } done) return done.Same ? await WaitingAsync(Guid.Parse(done.Next), cancel) : null;
        var (set, documents, day) = await InForceAsync(cancel);
        var form = set.Form(VisitConfiguration.RegistrationForm);
        if (FormReading.Read(form, answers, set.Context(new FactBag(), day, null)).Submission is not { } submission || submission.Value("idNumber") is not { } idNumber) return null;
        var donor = await donors.FindByIdNumberAsync(idNumber, cancel);
        var started = await starts.WorkOutAsync(set, documents, form, submission, day, cancel);
        var mayStart = (donor is null || donor.Name == submission.Value("name")) && await starts.OpenVisitAsync(donor?.Id ?? Guid.Empty, cancel) is null && started.Visited.History.Known
            && StepDecision.Missing(started.Visited, started.Run, form, [form]).Count == 0 && StepDecision.Confirmation(started.Visited, started.Run, set) is null;
        return mayStart && await CommitAsync(started, donor, content, operationId, terminal, cancel) is { } visit ? await WaitingAsync(visit, cancel) : null;
    }

    private async Task<Guid?> CommitAsync(StartedVisit started, DonorRecord? donor, string content, Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            // Of a donor the station knows nothing is taken over before staff have seen the document.
            var donorId = donor?.Id ?? await donors.SaveAsync(VisitStart.Lasting(started.Form, started.Submission), terminal.PersonId, terminal.PersonName, cancel);
            var result = await starts.WriteAsync(started, donorId, terminal.PersonId, terminal.PersonName, null, cancel);
            operations.Add(operationId, terminal.PersonId, content, result.Visit.Id.ToString());
            await transaction.CommitAsync(cancel);
            outbox.Raise(tenant.Current);
            return result.Visit.Id;
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            return await operations.DoneBeforeAsync(operationId, terminal.PersonId, content, cancel) is { Same: true } done ? Guid.Parse(done.Next) : null;
        }
    }

    public async Task<SelfServiceOutcome> SubmitAsync(
        SelfServiceVisit seen, IReadOnlyDictionary<string, string> answers, IReadOnlyDictionary<string, string> signatures, Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel = default)
    {
        if (await DoneBeforeAsync(operationId, terminal, cancel) is { } place) return new SelfServiceOutcome(place, null);
        if (await files.ReadAsync(seen.Id, cancel) is not { } file || Waiting(file) is null || file.Instance.Revision != seen.Revision) return ToDesk;
        var (form, known) = (seen.Inquiry.Form, files.Facts(file, Step));
        if (FormReading.Read(form, answers, seen.Inquiry.Context).Submission is not { } submission) return ToDesk;
        // Who else signs the form at the desk is not here.
        var alone = form with { Signers = [.. form.Signers.Where(s => s.Handwriting)] };
        var act = new SigningAct(alone, submission, new FactBag().Add(known).Add(submission.Facts), file.Visit.DonorId, file.Configuration.SignsElectronically) { Unattended = TypedByDonor };
        var drawn = signatures.Where(s => s.Key.StartsWith(StepSigners.HandField, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        var (signed, unsigned) = await signers.ProveAsync(act, drawn, new ClaimsPrincipal(), cancel);
        if (unsigned.Count > 0) return new SelfServiceOutcome(null, unsigned[0].Message);

        var visited = new VisitRun(file.Configuration, donors, file.Donor.IdNumber, file.History, file.Visit.DonationType, file.Visit.Day, SubmitStep.With(known, submission, form, signed)) { VisitId = file.Visit.Id };
        var run = await engine.ResumeAsync(file.Configuration.Workflow, file.State, file.OpenTask(Step)!.ActivityId, new JsonObject { ["action"] = StepPost.Done }, visited, cancel);
        if (run.Refusal is not null || StepDecision.Confirmation(visited, run, file.Configuration) is not null) return ToDesk;
        var proof = await signing.SignAsync(new RecordToSign(file, Step, form, submission, signed, visited.Verdicts, StepPage.TaskOf(file, Step)?.Documents ?? []), cancel);
        if (proof.Fault is not null)
        {
            await drafts.KeepAsync(file.Visit, Step, form, answers, terminal.PersonId, terminal.PersonName, cancel);
            return proof.Passes ? new SelfServiceOutcome(null, Unsigned) : ToDesk;
        }
        var result = new StepResult(file.Visit, file.Instance, run, visited, file.Configuration, Step, form, submission, signed, terminal.PersonId, terminal.PersonName, null) { Proof = proof };
        return await CommitAsync(result, Place(file, visited), operationId, terminal, cancel);
    }

    public async Task<string?> DoneBeforeAsync(Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel = default) =>
        await operations.DoneBeforeAsync(operationId, terminal.PersonId, Step, cancel) is { Same: true } done ? done.Next : null;

    private async Task<SelfServiceOutcome> CommitAsync(StepResult result, string place, Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            await writer.WriteAsync(result, cancel);
            operations.Add(operationId, terminal.PersonId, Step, place);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            store.ChangeTracker.Clear();
            return await DoneBeforeAsync(operationId, terminal, cancel) is { } done ? new SelfServiceOutcome(done, null) : ToDesk;
        }
        outbox.Raise(tenant.Current);
        return new SelfServiceOutcome(place, null);
    }

    /// <summary>The desk when an answer already stands in the way, as the stage after registration will judge it; what is not known yet does not.</summary>
    private static string Place(VisitFile file, VisitRun visited)
    {
        var next = file.Configuration.Packs.Stages.Skip(1).FirstOrDefault() ?? file.Configuration.Packs.Stages[0];
        var stands = visited.Judge(next, file.Visit.DonationType).Rules.Any(StandingAgainst.Stands);
        return stands ? SelfServicePlaces.Desk : SelfServicePlaces.Room;
    }

    private async Task<(VisitConfiguration Set, InForce Documents, DateOnly Day)> InForceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var documents = await configuration.AtAsync(now, cancel);
        var set = VisitConfiguration.Of(documents, compiled);
        return (set, documents, set.Settings.LocalDate(now));
    }

    private static string Content(string what, IReadOnlyDictionary<string, string> answers) =>
        what + "\n" + string.Join("\n", answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Key + "=" + a.Value));
}
