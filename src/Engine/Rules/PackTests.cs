using System.Text.Json;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>Outcome of one case of a <c>*.tests.json</c>; no failures = passed.</summary>
public sealed record PackTestResult(string Name, IReadOnlyList<string> Failures);

/// <summary>Runs the cases kept beside a pack; the test suite, the editor and publishing all ask here.</summary>
public static class PackTests
{
    private sealed record Document(IReadOnlyList<string> Packs, JsonElement Facts, IReadOnlyList<Case> Cases);

    private sealed record Case(string Name, DateOnly Date, string Type, string UpTo, Expected Expect, JsonElement? Facts = null);

    private sealed record Expected(
        RuleOutcome Outcome,
        DateOnly? Until = null,
        IReadOnlyList<string>? Failed = null,
        IReadOnlyList<string>? Missing = null,
        IReadOnlyDictionary<string, RuleResult>? Rules = null,
        string? TextContains = null);

    /// <summary>Ids of the packs the cases ask together.</summary>
    /// <exception cref="RulePackException">The document cannot be read.</exception>
    public static IReadOnlyList<string> PacksOf(string testsJson)
    {
        using var json = RulePackJson.Parse(testsJson);
        return RulePackJson.Deserialize<Document>(json.RootElement).Packs;
    }

    /// <summary>Runs every case.</summary>
    /// <param name="available">Packs to choose from by id.</param>
    /// <exception cref="RulePackException">The document cannot be read or names an unknown pack.</exception>
    public static IReadOnlyList<PackTestResult> Run(string testsJson, IReadOnlyList<CompiledPack> available)
    {
        using var json = RulePackJson.Parse(testsJson);
        var document = RulePackJson.Deserialize<Document>(json.RootElement);
        if (document.Cases.Count == 0) throw new RulePackException("$.cases", "至少一个用例");
        var set = PackSet.Of(document.Packs.Select(id => available.FirstOrDefault(p => p.Pack.Id == id)
            ?? throw new RulePackException("$.packs", $"没有规则包 {id}")));
        return document.Cases.Select((c, i) => Run(set, document.Facts, c, $"$.cases[{i}]")).ToList();
    }

    private static PackTestResult Run(PackSet set, JsonElement common, Case test, string path)
    {
        try
        {
            var facts = FactsJson.Read(common, "$.facts");
            if (test.Facts is { } own) FactsJson.Add(facts, own, path + ".facts");
            var verdict = RuleEvaluation.Evaluate(set, set.StagesUpTo(test.UpTo), test.Type, facts, test.Date);
            return new PackTestResult(test.Name, Compare(test.Expect, verdict).ToList());
        }
        catch (Exception error) when (error is DocumentFaultException or ArgumentException)
        {
            return new PackTestResult(test.Name, [$"{path}: {error.Message}"]);
        }
    }

    private static IEnumerable<string> Compare(Expected expect, Verdict verdict)
    {
        if (verdict.Outcome != expect.Outcome) yield return $"结论应为 {expect.Outcome}，实为 {verdict.Outcome}（{Reasons(verdict)}）";
        if (verdict.Until != expect.Until) yield return $"日期应为 {expect.Until?.ToString("yyyy-MM-dd") ?? "无"}，实为 {verdict.Until?.ToString("yyyy-MM-dd") ?? "无"}";
        var failed = verdict.Rules.Where(r => r.Result == RuleResult.Failed).Select(r => r.RuleId).Order(StringComparer.Ordinal).ToList();
        var wanted = (expect.Failed ?? []).Order(StringComparer.Ordinal).ToList();
        if (!failed.SequenceEqual(wanted)) yield return $"不合格规则应为 [{string.Join(" ", wanted)}]，实为 [{string.Join(" ", failed)}]";
        if (expect.Missing is { } missing && !missing.Order(StringComparer.Ordinal).SequenceEqual(verdict.MissingFacts.Order(StringComparer.Ordinal)))
            yield return $"缺少的事实应为 [{string.Join(" ", missing)}]，实为 [{string.Join(" ", verdict.MissingFacts)}]";
        foreach (var (id, result) in expect.Rules ?? new Dictionary<string, RuleResult>())
            if (verdict.Rules.FirstOrDefault(r => r.RuleId == id)?.Result is var actual && actual != result)
                yield return $"规则 {id} 应为 {result}，实为 {actual?.ToString() ?? "未参与判定"}";
        if (expect.TextContains is { } text && !verdict.Rules.Any(r => r.Text?.Contains(text, StringComparison.Ordinal) == true))
            yield return $"没有任何规则的说明包含“{text}”";
    }

    private static string Reasons(Verdict verdict) => string.Join("；", verdict.Rules
        .Where(r => r.Outcome != RuleOutcome.Pass).Select(r => $"{r.RuleId} {r.Result} {string.Join(",", r.MissingFacts)}{r.Text}"));
}
