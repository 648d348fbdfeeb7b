using Engine.Documents;
using Engine.Rules;
using Modules.Collection.Contracts;

namespace Modules.Collection;

/// <summary>What a donor who does not give today takes home: addressed to him, with what he may know of why, and when and how to come again. His own paper, so that it names him in full.</summary>
/// <param name="Reasons">Words written for donors; nothing else of a rule is printed.</param>
/// <param name="AllTold">Nothing is left to be said in person.</param>
internal sealed record DeferralPapers(bool Permanent, RuleOutcome Outcome, DateOnly? Until, IReadOnlyList<string> Reasons, bool AllTold)
{
    /// <summary>Null while the visit has not ended that way.</summary>
    public static DeferralPapers? Of(VisitFile file) =>
        file.Visit.State == VisitStates.Deferred && file.Verdicts.LastOrDefault(v => v.DonationType == file.Visit.DonationType) is { } last ? Of(Verdict.FromJson(last.Json)) : null;

    public static DeferralPapers Of(Verdict verdict)
    {
        var failed = verdict.Rules.Where(r => r.Result == RuleResult.Failed && r.Outcome > RuleOutcome.Missing).ToList();
        return new DeferralPapers(verdict.Outcome == RuleOutcome.DeferPermanently, verdict.Outcome, verdict.Until,
            [.. failed.Select(r => r.DonorText).OfType<string>().Distinct(StringComparer.Ordinal)], failed.Count > 0 && failed.TrueForAll(r => r.DonorText is not null));
    }

    /// <summary>When to come again, in a sentence.</summary>
    public string Return => this switch
    {
        { Outcome: RuleOutcome.DeferUntil, Until: { } until } => $"请于 {until:yyyy 年 M 月 d 日} 及以后再来，那时欢迎您。",
        { Outcome: RuleOutcome.Block } => "能否再来、何时再来，请先打下面的电话问一问。",
        _ => "身体情况恢复正常以后，欢迎您再来；何时合适，可先打下面的电话问一问。",
    };

    public static DocumentData Slip(VisitFile file, IReadOnlyDictionary<string, string> station)
    {
        var papers = Of(file)!;
        var values = new Dictionary<string, string>(Addressed(file, station))
        {
            ["queueNumber"] = new QueuePlace(file.Visit.Day, file.Visit.QueueNumber).Shown, ["verdictTitle"] = "本次暂不献血", ["untilText"] = papers.Return,
            ["inPerson"] = papers.AllTold ? "" : papers.Reasons.Count == 0 ? "根据今天的征询和检查，这次先请您休息；具体情况请当面询问工作人员，我们会为您保密。" : "还有的情况请当面询问工作人员，我们会为您保密。",
        };
        var reasons = papers.Reasons.Select(text => (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { ["text"] = text + "。" }).ToList();
        return new DocumentData(values, new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> { ["reasons"] = reasons });
    }

    public static DocumentData Notice(VisitFile file, IReadOnlyDictionary<string, string> station) => new(Addressed(file, station));

    private static Dictionary<string, string> Addressed(VisitFile file, IReadOnlyDictionary<string, string> station) => new(station)
    {
        ["donorName"] = file.Donor.Name + (file.Donor.Sex == "F" ? "女士" : "先生"), ["footer"] = file.Configuration.Settings.Value("slipFooter"),
    };
}
