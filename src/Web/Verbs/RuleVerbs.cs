using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Modules.Collection;
using Platform.Forms;
using Platform.Publishing;
using Platform.Rules;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Rules at the command line: which facts there are, what the rules say to given facts, and whether a stored verdict replays.</summary>
internal static class RuleVerbs
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static async Task<int> RunAsync(string what, string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args, "json");
        return what switch
        {
            "facts" => await FactsAsync(maintenance, arguments),
            "eval" => await EvaluateAsync(maintenance, arguments),
            "replay" => await ReplayAsync(maintenance, arguments),
            _ => throw new VerbException($"没有 rules {what}，可用：facts、eval、replay"),
        };
    }

    private static async Task<int> FactsAsync(Maintenance maintenance, VerbArguments arguments)
    {
        var catalog = await InForceAsync(maintenance, arguments.Option("station") ?? Tenant.Province, set => StationFacts.Of(set, maintenance.Services.GetServices<FactDefinition>()));
        if (arguments.Has("json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(catalog.All.Select(f => new { f.Code, f.Label, f.LabelEn, f.Kind, f.Unit, f.Min, f.Max, f.Decimals, f.Options, f.Source }), Json));
            return 0;
        }
        foreach (var fact in catalog.All)
            Console.WriteLine($"{fact.Code,-28} {fact.Label} / {fact.LabelEn} [{fact.Kind}{(fact.Unit is null ? "" : " " + fact.Unit)}] {Range(fact)} {string.Join("、", fact.Options?.Select(o => o.Code + "=" + o.Label) ?? [])}");
        return 0;
    }

    private static async Task<int> EvaluateAsync(Maintenance maintenance, VerbArguments arguments)
    {
        var facts = ReadFacts(arguments.Require("facts"));
        return await InForceAsync(maintenance, arguments.Require("station"), set =>
        {
            var packs = maintenance.Services.GetRequiredService<CompiledPacks>().Of(set);
            var date = Date(arguments.Option("date")) ?? StationSettings.Of(set).LocalDate(DateTimeOffset.UtcNow);
            var stage = arguments.Option("stage") ?? packs.DecidingStage ?? packs.Stages[^1];
            if (!packs.Stages.Contains(stage)) throw new VerbException($"没有步骤 {stage}，可用：{string.Join("、", packs.Stages)}");
            var stages = packs.StagesUpTo(stage);
            CollectionFacts.AddDerived(facts, date, packs.NumberParameter);
            var type = arguments.Require("type");
            if (packs.DonationTypes.All(t => t.Code != type)) throw new VerbException($"没有献血类型 {type}，可用：{string.Join("、", packs.DonationTypes.Select(t => t.Code))}");
            Show(RuleEvaluation.Evaluate(packs, stages, type, facts, date), arguments.Has("json"));
            return 0;
        });
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
        var packs = (await store.Set<PublishedDocument>().AsNoTracking().Where(d => d.Kind == DocumentKinds.RulePack).ToListAsync())
            .Select(d => compiled.Get(RulePackJson.Read(d.Json))).ToList();
        return [.. verdicts.Select(v => (v, RuleEvaluation.Replay(v.Json, packs)))];
    }

    private static async Task<T> InForceAsync<T>(Maintenance maintenance, string tenant, Func<InForce, T> use) =>
        await maintenance.Tenants.RunAsync((await maintenance.RunningTenantAsync(tenant)).Name, async services =>
            use(await services.GetRequiredService<Configuration>().AtAsync(services.GetRequiredService<TimeProvider>().GetUtcNow())));

    private static FactBag ReadFacts(string file)
    {
        if (!File.Exists(file)) throw new VerbException($"事实文件不存在：{file}");
        try
        {
            return FactsJson.Read(JsonDocument.Parse(File.ReadAllText(file)).RootElement);
        }
        catch (JsonException e)
        {
            throw new VerbException($"{file} 不是合法的 JSON：{e.Message}");
        }
    }

    private static DateOnly? Date(string? text) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : throw new VerbException($"--date {text} 不是 yyyy-MM-dd");

    private static void Show(Verdict verdict, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { verdict.DonationType, verdict.VisitDate, result = new { verdict.Outcome, verdict.Until, verdict.MissingFacts, verdict.TargetMayBeLowered }, verdict.Rules, verdict.Packs }, Json));
            return;
        }
        Console.WriteLine($"{verdict.DonationType} {verdict.VisitDate:yyyy-MM-dd}：{OutcomeWords.Of(verdict.Outcome)}{(verdict.Until is { } until ? $"，可于 {until:yyyy-MM-dd} 起" : "")}");
        foreach (var rule in verdict.Rules) Console.WriteLine($"  {rule.RuleId,-12} {rule.Result,-14} {rule.Text ?? rule.Title}");
    }

    private static void Show(List<(StoredVerdict Stored, Replay Replay)> replays, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(replays.Select(r => new { r.Stored.Id, r.Stored.Stage, r.Stored.DonationType, r.Stored.Outcome, r.Stored.Until, r.Replay.Same, r.Replay.Differences }), Json));
            return;
        }
        foreach (var (stored, replay) in replays)
            Console.WriteLine($"{stored.Stage,-14} {stored.DonationType,-20} {stored.Outcome,-16} {(replay.Same ? "重放一致" : "不一致：" + string.Join("；", replay.Differences))}");
    }

    private static string Range(FactDefinition fact) => fact.Min is null && fact.Max is null ? "" : $"{fact.Min}–{fact.Max}";
}
