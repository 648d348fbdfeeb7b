using System.Globalization;
using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

/// <summary>RulesEngine's answers against the direct evaluation of the same trees, on seeded random trees and facts.</summary>
public class DifferentialTests
{
    private const string Parameters = """
        "parameters":[{"name":"low","label":"低","kind":"number","value":3,"source":"试","status":"G"},
          {"name":"kind","label":"种","kind":"choice","value":"A","options":[{"code":"A","label":"甲"},{"code":"B","label":"乙"}],"source":"试","status":"G"}],
        """;

    private static readonly Dictionary<string, object> ParameterFacts = new() { ["@low"] = 3m, ["@kind"] = "A" };

    [Fact]
    public void Given_random_trees_and_facts_When_both_evaluate_Then_they_agree_in_three_values()
    {
        var random = new Random(20261122);
        var seen = new Dictionary<RuleResult, int>();
        for (var i = 0; i < 8; i++)
        {
            var rules = Enumerable.Range(0, 20).Select(n => MadePacks.Rule($"R-{n}", Tree(random, 3), random.Next(3) == 0 ? $$"""{"appliesWhen":{{Tree(random, 2)}}}""" : "{}"));
            var pack = MadePacks.Compile(MadePacks.Json(string.Join(",", rules), more: Parameters));
            var set = PackSet.Of([pack]);
            for (var j = 0; j < 40; j++) Agree(set, pack, Facts(random), seen);
        }

        Assert.All([RuleResult.Satisfied, RuleResult.Failed, RuleResult.Missing, RuleResult.NotApplicable], r => Assert.True(seen.GetValueOrDefault(r) > 500, $"{r}: {seen.GetValueOrDefault(r)}"));
    }

    private static void Agree(PackSet set, CompiledPack pack, FactBag facts, Dictionary<RuleResult, int> seen)
    {
        var verdict = RuleEvaluation.Evaluate(set, MadePacks.Tests, "apheresis-platelets", facts, MadePacks.Day);
        facts.Set("visitDate", MadePacks.Day);
        foreach (var (code, value) in ParameterFacts) facts.Set(code, value);
        foreach (var rule in pack.Pack.Rules)
        {
            var expected = Expected(rule, facts);
            Assert.True(expected == verdict.Result(rule.Id), $"{rule}: {expected} / {verdict.Result(rule.Id)} on {string.Join(",", facts.All)}");
            seen[expected] = seen.GetValueOrDefault(expected) + 1;
        }
    }

    private static RuleResult Expected(Rule rule, FactBag facts) => (rule.AppliesWhen is null ? true : rule.AppliesWhen.Evaluate(facts), rule.Require.Evaluate(facts)) switch
    {
        (false, _) => RuleResult.NotApplicable,
        (true, true) => RuleResult.Satisfied,
        (true, false) => RuleResult.Failed,
        _ => RuleResult.Missing,
    };

    private static string Tree(Random random, int depth) => (depth == 0 ? 9 : random.Next(6)) switch
    {
        0 => $$"""{"all":[{{Tree(random, depth - 1)}},{{Tree(random, depth - 1)}},{{Tree(random, depth - 1)}}]}""",
        1 => $$"""{"any":[{{Tree(random, depth - 1)}},{{Tree(random, depth - 1)}}]}""",
        2 => $$"""{"not":{{Tree(random, depth - 1)}}}""",
        _ => Leaf(random),
    };

    private static string Leaf(Random random)
    {
        var number = (random.Next(-20, 60) / 10m).ToString(CultureInfo.InvariantCulture);
        var op = Pick(random, "==", "!=", "<", "<=", ">", ">=");
        return random.Next(11) switch
        {
            0 => $$"""{"fact":"t{{random.Next(2)}}","op":"{{Pick(random, "==", "!=")}}","value":"{{Pick(random, "A", "B", "yes", "甲(单)]{")}}"}""",
            1 => $$"""{"fact":"t{{random.Next(2)}}","op":"in","value":["A","no"]}""",
            2 => $$"""{"fact":"n{{random.Next(2)}}","op":"in","value":[1,2.5,-1]}""",
            3 => $$"""{"fact":"d{{random.Next(2)}}","op":"{{op}}","value":"2026-11-{{random.Next(10, 30)}}"}""",
            4 => $$"""{"fact":"d{{random.Next(2)}}","op":"elapsed","value":{{random.Next(4)}},"unit":"{{Pick(random, "hours", "days", "weeks", "months", "years")}}"}""",
            5 => $$"""{"fact":"n0","minus":"n1","op":"{{op}}","value":{{number}}}""",
            6 => $$"""{"fact":"a0","aggregate":"{{Pick(random, "count", "sum")}}","window":{{Pick(random, "{\"months\":2}", "{\"days\":30}", "\"calendar-year\"")}},"op":"{{op}}","value":{{random.Next(5)}}}""",
            7 => $$"""{"fact":"a0","aggregate":"sum","window":{"years":1},"plus":"n0","op":"{{op}}","value":{{number}}}""",
            8 => $$"""{"fact":"{{Pick(random, "n0", "t0", "d0", "a0")}}","op":"known"}""",
            9 => random.Next(2) == 0 ? $$"""{"fact":"n0","op":"{{op}}","value":{"param":"low"} }""" : $$"""{"param":"kind","op":"{{Pick(random, "==", "!=")}}","value":"{{Pick(random, "A", "B")}}"}""",
            _ => $$"""{"fact":"n{{random.Next(2)}}","op":"{{op}}","value":{{number}}}""",
        };
    }

    /// <summary>Each fact is unknown in about a third of the cases, and now and then of a kind the leaf does not expect.</summary>
    private static FactBag Facts(Random random)
    {
        var facts = new FactBag();
        foreach (var code in new[] { "n0", "n1", "t0", "t1", "d0", "d1", "a0" })
            if (random.Next(3) > 0) facts.Set(code, Value(random, random.Next(30) == 0 ? "ntda"[random.Next(4)] : code[0]));
        return facts;
    }

    private static object Value(Random random, char kind) => kind switch
    {
        'n' => random.Next(-20, 60) / 10m,
        't' => Pick(random, "A", "B", "yes", "no", "甲(单)]{", "\"] == null || true || t[\"", "\\"),
        'd' => MadePacks.Day.AddDays(random.Next(-800, 30)),
        _ => Enumerable.Range(0, random.Next(4)).Select(_ => new DatedAmount(MadePacks.Day.AddDays(random.Next(-400, 10)), random.Next(3))).ToList(),
    };

    private static string Pick(Random random, params string[] options) => options[random.Next(options.Length)];
}
