namespace Engine.Rules;

/// <summary>Judges facts by packs. Pure: the same packs and facts give the same verdict for ever.</summary>
public static class RuleEvaluation
{
    /// <summary>Judges one donation type.</summary>
    /// <param name="stages">Stages whose rules are asked; <see cref="PackSet.StagesUpTo"/> gives those of an assessment.</param>
    /// <param name="visitDate">Local date of the visit at the station.</param>
    /// <exception cref="ArgumentException">Unknown type or stage, or no stage.</exception>
    public static Verdict Evaluate(PackSet packs, IReadOnlySet<string> stages, string donationType, IFacts facts, DateOnly visitDate)
    {
        Require(packs, stages, donationType);
        var judged = packs.Packs
            .SelectMany(p => Judge(packs, p, stages, donationType, facts, visitDate))
            .OrderBy(r => packs.Stages.ToList().IndexOf(r.Stage)).ToList();
        Replace(packs, judged, visitDate);
        LiftExceptions(judged);
        var rules = judged.Select(j => j.ToVerdict()).ToList();
        var outcome = rules.Select(r => r.Outcome).DefaultIfEmpty(RuleOutcome.Pass).Max();
        return new Verdict(
            donationType, visitDate, packs.Stages.Where(stages.Contains).ToList(), outcome,
            outcome == RuleOutcome.DeferUntil ? Latest(rules) : null,
            rules.Where(r => r.Outcome == RuleOutcome.Missing).SelectMany(r => r.MissingFacts).Distinct().ToList(),
            outcome > RuleOutcome.Missing && rules.Where(r => r.Outcome > RuleOutcome.Missing).All(r => r.LowersTarget),
            rules,
            packs.Packs.Select(p => new PackReference(p.Pack.Id, p.Pack.Layer, p.Pack.Version, p.Pack.Hash)).ToList(),
            Stored(judged, facts), ExpressionGenerator.Version);
    }

    /// <summary>Judges a stored verdict again.</summary>
    /// <param name="packs">The packs it names, found by content hash; others are ignored.</param>
    public static Replay Replay(string storedVerdictJson, IReadOnlyList<CompiledPack> packs)
    {
        var stored = Verdict.FromJson(storedVerdictJson);
        var found = stored.Packs.Select(r => packs.FirstOrDefault(p => (p.Pack.Hash, p.Pack.Layer) == (r.Hash, r.Layer))).ToList();
        var absent = stored.Packs.Where((_, i) => found[i] is null).Select(r => $"缺少规则包 {r.Id} {r.Version}（{r.Hash}）").ToList();
        if (absent.Count > 0) return new Replay(null, absent);
        var facts = new FactBag();
        foreach (var (code, fact) in stored.Facts) facts.Set(code, fact.Value);
        var again = Evaluate(PackSet.AtWork(found!), stored.Stages.ToHashSet(StringComparer.Ordinal), stored.DonationType, facts, stored.VisitDate);
        return new Replay(again, Differences(stored, again with { Generator = stored.Generator }).ToList());
    }

    private static IEnumerable<string> Differences(Verdict stored, Verdict again)
    {
        if (Verdict.Canonical(stored).AsSpan().SequenceEqual(Verdict.Canonical(again))) yield break;
        if (stored.Outcome != again.Outcome) yield return $"结论：{stored.Outcome} → {again.Outcome}";
        if (stored.Until != again.Until) yield return $"日期：{stored.Until} → {again.Until}";
        foreach (var rule in stored.Rules)
        {
            var other = again.Rules.FirstOrDefault(r => r.RuleId == rule.RuleId);
            if (other is null || !Verdict.Canonical(rule).AsSpan().SequenceEqual(Verdict.Canonical(other)))
                yield return $"{rule.RuleId}：{rule.Result} → {other?.Result.ToString() ?? "无"}";
        }
        yield return "存档内容与重新判定的内容不同";
    }

    private static void Require(PackSet packs, IReadOnlySet<string> stages, string donationType)
    {
        if (packs.DonationTypes.All(t => t.Code != donationType))
            throw new ArgumentException($"未知献血类型 {donationType}；可用：{string.Join("、", packs.DonationTypes.Select(t => t.Code))}", nameof(donationType));
        if (stages.Count == 0 || !stages.IsSubsetOf(packs.Stages))
            throw new ArgumentException($"未知步骤 {string.Join("、", stages)}；可用：{string.Join("、", packs.Stages)}", nameof(stages));
    }

    private static IEnumerable<JudgedRule> Judge(
        PackSet packs, CompiledPack pack, IReadOnlySet<string> stages, string donationType, IFacts facts, DateOnly visitDate)
    {
        var seen = new VisitFacts(facts, visitDate, donationType, packs.Parameters(pack));
        foreach (var set in pack.Pack.RuleSets.Where(s => stages.Contains(s.Stage)))
        {
            var decisions = pack.Decide(set.Stage, seen);
            foreach (var rule in set.Rules.Where(r => r.IsFor(pack.Pack, donationType)))
                yield return new JudgedRule(pack.Pack, set.Stage, rule, seen, Result(rule, decisions[rule.Id], seen));
        }
    }

    private static RuleResult Result(Rule rule, Decision decision, VisitFacts facts)
    {
        var (isTrue, isFalse, notApplicable) = decision;
        if (isTrue && isFalse) return RuleResult.Error;
        // A value nobody can believe is no answer, also where the rule would be content with none.
        if (rule.Facts.Any(facts.IsUnfit)) return RuleResult.Missing;
        if (notApplicable) return RuleResult.NotApplicable;
        if (isFalse) return RuleResult.Failed;
        if (UnsetParameters(rule, facts.Parameters).Any() && UnknownFacts(rule, facts).Count == 0) return RuleResult.NotConfigured;
        return isTrue ? RuleResult.Satisfied : RuleResult.Missing;
    }

    internal static IEnumerable<string> UnsetParameters(Rule rule, IReadOnlyDictionary<string, object> parameters) =>
        rule.Leaves.SelectMany(l => l.Values.Append(l.Term)).OfType<ParameterTerm>()
            .Where(p => !parameters.ContainsKey(p.Slot)).Select(p => p.Name).Distinct();

    /// <summary>Facts to ask for: those that are unfit, else those that keep the rule open.</summary>
    internal static IReadOnlyList<string> UnknownFacts(Rule rule, VisitFacts facts)
    {
        if (rule.Facts.Where(facts.IsUnfit).ToList() is { Count: > 0 } unfit) return unfit;
        var open = rule.AppliesWhen is { } applies && applies.Evaluate(facts) is null ? applies : rule.Require;
        var asked = open.MissingFacts(facts).ToList();
        if (!UnsetParameters(rule, facts.Parameters).Any()) return asked;
        return asked.Where(f => !new FactTerm(f).IsKnown(facts)).ToList() is { Count: > 0 } unknown ? unknown : [.. open.OpenFacts(facts).Distinct(StringComparer.Ordinal)];
    }

    private static void Replace(PackSet packs, List<JudgedRule> judged, DateOnly visitDate)
    {
        foreach (var substitute in judged.Where(j => j.Rule.Replaces is not null))
        {
            if (visitDate > substitute.Rule.Replaces!.Expires)
            {
                substitute.Result = RuleResult.NotApplicable;
                continue;
            }
            if (!packs.MayReplace(substitute.Pack, substitute.Rule, visitDate)) continue;
            var decided = substitute.Result is RuleResult.Satisfied or RuleResult.Failed or RuleResult.Missing or RuleResult.Error;
            var target = judged.FirstOrDefault(j => j.Rule.Id == substitute.Rule.Replaces.Rule);
            if (decided && target is not null) (target.Result, target.By) = (RuleResult.Replaced, substitute.Rule);
        }
    }

    private static void LiftExceptions(List<JudgedRule> judged)
    {
        foreach (var exception in judged.Where(j => j.Rule.ExceptionTo is not null))
        {
            var target = judged.FirstOrDefault(j => j.Rule.Id == exception.Rule.ExceptionTo && j.Pack == exception.Pack);
            if (target?.Result != RuleResult.Failed) exception.Result = RuleResult.NotApplicable;
            else if (exception.Result == RuleResult.Satisfied) (target.Result, target.By) = (RuleResult.Excepted, exception.Rule);
            // An approval asked for and not yet given: whether the failure stands is not known.
            else if (exception.Result == RuleResult.Missing) (target.Result, target.By) = (RuleResult.Missing, exception.Rule);
        }
    }

    private static DateOnly? Latest(List<RuleVerdict> rules)
    {
        var dates = rules.Where(r => r.Outcome == RuleOutcome.DeferUntil).Select(r => r.Until).ToList();
        return dates.Contains(null) ? null : dates.Max();
    }

    /// <summary>First day the failed rule no longer stands in the way; null when no such day is certain.</summary>
    internal static DateOnly? Until(Rule rule, VisitFacts facts)
    {
        if (rule.Until is not { } until) return null;
        if (until.From is { } from)
            return facts.Date(from) is { } start ? until.Add is { } span ? span.After(start) : start : null;
        // Nothing but the day changes, so the requirement can turn only on the days on which one of its comparisons does.
        return rule.Require.Turns(facts).Where(day => day > facts.VisitDate).Distinct().Order()
            .Select(day => (DateOnly?)day).FirstOrDefault(day => rule.Require.Evaluate(facts with { VisitDate = day!.Value }) == true);
    }

    private static SortedDictionary<string, StoredFact> Stored(List<JudgedRule> judged, IFacts facts)
    {
        var stored = new SortedDictionary<string, StoredFact>(StringComparer.Ordinal);
        foreach (var code in judged.SelectMany(j => j.Rule.Facts))
            if (StoredFact.Of(facts, code) is { } fact) stored[code] = fact;
        return stored;
    }
}
