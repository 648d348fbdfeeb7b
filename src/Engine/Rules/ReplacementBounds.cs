namespace Engine.Rules;

/// <summary>How far a rule may stand in for another: somebody says why, for a year at most, and a station has the province's consent.</summary>
public static class ReplacementBounds
{
    private const int LongestYears = 1;

    /// <param name="packs">All that would be in force together.</param>
    public static IEnumerable<PackError> Errors(IReadOnlyList<RulePack> packs, RulePack pack) =>
        pack.Rules.Where(r => r.Replaces is not null).SelectMany(r => Errors(packs, pack, r, r.Replaces!));

    private static IEnumerable<PackError> Errors(IReadOnlyList<RulePack> packs, RulePack pack, Rule rule, Replacement replaces)
    {
        var path = $"{rule.Id}.replaces";
        if (pack.EffectiveFrom is { } from && replaces.Expires > from.AddYears(LongestYears))
            yield return new PackError(path + ".expires", $"代替最长 {LongestYears} 年：应不晚于 {from.AddYears(LongestYears):yyyy-MM-dd}，现为 {replaces.Expires:yyyy-MM-dd}；到期后重新批准");
        if (pack.Layer != RuleLayer.Station) yield break;
        var consent = packs.Where(p => p.Layer != RuleLayer.Station).SelectMany(p => p.Consents ?? []).FirstOrDefault(c => c.Rule == replaces.Rule && c.Pack == pack.Id);
        if (consent is null) yield return new PackError(path, $"血站代替 {replaces.Rule} 须经省同意：请省级规则包在 consents 中写明 rule、pack、reason、approver、expires");
        else if (replaces.Expires > consent.Expires) yield return new PackError(path + ".expires", $"省同意到 {consent.Expires:yyyy-MM-dd} 为止，不能更晚");
    }
}
