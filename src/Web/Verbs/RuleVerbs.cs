using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Collection;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Rules at the command line: which facts there are, what the rules say to given facts, and whether a stored verdict replays.</summary>
internal static class RuleVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        if (what is not ("facts" or "eval" or "check" or "replay")) throw new VerbException($"没有 rules {what}，可用：facts、eval、replay、check");
        var arguments = new VerbArguments(args, "json");
        await using var maintenance = await Maintenance.OpenAsync();
        return what switch
        {
            "facts" => await FactsAsync(maintenance, arguments),
            "eval" => await RuleEvalVerb.RunAsync(maintenance, arguments),
            "check" => await RuleCheckVerb.RunAsync(maintenance, arguments),
            _ => await ReplayAsync(maintenance, arguments),
        };
    }

    private static async Task<int> FactsAsync(Maintenance maintenance, VerbArguments arguments)
    {
        await using var rehearsal = await Rehearsal.OpenAsync(maintenance, arguments.Option("station") ?? Tenant.Province);
        var catalog = await rehearsal.RunAsync(async services => StationFacts.Of(await services.GetRequiredService<Publisher>().InForceNowAsync(), services.GetServices<FactDefinition>()));
        if (arguments.Has("json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(catalog.All.Select(f => new { f.Code, f.Label, f.LabelEn, f.Kind, f.Unit, f.Min, f.Max, f.Decimals, f.Options, f.Source }), FindingsOutput.Json));
            return 0;
        }
        foreach (var fact in catalog.All)
            Console.WriteLine($"{fact.Code,-28} {fact.Label} / {fact.LabelEn} [{fact.Kind}{(fact.Unit is null ? "" : " " + fact.Unit)}] {Range(fact)} {string.Join("、", fact.Options?.Select(o => o.Code + "=" + o.Label) ?? [])}");
        return 0;
    }

    private static async Task<int> ReplayAsync(Maintenance maintenance, VerbArguments arguments)
    {
        if (!Guid.TryParse(arguments.Require("visit"), out var visit)) throw new VerbException($"--visit {arguments.Require("visit")} 不是就诊编号：编号在本次献血页面的地址中");
        var stations = arguments.Option("station") is { } one ? [await maintenance.RunningTenantAsync(one)] : maintenance.Tenants.All.Where(t => !t.IsProvince && t.State == TenantState.Running).ToList();
        foreach (var station in stations)
        {
            var replays = await maintenance.Tenants.RunAsync(station.Name, services => ReplaysAsync(services, visit));
            if (replays.Count == 0) continue;
            Show(replays, arguments.Has("json"));
            return replays.All(r => r.Replay.Same) ? 0 : 1;
        }
        throw new VerbException($"没有就诊 {visit} 的判定");
    }

    private static async Task<List<(StoredVerdict Stored, Replay Replay)>> ReplaysAsync(IServiceProvider services, Guid visit)
    {
        var store = services.GetRequiredService<Store>();
        var verdicts = await store.Set<StoredVerdict>().AsNoTracking().Where(v => v.VisitId == visit).OrderBy(v => v.At).ThenBy(v => v.Id).ToListAsync();
        if (verdicts.Count == 0) return [];
        var compiled = services.GetRequiredService<CompiledPacks>();
        var zone = StationSettings.Of(await services.GetRequiredService<Publisher>().InForceNowAsync()).TimeZone;
        var packs = (await services.GetRequiredService<Configuration>().ApprovedAsync()).Where(d => d.Kind == DocumentKinds.RulePack)
            .Select(d => compiled.Get(PackDocuments.Read(d, zone))).ToList();
        return [.. verdicts.Select(v => (v, RuleEvaluation.Replay(v.Json, packs)))];
    }

    private static void Show(List<(StoredVerdict Stored, Replay Replay)> replays, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(replays.Select(r => new { r.Stored.Id, r.Stored.Stage, r.Stored.DonationType, r.Stored.Outcome, r.Stored.Until, r.Replay.Same, r.Replay.Differences }), FindingsOutput.Json));
            return;
        }
        foreach (var (stored, replay) in replays)
            Console.WriteLine($"{stored.Stage,-14} {stored.DonationType,-20} {stored.Outcome,-16} {(replay.Same ? "重放一致" : "不一致：" + string.Join("；", replay.Differences))}");
    }

    private static string Range(FactDefinition fact) => fact.Min is null && fact.Max is null ? "" : $"{fact.Min}–{fact.Max}";
}
