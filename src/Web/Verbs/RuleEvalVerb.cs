using System.Globalization;
using System.Text.Json;
using Engine.Canonical;
using Engine.Rules;
using Modules.Collection;
using Platform.Publishing;

namespace Web.Verbs;

/// <summary><c>rules eval</c>: what the rules of a station say to given facts, one set of them or one a line, on any day, with drafts or without. Facts that do not fit the catalogue are refused.</summary>
internal static class RuleEvalVerb
{
    private sealed record Call(string Type, string? Stage, DateOnly? Date, bool Json);

    private const int Refused = 2;

    public static async Task<int> RunAsync(Maintenance maintenance, VerbArguments arguments)
    {
        var (name, text) = FactFile.Read(arguments.Require("facts"));
        var call = new Call(arguments.Require("type"), arguments.Option("stage"), Day(arguments.Option("date")), arguments.Has("json"));
        await using var rehearsal = await Rehearsal.OpenAsync(maintenance, arguments.Require("station"));
        return await rehearsal.RunAsync(async services =>
        {
            var read = new Dictionary<DateOnly, StationRules>();
            async Task<StationRules> On(DateOnly? day)
            {
                if (day is { } known && read.TryGetValue(known, out var found)) return found;
                var rules = await StationRules.ReadAsync(services, day, arguments.All("with"));
                return read[rules.Day] = rules;
            }
            return FactFile.Lines(text) is { } lines ? await ManyAsync(name, lines, call, On) : await OneAsync(name, text, call, On);
        });
    }

    private static async Task<int> OneAsync(string file, string text, Call call, Func<DateOnly?, Task<StationRules>> on)
    {
        using var json = Named(file, () => FactsJson.Parse(text));
        Show(await JudgeAsync(file, json.RootElement, call, on), call.Json);
        return 0;
    }

    /// <summary>A line that cannot be judged says so in its place; the others are judged all the same.</summary>
    private static async Task<int> ManyAsync(string file, IReadOnlyList<(int Number, string Text)> lines, Call call, Func<DateOnly?, Task<StationRules>> on)
    {
        var refused = 0;
        foreach (var (number, text) in lines)
        {
            try
            {
                using var json = Named(file, () => FactsJson.Parse(text));
                var verdict = await JudgeAsync(file, json.RootElement, call, on);
                Console.WriteLine(JsonSerializer.Serialize(new { Line = number, verdict.DonationType, verdict.VisitDate, Result = Outcome(verdict), verdict.Rules, verdict.Packs }, FindingsOutput.OneLine));
            }
            catch (Exception e) when (e is SetException or VerbException)
            {
                refused++;
                var findings = e is SetException set ? set.Findings : [new SetFinding(file, "$", e.Message)];
                Console.WriteLine(JsonSerializer.Serialize(new { Line = number, Findings = findings.Select(FindingsOutput.Of) }, FindingsOutput.OneLine));
            }
        }
        return refused == 0 ? 0 : Refused;
    }

    private static async Task<Verdict> JudgeAsync(string file, JsonElement json, Call call, Func<DateOnly?, Task<StationRules>> on)
    {
        var set = FactFile.SetOf(json);
        var rules = await on(Day(set.Date) ?? call.Date);
        var facts = Named(file, () => FactsJson.Read(set.Facts));
        SetException.ThrowIfAny([.. FactScreen.Faults(rules.Facts, facts).Select(f => new SetFinding(file, "$." + f.Code, f.Remedy))]);
        var (type, stage) = (set.Type ?? call.Type, set.Stage ?? call.Stage ?? rules.Packs.DecidingStage ?? rules.Packs.Stages[^1]);
        if (!rules.Packs.Stages.Contains(stage)) throw new VerbException($"没有步骤 {stage}，可用：{string.Join("、", rules.Packs.Stages)}");
        if (rules.Packs.DonationTypes.All(t => t.Code != type)) throw new VerbException($"没有献血类型 {type}，可用：{string.Join("、", rules.Packs.DonationTypes.Select(t => t.Code))}");
        CollectionFacts.AddDerived(facts, rules.Day, rules.Packs.NumberParameter);
        return RuleEvaluation.Evaluate(rules.Packs, rules.Packs.StagesUpTo(stage), type, FactScreen.Admit(rules.Facts, facts), rules.Day);
    }

    private static T Named<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DocumentFaultException e)
        {
            throw new SetException([new SetFinding(file, e.Path, e.Remedy)]);
        }
    }

    private static object Outcome(Verdict verdict) => new { verdict.Outcome, verdict.Until, verdict.MissingFacts, verdict.TargetMayBeLowered };

    private static void Show(Verdict verdict, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { verdict.DonationType, verdict.VisitDate, Result = Outcome(verdict), verdict.Rules, verdict.Packs }, FindingsOutput.Json));
            return;
        }
        Console.WriteLine($"{verdict.DonationType} {verdict.VisitDate:yyyy-MM-dd}：{OutcomeWords.Of(verdict.Outcome)}{(verdict.Until is { } until ? $"，可于 {until:yyyy-MM-dd} 起" : "")}");
        foreach (var rule in verdict.Rules) Console.WriteLine($"  {rule.RuleId,-12} {rule.Result,-14} {rule.Text ?? rule.Title}");
    }

    private static DateOnly? Day(string? text) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : throw new VerbException($"日期 {text} 不是 yyyy-MM-dd");
}
