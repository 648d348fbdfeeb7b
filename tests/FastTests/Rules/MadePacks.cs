using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Rules;

namespace FastTests.Rules;

/// <summary>Small packs written for one test.</summary>
internal static class MadePacks
{
    public static readonly DateOnly Day = new(2026, 11, 22);
    public static readonly IReadOnlySet<string> Tests = new HashSet<string> { "tests" };

    public static string Json(string rules, string id = "made", string layer = "national", string more = "") => $$"""
        {"id":"{{id}}","title":"试","titleEn":"made","layer":"{{layer}}","version":"1","effectiveFrom":"2020-01-01","generator":1,
         "donationTypes":[{"code":"apheresis-platelets","label":"单采血小板"}],
         "stages":[{"code":"tests","label":"检测"},{"code":"assessment","label":"评估"}],{{more}}
         "ruleSets":[{"stage":"tests","rules":[{{rules}}]}]}
        """;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A rule with everything required; <paramref name="more"/> overrides or adds properties.</summary>
    public static string Rule(string id, string require, string more = "{}")
    {
        var rule = JsonNode.Parse($$"""
            {"id":"{{id}}","clause":"第1条","title":"{{id}}","require":{{require}},"outcome":"defer-visit","text":"不合格","source":"试","status":"G"}
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) rule[name] = value?.DeepClone();
        return rule.ToJsonString(Readable);
    }

    /// <summary>A province's pack that lets a station's pack replace one rule.</summary>
    public static string Consent(string rule, string pack, string expires = "2027-06-30") => Json("", "p", "province",
        $$""" "consents":[{"rule":"{{rule}}","pack":"{{pack}}","reason":"已评估","approver":"省医学负责人","expires":"{{expires}}"}],""");

    public static CompiledPack Compile(string json) => CompiledPack.Compile(RulePackJson.Read(json));

    public static Verdict Judge(IFacts facts, params string[] packs) =>
        RuleEvaluation.Evaluate(PackSet.Of(packs.Select(Compile)), Tests, "apheresis-platelets", facts, Day);

    public static RuleResult Result(this Verdict verdict, string id) => verdict.Rules.Single(r => r.RuleId == id).Result;
}
