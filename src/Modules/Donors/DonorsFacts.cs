using Engine.Rules;
using Modules.Donors.Contracts;

namespace Modules.Donors;

/// <summary>What this module offers to rules. The history facts are set only when the whole province's history is known; a donor without an earlier donation has the fact "no", not a missing one.</summary>
internal static class DonorsFacts
{
    private const string Platelets = "apheresis-platelets";
    private const string WholeBlood = "whole-blood";
    private const string Plasma = "apheresis-plasma";

    /// <summary>Types of donation the facts know how to count. Intervals and yearly totals would pass over any other.</summary>
    public static IReadOnlyList<string> Counted { get; } = [Platelets, WholeBlood, Plasma];

    public static IReadOnlyList<FactDefinition> All { get; } =
    [
        new("age", "年龄", "Age", FactKind.Number, "years", 0, 150, Source: "Donors"),
        new("historyKnown", "全省献血史已查到", "Provincial history known", FactKind.YesNo, Source: "Donors"),
        new("previousDonations", "既往献血次数", "Earlier donations", FactKind.Number, null, 0, 10000, Source: "Donors"),
        new("hasWholeBlood", "献过全血", "Gave whole blood before", FactKind.YesNo, Source: "Donors"),
        new("lastWholeBloodOn", "上次全血日期", "Last whole-blood donation", FactKind.Date, Source: "Donors"),
        new("hasPlatelets", "献过单采血小板", "Gave platelets before", FactKind.YesNo, Source: "Donors"),
        new("lastPlateletsOn", "上次单采血小板日期", "Last platelet donation", FactKind.Date, Source: "Donors"),
        new("apheresisDonations", "历次单采（日期与毫升）", "Apheresis donations (date, mL)", FactKind.DatedAmounts, "mL", Source: "Donors"),
        new("hasDeferral", "有未到期的暂缓", "Deferral not yet over", FactKind.YesNo, Source: "Donors"),
        new("deferredUntil", "暂缓至", "Deferred until", FactKind.Date, Source: "Donors"),
        new("deferredPermanently", "永久屏蔽", "Deferred permanently", FactKind.YesNo, Source: "Donors"),
        new("knownAbo", "档案中的 ABO 血型", "ABO group on file", FactKind.Choice, Options: [new("A", "A"), new("B", "B"), new("O", "O"), new("AB", "AB")], Source: "Donors"),
        new("knownRhd", "档案中的 RhD 血型", "RhD on file", FactKind.Choice, Options: [new("pos", "阳性"), new("neg", "阴性")], Source: "Donors"),
        new("priorReaction", "以往有献血反应", "Earlier donation reaction", FactKind.YesNo, Source: "Donors"),
    ];

    public static void Add(FactBag facts, DonorHistory history, string donationType, DateOnly day)
    {
        if (history.Donations.Any(d => d.Reaction == true)) facts.Set("priorReaction", "yes");
        facts.Set("knownAbo", history.BloodGroup).Set("knownRhd", history.RhD);
        if (!history.Known) return;
        var donations = history.Donations.Where(d => d.On <= day).ToList();
        facts.Set("historyKnown", "yes").Set("previousDonations", donations.Count);
        SetLast(facts, "hasWholeBlood", "lastWholeBloodOn", donations.Where(d => d.DonationType == WholeBlood));
        SetLast(facts, "hasPlatelets", "lastPlateletsOn", donations.Where(d => d.DonationType == Platelets));
        facts.Set("apheresisDonations", donations.Where(d => d.DonationType != WholeBlood).Select(d => new DatedAmount(d.On, d.VolumeMl)).ToList());
        AddDeferrals(facts, history, donationType, day);
    }

    private static void AddDeferrals(FactBag facts, DonorHistory history, string donationType, DateOnly day)
    {
        var mine = history.Deferrals.Where(d => d.DonationType is null || d.DonationType == donationType).ToList();
        var open = mine.Where(d => d.Until > day).ToList();
        facts.Set("deferredPermanently", mine.Any(d => d.Permanent) ? "yes" : "no").Set("hasDeferral", open.Count > 0 ? "yes" : "no");
        if (open.Count > 0) facts.Set("deferredUntil", open.Max(d => d.Until));
    }

    private static void SetLast(FactBag facts, string has, string last, IEnumerable<EarlierDonation> donations)
    {
        var on = donations.Select(d => (DateOnly?)d.On).Max();
        facts.Set(has, on is null ? "no" : "yes").Set(last, on);
    }
}
