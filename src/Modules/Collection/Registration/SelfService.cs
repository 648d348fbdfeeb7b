using Engine.Forms;
using Engine.Rules;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;

namespace Modules.Collection;

/// <summary>What a donor does of a visit himself, through the same frame as a step at the desk. Whatever needs a decision of staff is not done here: the answer is the desk, without a reason.</summary>
internal sealed class SelfService(SelfServiceForms forms, Acts acts, RegisterSelf register, InquireSelf inquire, Drafts drafts)
    : ISelfService
{
    private const string Unsigned = "电子签名服务暂时不能用，这次没有签成。您的回答已保留：请稍后再签一次；仍不能签名的，请到前台，不用重新回答";
    private static readonly SelfServiceOutcome ToDesk = new(SelfServicePlaces.Desk, null);

    public Task<SelfServiceForm> RegistrationAsync(CancellationToken cancel = default) => forms.RegistrationAsync(cancel);

    public Task<SelfServiceForm> InquiryAsync(FactBag answered, CancellationToken cancel = default) => forms.InquiryAsync(answered, cancel);

    public Task<SelfServiceVisit?> WaitingAsync(string idNumber, string name, CancellationToken cancel = default) =>
        forms.WaitingAsync(idNumber, name, cancel);

    public Task<SelfServiceVisit?> WaitingAsync(Guid visitId, CancellationToken cancel = default) => forms.WaitingAsync(visitId, cancel);

    public async Task<SelfServiceVisit?> RegisterAsync(SelfServicePost post, CancellationToken cancel = default) =>
        await acts.RunAsync(register, new SelfRegistration(post), cancel) is Decision.Done done
            ? await forms.WaitingAsync(Guid.Parse(done.Next), cancel) : null;

    public async Task<SelfServiceOutcome> SubmitAsync(SelfServiceVisit seen, SelfServicePost post,
        IReadOnlyDictionary<string, string> signatures, CancellationToken cancel = default)
    {
        var attempt = new SelfInquiry(seen, post, signatures);
        var decision = await acts.RunAsync(inquire, attempt, cancel);
        if (decision is Decision.Done done) return new SelfServiceOutcome(done.Next, null);
        if (decision is not Decision.Wrong wrong) return ToDesk;
        if (!wrong.Unsigned) return new SelfServiceOutcome(null, wrong.Errors[0].Message);
        await drafts.KeepAsync(new DraftPlace(new Subject(Visit.Kind, seen.Id), SelfServiceForms.Step), attempt.By,
            Drafts.Of(seen.Inquiry.Form, post.Answers), cancel);
        return wrong.Passes ? new SelfServiceOutcome(null, Unsigned) : ToDesk;
    }

    public async Task<string?> DoneBeforeAsync(Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel = default) =>
        await acts.DoneBeforeAsync(new Attempt(operationId, terminal.Actor, SelfServiceForms.Step), cancel) is Decision.Done done
            ? done.Next : null;
}

/// <summary>The forms a donor fills in himself.</summary>
internal sealed class SelfServiceForms(VisitFiles files, VisitStart starts, SetsInForce sets, TimeProvider clock)
{
    public const string Step = "consent-inquiry";

    public async Task<SelfServiceForm> RegistrationAsync(CancellationToken cancel)
    {
        var now = await sets.NowAsync(cancel);
        return new SelfServiceForm(now.Registration, now.Context);
    }

    public async Task<SelfServiceForm> InquiryAsync(FactBag answered, CancellationToken cancel)
    {
        var now = await sets.NowAsync(cancel);
        var form = now.Set.Workflow.UserTasks.First(t => t.StepCode == Step).FormKey!;
        return new SelfServiceForm(now.Set.Form(form), now.Set.Context(answered, now.Day, null));
    }

    public async Task<SelfServiceVisit?> WaitingAsync(string idNumber, string name, CancellationToken cancel)
    {
        var (donor, open) = await starts.KnownAsync(idNumber, cancel);
        return open is { } id && donor!.Name == name ? await WaitingAsync(id, cancel) : null;
    }

    public async Task<SelfServiceVisit?> WaitingAsync(Guid visitId, CancellationToken cancel) =>
        await files.ReadAsync(visitId, cancel) is { } file ? Waiting(file) : null;

    public SelfServiceVisit? Waiting(VisitFile file)
    {
        if (file.Visit.Day != file.Configuration.Settings.LocalDate(clock.GetUtcNow()) || file.OpenTask(Step) is not { } task) return null;
        var form = file.Configuration.Form(task.Form);
        var inquiry = new SelfServiceForm(form, files.Context(file, form, files.Facts(file, Step), clock.GetUtcNow()));
        return new SelfServiceVisit(file.Visit.Id, file.Instance.Revision, inquiry, new QueuePlace(file.Visit.Day, file.Visit.QueueNumber));
    }
}

internal sealed record SelfRegistration(SelfServicePost Post) : Attempt(Post.OperationId, Post.Terminal.Actor, ContentOf(Post.Answers))
{
    private static string ContentOf(IReadOnlyDictionary<string, string> answers) =>
        "registration\n" + string.Join("\n", answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Key + "=" + a.Value));
}

internal sealed record SelfStarted(StartedVisit Visit, DonorRecord? Donor);

/// <summary>Registers a visit at a terminal, where nobody has to decide anything. It leads to the visit's id.</summary>
internal sealed class RegisterSelf(SetsInForce sets, VisitStart starts, IDonors donors) : IAct<SelfRegistration, SelfStarted>
{
    public async Task<Decision> DecideAsync(SelfRegistration attempt, CancellationToken cancel)
    {
        var now = await sets.NowAsync(cancel);
        if (FormReading.Read(now.Registration, attempt.Post.Answers, now.Context).Submission is not { } submission
            || submission.Value("idNumber") is not { } idNumber) return new Decision.Conflict();
        var (donor, open) = await starts.KnownAsync(idNumber, cancel);
        var started = await starts.WorkOutAsync(now, submission, cancel);
        var mayStart = (donor is null || donor.Name == submission.Value("name")) && open is null && started.Visited.History.Known
            && StepDecision.Missing(started.Visited, started.Run, now.Registration, [now.Registration]).Count == 0
                && StepDecision.Confirmation(started.Visited, started.Run, now.Set) is null;
        return mayStart ? new Decision.Ready<SelfStarted>(new SelfStarted(started, donor)) : new Decision.Conflict();
    }

    public async Task<Decision> WriteAsync(SelfRegistration attempt, SelfStarted result, Proof proof, CancellationToken cancel)
    {
        // Of a donor the station knows nothing is taken over before staff have seen the document.
        var donor = result.Donor?.Id
            ?? await donors.SaveAsync(VisitStart.Lasting(result.Visit.Form, result.Visit.Submission), attempt.By, cancel);
        return new Decision.Done((await starts.WriteAsync(result.Visit, donor, attempt.By, null, cancel)).Visit.Id.ToString());
    }
}
