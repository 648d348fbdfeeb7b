using Engine.Forms;
using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Somebody hands donations over.</summary>
/// <param name="Chosen">Visits ticked.</param>
/// <param name="Fields">As posted.</param>
internal sealed record HandOverAttempt(Guid OperationId, Actor By, IReadOnlySet<Guid> Chosen, IReadOnlyDictionary<string, string> Fields)
    : Attempt(OperationId, By, ContentOf(Chosen, Fields))
{
    public string TakenBy => Text(Fields, Signatures.UserField + HandOverRoles.Taker);

    public string Remarks => Text(Fields, "remarks");

    /// <summary>Whatever is wrong with the list.</summary>
    public static FieldError Fault(string words) => new("_donations", "交接的献血", words);

    private static string ContentOf(IReadOnlySet<Guid> chosen, IReadOnlyDictionary<string, string> fields) =>
        "hand-over\n" + string.Join(",", chosen.Order()) + "\n" + Text(fields,
            Signatures.UserField + HandOverRoles.Taker) + "\n" + Text(fields, "remarks");

    private static string Text(IReadOnlyDictionary<string, string> fields, string name) => fields.GetValueOrDefault(name, "").Trim();
}

/// <summary>What both sides have agreed on and proved.</summary>
/// <param name="Signers">The giver, then the taker.</param>
internal sealed record AgreedHandOver(IReadOnlyList<DonationToHandOver> Donations, IReadOnlyList<Signer> Signers, string Remarks,
    bool Electronic);

/// <summary>The list both sides sign.</summary>
internal sealed record ListToSign(HandOverList List, IReadOnlyList<Signer> Signers) : ToSign(Signers, List.HandOver.Electronic)
{
    public override bool KeepsTrust => true;

    public override byte[] RecordFor(SigningTurn turn) => List.RecordFor(turn.Signer.Role, turn.Before);

    public override FieldError Words(SigningFault fault, Signer? signer) =>
        new("_signing", "电子签名", $"{(signer is null ? "" : HandOverRoles.Title(signer.Role) + "：")}{fault.Message}。{fault.Remedy}");
}

/// <summary>A hand-over signed by both sides: the giver first, then the taker over the same list and the giver's signature. Its number is part of what is signed.</summary>
internal sealed class GiveDonations(Store store, WaitingDonations waiting, Signatures signatures, WriteHandOver write, TenantContext tenant,
    StationClock station) : IAct<HandOverAttempt, AgreedHandOver>
{
    private const int LongestRemark = 200;

    private static IReadOnlyList<FormSigner> Sides { get; } = [.. HandOverRoles.All.Select(role => new FormSigner(
        role, HandOverRoles.Title(role), "", CollectionPermissions.HandOver, Pin: true, Handwriting: false,
        SecondPerson: role == HandOverRoles.Taker, When: null, Fact: null))];

    /// <summary>Whatever there is to refuse is told at once, before a key is opened.</summary>
    public async Task<Decision> DecideAsync(HandOverAttempt attempt, CancellationToken cancel)
    {
        var donations = await waiting.OfAsync([.. attempt.Chosen], cancel);
        var electronic = (await station.SettingsAsync(cancel)).Features.Contains(SigningSettings.Feature);
        var content = $"{attempt.Content}|{string.Join('|', donations.Select(d => d.Shown))}";
        var terms = new SigningTerms(new FactBag(), AuditTables.Sha256(content), electronic) { Another = "须由另一人接收，不能与交出人相同" };
        var proven = await signatures.ProveAsync(new PostedSignatures(attempt.By, Sides, attempt.Fields, content), terms, cancel);
        IReadOnlyList<FieldError> errors = [.. Errors(attempt, donations), .. proven.Errors];
        Decision decision = errors.Count > 0 ? new Decision.Wrong(errors)
            : new Decision.Ready<AgreedHandOver>(new AgreedHandOver(donations, proven.Signers, attempt.Remarks, electronic));
        return decision with { Kept = proven.Kept };
    }

    private static IEnumerable<FieldError> Errors(HandOverAttempt attempt, IReadOnlyList<DonationToHandOver> donations)
    {
        if (attempt.Chosen.Count == 0) yield return HandOverAttempt.Fault("请至少勾选一份");
        else if (donations.Count != attempt.Chosen.Count) yield return HandOverAttempt.Fault("其中有的已由他人交接，或更正后不再需要交接，列表已更新，请核对后重新提交");
        else
            foreach (var changed in donations.Where(d => attempt.Fields.GetValueOrDefault(d.ShownInput, "") != d.Shown))
                yield return HandOverAttempt.Fault($"{changed.DonationNumber} 在页面打开后有更正，列表已更新，请核对后重新提交");
        if (TypedText.Fault(attempt.Remarks, LongestRemark) is { } unfit) yield return new FieldError("_remarks", "备注", unfit);
    }

    /// <summary>The list with the number that is next now.</summary>
    public async Task<ToSign?> DraftAsync(HandOverAttempt attempt, AgreedHandOver agreed, CancellationToken cancel)
    {
        var (now, today) = (station.Now, await station.TodayAsync(cancel));
        var series = WriteHandOver.SeriesOf($"{today:yyyyMMdd}");
        var last = await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key == series).Select(n => n.Last)
            .SingleOrDefaultAsync(cancel);
        var (id, giver, taker) = (Guid.CreateVersion7(now), agreed.Signers[0], agreed.Signers[1]);
        List<HandOverLine> lines = [.. agreed.Donations.Select(d => Line(id, d))];
        HandOver Row(string hash) => new()
        {
            Id = id, Number = $"{today:yyyyMMdd}-{last + 1:00}", At = now, GivenById = giver.PersonId, GivenBy = giver.PersonName,
            TakenById = taker.PersonId, TakenBy = taker.PersonName,
            Remarks = agreed.Remarks.Length == 0 ? null : agreed.Remarks,
            Method = agreed.Electronic ? HandOverMethods.Certificate : HandOverMethods.Ink, ContentHash = hash,
        };
        HandOverList List(string hash) => new(tenant.Current.Name, Row(hash), lines);
        return new ListToSign(List(AuditTables.Sha256(List("").ToCanonicalJson())), agreed.Signers);
    }

    private static HandOverLine Line(Guid id, DonationToHandOver donation) => new()
    {
        VisitId = donation.VisitId, HandOverId = id, DonationNumber = donation.DonationNumber, DonationType = donation.DonationType,
        BloodGroup = donation.BloodGroup, VolumeMl = donation.VolumeMl, Units = donation.Units,
    };

    public Task<Decision> WriteAsync(HandOverAttempt attempt, AgreedHandOver agreed, Proof proof, CancellationToken cancel) =>
        write.RunAsync(((ListToSign)proof.Of!).List, agreed.Donations, proof, cancel);
}
