using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>
/// No needle without identity, consent, a verdict that allows it and a second person, whatever flow or form a station has drawn up.
/// Looked at inside the transaction that writes the form, on what is stored at that moment.
/// </summary>
internal sealed class NeedleGate(Store store, VisitFiles files, IDonors donors, IWaitingResults results, TimeProvider clock)
{
    private const int People = 2;

    /// <summary>Whether the form says that a needle is or was in a donor.</summary>
    public static bool Guards(FormDefinition form) => CollectionFacts.AtTheNeedle.Any(code => form.Field(code) is not null);

    /// <summary>Answers, examination and tests are believed for the day they were given on. What is done after the needle may be entered after midnight.</summary>
    public static string? LeftOver(Visit visit, VisitConfiguration configuration, IEnumerable<Submission> submissions,
        DateTimeOffset now) =>
        visit.State != VisitStates.Open || visit.Day >= configuration.Settings.LocalDate(now)
            || submissions.Any(s => configuration.Form(s.Form).Field(CollectionFacts.NeedleAt) is not null) ? null
        : $"本次献血登记于 {visit.Day:yyyy-MM-dd}，当天没有采集。征询、检查和检测只在当天有效：请终止献血，再重新登记";

    /// <summary>Whether a form is filled in with the donor still to be stuck: everything but what tells of a run.</summary>
    public static bool BeforeNeedle(FormDefinition form) => !Guards(form) || form.Field(CollectionFacts.BedsideIdentity) is not null;

    /// <summary>Why the form must not be written, zh-CN; null when it may.</summary>
    public async Task<string?> RefusalAsync(Visit visit, VisitConfiguration configuration, FilledRecord record, CancellationToken cancel)
    {
        var stored = await store.Set<Submission>().AsNoTracking().Where(s => s.SubjectId == visit.Id).OrderBy(s => s.At)
            .ToListAsync(cancel);
        var verdicts = await store.Set<StoredVerdict>().AsNoTracking().Where(v => v.VisitId == visit.Id).OrderBy(v => v.At)
            .ThenBy(v => v.Id).ToListAsync(cancel);
        return await RefusalAsync(new VisitAtNeedle(visit, configuration, stored, verdicts), record.Form, record.Submission, record.Signers,
            cancel);
    }

    /// <param name="form">One that <see cref="Guards"/> holds for.</param>
    internal async Task<string?> RefusalAsync(VisitAtNeedle at, FormDefinition form, FormSubmission submission,
        IReadOnlyList<Signer> signers, CancellationToken cancel)
    {
        var (visit, configuration, stored, verdicts) = at;
        return State(visit) ?? (BeforeNeedle(form) ? LeftOver(visit, configuration, stored, clock.GetUtcNow()) : null)
            ?? Consent(files.Facts(configuration, stored))
            ?? (form.Field(CollectionFacts.BedsideIdentity) is null ? Recorded(visit, configuration, stored, verdicts)
                : await BeforeNeedleAsync(at, submission, signers, cancel));
    }

    private async Task<string?> BeforeNeedleAsync(VisitAtNeedle at, FormSubmission submission, IReadOnlyList<Signer> signers,
        CancellationToken cancel) =>
        Verdict(at.Visit, at.Configuration.Packs, at.Verdicts) ?? await DeferredAsync(at.Visit, cancel)
            ?? await UnseenAsync(at.Visit, at.Configuration, at.Stored, cancel)
        ?? (submission.Value(CollectionFacts.BedsideIdentity) == "yes" ? Second(signers) : "床旁身份核对不符，不能采集。请停止操作，重新核对身份");

    /// <summary>What was done is put on record even when the donor turns out unfit afterwards: it is judged by what was known at the check before the needle, whose later corrections are no check.</summary>
    private static string? Recorded(Visit visit, VisitConfiguration configuration, List<Submission> stored, List<StoredVerdict> verdicts) =>
        stored.LastOrDefault(s =>
            s.AmendsVersion is null && configuration.Form(s.Form).Field(CollectionFacts.BedsideIdentity) is not null) is { } check
            ? Verdict(visit, configuration.Packs, [.. verdicts.Where(v => v.At <= check.At)]) ?? Second(StoredValues.Signers(check))
            : "还没有采前核对，不能采集";

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
        var allows = last.Outcome == nameof(RuleOutcome.Pass)
            || (last.Outcome == nameof(RuleOutcome.Prompt) && last.ConfirmedBecause is not null);
        return allows ? null : $"最后一次判定为“{OutcomeWords.Of(Enum.Parse<RuleOutcome>(last.Outcome))}”，不能采集";
    }

    /// <summary>What the file says since the verdict looked into it: a result or a call-back of an earlier visit may have come meanwhile.</summary>
    private async Task<string?> DeferredAsync(Visit visit, CancellationToken cancel)
    {
        var judged = JsonSerializer.Deserialize<DonorHistory>(visit.HistoryJson)!.Deferrals;
        var since = (await donors.DeferralsAsync(visit.DonorId, cancel)).FirstOrDefault(d =>
            !judged.Contains(d) && (d.DonationType is null || d.DonationType == visit.DonationType)
                && (d.Until is null || d.Until > visit.Day));
        return since is null ? null : $"评估之后登记了新的暂缓（{since.Reason}），不能采集。请先重新评估";
    }

    /// <summary>What an analyser has sent for the sample since its tests were signed, a corrected value perhaps, and nobody has looked at.</summary>
    private async Task<string?> UnseenAsync(Visit visit, VisitConfiguration configuration, List<Submission> stored,
        CancellationToken cancel)
    {
        var tested = stored.Where(s => configuration.Form(s.Form) is var form && !Guards(form)
            && form.Fields.Any(f => f.TestItem is not null)).Select(s => (DateTimeOffset?)s.At).Max();
        if (tested is not { } signed || visit.SampleNumber is not { } sample
            || await results.SinceAsync(sample, signed, cancel) is not { } unseen) return null;
        return $"检测提交以后，{unseen.Device}又传来样本 {sample} 的结果，还没有人处理，不能采集。请先在“待处理结果”中核对：数值有变的先更正检测，再写明原因不采用这条结果";
    }

    private static string? Second(IReadOnlyList<Signer> signers) =>
        signers.Where(s => s.Method == SigningMethods.Pin).Select(s => s.PersonId).Distinct(StringComparer.Ordinal).Count() >= People ? null
            : "采前核对须由两人各自签名，不能采集";
}

/// <summary>A visit as it is stored when the gate is asked.</summary>
/// <param name="Stored">Oldest first.</param>
/// <param name="Verdicts">Oldest first.</param>
internal sealed record VisitAtNeedle(Visit Visit, VisitConfiguration Configuration, List<Submission> Stored, List<StoredVerdict> Verdicts);
