namespace Engine.Rules;

/// <summary>A donor's facts together with what the visit and the pack add: day, type and parameters.</summary>
internal sealed record VisitFacts(IFacts Facts, DateOnly VisitDate, string DonationType, IReadOnlyDictionary<string, object> Parameters) : IFacts
{
    public bool IsUnfit(string code) => Facts.IsUnfit(code);
    public decimal? Number(string code) => code[0] == '@' ? Parameters.GetValueOrDefault(code) as decimal? : Facts.Number(code);
    public DateOnly? Date(string code) => code == Term.VisitDate ? VisitDate : Facts.Date(code);
    public IReadOnlyList<DatedAmount>? Amounts(string code) => Facts.Amounts(code);

    public string? Text(string code) =>
        code == "donationType" ? DonationType : code[0] == '@' ? Parameters.GetValueOrDefault(code) as string : Facts.Text(code);
}

/// <summary>A rule on its way to a verdict; exceptions and replacements may still change its result.</summary>
internal sealed class JudgedRule(RulePack pack, string stage, Rule rule, VisitFacts facts, RuleResult result)
{
    public RulePack Pack => pack;
    public string Stage => stage;
    public Rule Rule => rule;
    public RuleResult Result { get; set; } = result;

    /// <summary>The exception or replacement that changed the result.</summary>
    public Rule? By { get; set; }

    public RuleVerdict ToVerdict()
    {
        var until = Result is RuleResult.Failed or RuleResult.Excepted ? RuleEvaluation.Until(rule, facts) : null;
        return new RuleVerdict(
            rule.Id, pack.Id, pack.Version, pack.Hash, pack.Layer, stage, rule.Clause, rule.Title, Result, Contribution(),
            until, Text(until), FactsUsed(), Missing(), rule.LowersTarget, rule.Mandatory, rule.Source, rule.Status)
        {
            DonorText = Result == RuleResult.Failed && rule.DonorText is { } told ? RuleText.Fill(told, rule, facts, until) : null,
            CheckAgain = Result == RuleResult.Failed && rule.CheckAgain ? true : null,
        };
    }

    private RuleOutcome Contribution() => Result switch
    {
        RuleResult.Failed => rule.Outcome,
        RuleResult.Error => RuleOutcome.Block,
        RuleResult.NotConfigured when rule.Mandatory => RuleOutcome.Block,
        // The target says what is missing.
        RuleResult.Missing => rule.ExceptionTo is null ? RuleOutcome.Missing : RuleOutcome.Pass,
        _ => RuleOutcome.Pass,
    };

    private string? Text(DateOnly? until) => Result switch
    {
        RuleResult.Failed => RuleText.Fill(rule, facts, until),
        RuleResult.Missing when By is not null => $"{RuleText.Fill(rule, facts, RuleEvaluation.Until(rule, facts))}；{By.Title} 待定",
        RuleResult.Missing when rule.Facts.Where(facts.IsUnfit).ToList() is { Count: > 0 } unfit => $"{string.Join("、", unfit)} 的值不在目录中，按未知处理，不能判定：{rule.Title}",
        RuleResult.Missing => $"缺少所需信息，不能判定：{rule.Title}",
        RuleResult.Error => $"“{rule.Title}”这条规则自相矛盾，已阻断；请联系规则管理人员",
        RuleResult.Excepted => $"{RuleText.Fill(rule, facts, until)}；按“{By!.Title}”放行",
        RuleResult.Replaced => $"由“{By!.Title}”代替：{By.Replaces!.Reason}（{By.Replaces.Approver}，至 {By.Replaces.Expires:yyyy-MM-dd}）",
        RuleResult.NotConfigured => $"{rule.Title}：{string.Join("、", RuleEvaluation.UnsetParameters(rule, facts.Parameters).Select(Label))}未设置{(rule.Mandatory ? "；强制性条款，已阻断" : "")}",
        _ => null,
    };

    private string Label(string parameter) => pack.Parameters!.First(p => p.Name == parameter).Label;

    private SortedDictionary<string, string> FactsUsed()
    {
        var used = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var code in rule.Facts)
            if (RuleText.Show(code, rule, facts) is { } text) used[code] = text;
        return used;
    }

    private List<string> Missing() => Result == RuleResult.Missing ? [.. RuleEvaluation.UnknownFacts(By ?? rule, facts)] : [];
}
