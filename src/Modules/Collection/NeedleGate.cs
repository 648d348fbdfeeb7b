using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Forms;
using Platform.Rules;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>
/// No needle without identity, consent, a verdict that allows it and a second person, whatever flow or form a station has drawn up.
/// Looked at inside the transaction that writes the form, on what is stored at that moment.
/// </summary>
internal sealed class NeedleGate(Store store, VisitFiles files)
{
    private const int People = 2;

    /// <summary>Whether the form says that a needle is or was in a donor.</summary>
    public static bool Guards(FormDefinition form) => CollectionFacts.AtTheNeedle.Any(code => form.Field(code) is not null);

    /// <summary>Why the form must not be written, zh-CN; null when it may. A correction of a form that is there is not asked again.</summary>
    public async Task<string?> RefusalAsync(
        Visit visit, VisitConfiguration configuration, string step, FormDefinition form, FormSubmission submission, IReadOnlyList<StepSigner> signers, CancellationToken cancel)
    {
        if (!Guards(form)) return null;
        var stored = await store.Set<Submission>().AsNoTracking().Where(s => s.VisitId == visit.Id).OrderBy(s => s.At).ToListAsync(cancel);
        if (stored.Exists(s => s.Step == step)) return null;
        var verdicts = await store.Set<StoredVerdict>().AsNoTracking().Where(v => v.VisitId == visit.Id).OrderBy(v => v.At).ThenBy(v => v.Id).ToListAsync(cancel);
        return State(visit) ?? Consent(files.Facts(configuration, stored)) ?? Verdict(visit, configuration.Packs, verdicts) ?? Identity(configuration, stored, form, submission, signers);
    }

    private static string? State(Visit visit) =>
        visit.State != VisitStates.Open ? "本次献血已结束，不能采集"
        : visit.DonationNumber is null ? "还没有献血编号，不能采集。请先完成献血前评估" : null;

    private static string? Consent(FactBag facts) =>
        facts.Text(CollectionFacts.ConsentSigned) == "yes" ? null : "献血者还没有签署知情同意，不能采集。请先完成知情同意与健康征询";

    /// <summary>The last word on whether the donor may give blood, at the deciding stage.</summary>
    private static string? Verdict(Visit visit, PackSet packs, List<StoredVerdict> verdicts)
    {
        var last = verdicts.LastOrDefault(v => v.DonationType == visit.DonationType && !packs.Alone.Contains(v.Stage));
        if (last is null || last.Stage != packs.DecidingStage) return "还没有献血前评估的判定，不能采集";
        var allows = last.Outcome == nameof(RuleOutcome.Pass) || (last.Outcome == nameof(RuleOutcome.Prompt) && last.ConfirmedBecause is not null);
        return allows ? null : $"最后一次判定为“{OutcomeWords.Of(Enum.Parse<RuleOutcome>(last.Outcome))}”，不能采集";
    }

    private static string? Identity(VisitConfiguration configuration, List<Submission> stored, FormDefinition form, FormSubmission submission, IReadOnlyList<StepSigner> signers)
    {
        if (form.Field(CollectionFacts.BedsideIdentity) is not null)
            return submission.Value(CollectionFacts.BedsideIdentity) == "yes" ? Second(signers) : "床旁身份核对不符，不能采集。请停止操作，重新核对身份";
        var check = stored.LastOrDefault(s => configuration.Form(s.Form).Field(CollectionFacts.BedsideIdentity) is not null);
        return check is null ? "还没有采前核对，不能采集" : Second(VisitFiles.Signers(check));
    }

    private static string? Second(IReadOnlyList<StepSigner> signers) =>
        signers.Where(s => s.Method == SigningMethods.Pin).Select(s => s.PersonId).Distinct(StringComparer.Ordinal).Count() >= People ? null : "采前核对须由两人各自签名，不能采集";
}

/// <summary>A needle form came as far as being written without the gate's leave: a fault of the product, never of the person.</summary>
public sealed class NeedleGateException(string refusal) : Exception(refusal);
