using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;

namespace Modules.Collection;

/// <summary>Corrects a submitted form: its difference is agreed to before its signers sign again; both versions stay, and the visit is judged anew.</summary>
internal sealed class CorrectForm(VisitFiles files, Signatures signatures, StepWriter writer, IDonors donors)
    : IAct<AmendAttempt, CorrectedForm>
{
    /// <summary>Back from the difference to the fields.</summary>
    public const string Edit = "Edit";

    /// <summary>The fields are wanted again.</summary>
    internal sealed record Editing : Decision;

    private static FormSigner Corrector { get; } = new("corrector", "更正人", "Corrected by", Permission: null, Pin: true, Handwriting: false,
        SecondPerson: false, When: null, Fact: null);

    public async Task<Decision> DecideAsync(AmendAttempt attempt, CancellationToken cancel)
    {
        var (post, reading, before) = (attempt.Post, Read(attempt), files.Restored(attempt.Form, attempt.Latest));
        if (post.Version != attempt.Latest.Version) return new Decision.Conflict();
        if (post.Step.Action == Edit) return new Editing();
        if (Errors(attempt.Form, reading, before, post) is { Count: > 0 } errors) return new Decision.Wrong(errors);
        var amended = WorkOut(attempt, reading.Submission!, []);
        if (StepDecision.Blocked(amended.Visited, attempt.Form) is { Count: > 0 } impossible) return new Decision.Wrong(impossible);
        if (post.Step.Confirmed != amended.Token) return new Decision.ToConfirm<Amended>(amended, []);
        var form = Signed(attempt.Form, amended.Facts);
        var terms = new SigningTerms(amended.Facts, amended.Submission.ContentHash,
            attempt.File.Configuration.SignsElectronically) { DonorId = attempt.File.Visit.DonorId };
        var proven =
            await signatures.ProveAsync(new PostedSignatures(attempt.By, form.Signers, post.Step.Fields, attempt.Content), terms, cancel);
        Decision decision = proven.Errors.Count > 0 ? new Decision.ToConfirm<Amended>(amended, proven.Errors)
            : new Decision.Ready<CorrectedForm>(Ready(attempt, form, WorkOut(attempt, amended.Submission, proven.Signers), proven.Signers));
        return decision with { Kept = proven.Kept };
    }

    public Task<ToSign?> DraftAsync(AmendAttempt attempt, CorrectedForm result, CancellationToken cancel) =>
        Task.FromResult<ToSign?>(result.Record);

    public async Task<Decision> WriteAsync(AmendAttempt attempt, CorrectedForm result, Proof proof, CancellationToken cancel)
    {
        await writer.WriteAsync(result.Step with { Proof = proof }, cancel);
        return new Decision.Done($"/visits/{attempt.File.Visit.Id}");
    }

    private CorrectedForm Ready(AmendAttempt attempt, FormDefinition form, Amended final, IReadOnlyList<Signer> signed)
    {
        var (file, reason) = (attempt.File, attempt.Post.Reason);
        var record = new FilledRecord(file.Subject, attempt.Step, form, final.Submission, signed,
            attempt.By) { DonorId = file.Visit.DonorId, Amends = attempt.Latest.Version, Because = reason };
        var step = StepResult.Of(file, WorkflowRun.Nothing(file.State), final.Visited, attempt.By) with
        {
            Record = record, Step = attempt.Step, Reason = reason,
            Amendment = new StepAmendment(final.Changes, final.Before, LastVerdict(file, form)?.ConfirmedBecause is not null),
        };
        return new CorrectedForm(step, new FormToSign(files.About(file), record, final.Visited.Verdicts, []));
    }

    public FormReading Read(AmendAttempt attempt)
    {
        var (file, form) = (attempt.File, attempt.Form);
        var fields = MaskedFields.Fill(form, attempt.Post.Step.Fields, files.Restored(form, attempt.Latest));
        return FormReading.Read(form, fields, files.Context(file, form, files.Facts(file, attempt.Step), attempt.MadeAt));
    }

    /// <summary>A correction is signed, whatever the form: where nobody else signs it, by whoever corrects it.</summary>
    public static FormDefinition Signed(FormDefinition form, IFacts facts) =>
        form.SignersFor(facts).Any(s => s.Signs) ? form : form with { Signers = [.. form.Signers, Corrector] };

    /// <summary>What stands in the way of a correction; empty when nothing does.</summary>
    internal static IReadOnlyList<FieldError> Errors(FormDefinition form, FormReading reading, FormSubmission before, AmendPost post)
    {
        var another =
            form.Fields.Where(f => f.Type == FieldType.IdNumber && reading.Facts.Text(f.Code) is { } now && now != before.Value(f.Code))
            .Select(f => new FieldError(f.Code, f.Label, "不能更正：换了证件号码就是另一个人。确实登记错了的，请终止本次献血后重新登记")).ToList();
        // What disagrees with a number that cannot be entered here is nothing to put right.
        List<FieldError> errors =
            [.. another, .. reading.Errors.Where(e => another.Count == 0 || form.Field(e.Code)?.FromIdNumber is null)];
        if (!AmendModel.Kinds.Contains(post.Kind)) errors.Add(new FieldError("_kind", "更正原因", "必填，请选择"));
        if (post.Kind == AmendModel.Kinds[^1] && post.Text.Length == 0) errors.Add(new FieldError("_text", "说明", "选“其他”时必填，请写明"));
        if (post.TextFault is { } fault) errors.Add(new FieldError("_text", "说明", fault));
        if (errors.Count == 0 && FieldChange.Between(form, before, reading.Submission!).Count == 0)
            errors.Add(new FieldError("_none", "没有改动", "内容与已保存的相同，不需要更正"));
        return errors;
    }

    /// <summary>The correction as it would be written: judged as far as the visit has been judged, with the history of that time.</summary>
    public Amended WorkOut(AmendAttempt attempt, FormSubmission now, IReadOnlyList<Signer> signed)
    {
        var (file, form) = (attempt.File, attempt.Form);
        var facts = files.Facts(file, attempt.Step, now)
            .Set(CollectionFacts.WrittenAt, CollectionFacts.MinuteOf(attempt.MadeAt, file.Configuration.Settings.TimeZone));
        VisitRuns.With(facts, now, form, signed.Count > 0 ? signed : StoredValues.Signers(attempt.Latest));
        var type = form.Code == VisitConfiguration.RegistrationForm
            ? now.Value(VisitConfiguration.DonationTypeField) ?? file.Visit.DonationType : file.Visit.DonationType;
        var visited = new VisitRun(file.Configuration, donors, file.Judged with { DonationType = type }, facts);
        var last = LastVerdict(file, form);
        if (last is not null) visited.JudgeAgain(last.Stage);
        return new Amended(now, FieldChange.Between(form, files.Restored(form, attempt.Latest), now), facts, visited,
            last is null ? null : Verdict.FromJson(last.Json));
    }

    /// <summary>What a correction of this form may change: whether the donor might give, or, from the needle on, how it was done.</summary>
    private static StoredVerdict? LastVerdict(VisitFile file, FormDefinition form)
    {
        if (SideForm.Is(form.Code)) return null;
        var verdicts = file.Verdicts.Where(v =>
            v.DonationType == file.Visit.DonationType && file.Configuration.Packs.Alone.Contains(v.Stage) == NeedleGate.Guards(form));
        return NeedleGate.Guards(form)
            ? verdicts.LastOrDefault(
                v => Verdict.FromJson(v.Json).Rules.Any(r => r.FactsUsed.Keys.Concat(r.MissingFacts).Any(f => form.Field(f) is not null)))
                : verdicts.LastOrDefault();
    }
}
