namespace Platform.Rules;

/// <summary>The packs that judge a visit together: national, province, station. All their rules apply; a lower layer adds.</summary>
public sealed class PackSet
{
    private readonly Dictionary<CompiledPack, Dictionary<string, object>> _parameters = [];

    private PackSet(IReadOnlyList<CompiledPack> packs)
    {
        Packs = packs;
        Stages = packs.Count == 0 ? [] : packs[0].Pack.Stages.Select(s => s.Code).ToList();
        Alone = packs.Count == 0 ? new HashSet<string>() : packs[0].Pack.Stages.Where(s => s.Alone).Select(s => s.Code).ToHashSet(StringComparer.Ordinal);
        DonationTypes = packs.Count == 0 ? [] : packs[0].Pack.DonationTypes;
    }

    /// <summary>From the highest layer to the lowest.</summary>
    public IReadOnlyList<CompiledPack> Packs { get; }

    /// <summary>All stages of a visit, in order.</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>Stages judged by their own rules only; they never decide whether the donor may give blood.</summary>
    public IReadOnlySet<string> Alone { get; }

    /// <summary>The stage after which blood may be taken: the last that is not judged alone. Null without any.</summary>
    public string? DecidingStage => Stages.LastOrDefault(s => !Alone.Contains(s));

    public IReadOnlyList<NamedCode> DonationTypes { get; }

    /// <summary>Puts packs together.</summary>
    /// <exception cref="RulePackException">They contradict each other; paths begin with the pack's id.</exception>
    public static PackSet Of(IEnumerable<CompiledPack> packs)
    {
        var set = new PackSet(packs.OrderBy(p => p.Pack.Layer).ThenBy(p => p.Pack.Id, StringComparer.Ordinal).ToList());
        var errors = PackSetCheck.Errors(set.Packs.Select(p => p.Pack).ToList());
        if (errors.Count > 0) throw new RulePackException(errors);
        foreach (var pack in set.Packs) set._parameters[pack] = set.Resolve(pack.Pack);
        return set;
    }

    /// <summary>The packs in force on a day; of several versions of one pack the latest to have come into force.</summary>
    /// <exception cref="RulePackException">They contradict each other.</exception>
    public static PackSet InForce(IEnumerable<CompiledPack> packs, DateOnly day) =>
        Of(packs.Where(p => p.Pack.IsInForce(day)).GroupBy(p => p.Pack.Id).Select(g => g.MaxBy(p => p.Pack.EffectiveFrom)!));

    /// <summary>The named stage and all before it, as an assessment re-runs them; a stage judged alone is only itself.</summary>
    /// <exception cref="ArgumentException">No such stage.</exception>
    public IReadOnlySet<string> StagesUpTo(string stage) =>
        Stages.Contains(stage)
            ? Stages.TakeWhile(s => s != stage && !Alone.Contains(stage)).Where(s => !Alone.Contains(s)).Append(stage).ToHashSet(StringComparer.Ordinal)
            : throw new ArgumentException($"未知步骤 {stage}；可用：{string.Join("、", Stages)}", nameof(stage));

    /// <summary>A number that a pack of the set declares, as its layers have set it; null when none has.</summary>
    public decimal? NumberParameter(string name) =>
        Packs.Select(p => Parameters(p).GetValueOrDefault("@" + name)).OfType<decimal>().Select(value => (decimal?)value).FirstOrDefault();

    /// <summary>Parameters of a pack that have a value, its own or a lower layer's, by slot name (<c>@name</c>).</summary>
    internal IReadOnlyDictionary<string, object> Parameters(CompiledPack pack) => _parameters[pack];

    private Dictionary<string, object> Resolve(RulePack pack)
    {
        var values = (pack.Parameters ?? []).Where(p => p.Value is not null).ToDictionary(p => "@" + p.Name, p => p.Value!, StringComparer.Ordinal);
        // Packs run from the highest layer to the lowest, so the most local setting is the last to be written.
        foreach (var setting in Packs.SelectMany(p => p.Pack.Settings ?? []).Where(s => s.Pack == pack.Id))
            values["@" + setting.Parameter] = setting.Value;
        return values;
    }
}

/// <summary>What makes packs unfit to stand together.</summary>
public static class PackSetCheck
{
    /// <param name="packs">From the highest layer to the lowest.</param>
    public static IReadOnlyList<PackError> Errors(IReadOnlyList<RulePack> packs) =>
    [
        .. RulePackCheck.Error(packs.Count == 0, "$", "没有任何规则包；没有规则不能放行"),
        .. Doubles(packs.Select(p => (p.Id, p.Id)), "规则包"),
        .. Doubles(packs.SelectMany(p => p.Rules.Select(r => (p.Id, r.Id))), "规则"),
        .. packs.Skip(1).SelectMany(p => Vocabulary(packs[0], p)),
        .. packs.SelectMany(p => p.Rules.Where(r => r.Replaces is not null).SelectMany(r => Replaces(packs, p, r))),
        .. packs.SelectMany(p => p.Rules).Where(r => r.Replaces is not null).GroupBy(r => r.Replaces!.Rule).Where(g => g.Count() > 1)
            .Select(g => new PackError(g.Key, "被多条规则替代：" + string.Join("、", g.Select(r => r.Id)))),
        .. packs.SelectMany(p => (p.Settings ?? []).SelectMany((s, i) => Setting(packs, p, s, $"{p.Id}: $.settings[{i}]"))),
        .. Doubles(packs.SelectMany(p => (p.Settings ?? []).Select(s => (p.Id, $"{p.Layer} {s.Pack}.{s.Parameter}"))), "参数设置"),
    ];

    private static IEnumerable<PackError> Doubles(IEnumerable<(string Pack, string Id)> ids, string what) =>
        ids.GroupBy(i => i.Id, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => new PackError(g.Key, $"{what}重复，出现在 {string.Join("、", g.Select(i => i.Pack))}；请改名或只留一个"));

    private static IEnumerable<PackError> Vocabulary(RulePack top, RulePack pack)
    {
        var order = pack.Stages.Select(s => top.Stages.Select(t => t.Code).ToList().IndexOf(s.Code)).ToList();
        var alone = top.Stages.Where(s => s.Alone).Select(s => s.Code).ToList();
        return
        [
            .. RulePackCheck.Error(order.Contains(-1) || !order.SequenceEqual(order.Order()), $"{pack.Id}: $.stages",
                $"须取自 {top.Id} 的步骤并保持其顺序：{string.Join("、", top.Stages.Select(s => s.Code))}"),
            .. pack.Stages.Where(s => s.Alone != alone.Contains(s.Code) && order.Count > 0 && !order.Contains(-1)).Select(s => new PackError(
                $"{pack.Id}: $.stages", $"步骤 {s.Code} 的 alone 须与 {top.Id} 相同")),
            .. pack.DonationTypes.Where(t => top.DonationTypes.All(d => d.Code != t.Code)).Select(t => new PackError(
                $"{pack.Id}: $.donationTypes", $"{t.Code} 不在 {top.Id} 中；下层不能增加上层没有规则的献血类型")),
        ];
    }

    private static IEnumerable<PackError> Replaces(IReadOnlyList<RulePack> packs, RulePack pack, Rule rule)
    {
        var path = $"{pack.Id}: {rule.Id}.replaces";
        var owner = packs.FirstOrDefault(p => p.Rules.Any(r => r.Id == rule.Replaces!.Rule));
        var target = owner?.Rules.First(r => r.Id == rule.Replaces!.Rule);
        return
        [
            .. RulePackCheck.Error(target is null, path, $"没有规则 {rule.Replaces!.Rule}"),
            .. RulePackCheck.Error(owner is not null && owner.Layer >= pack.Layer, path, "只能替代上层规则；本层规则请直接修改"),
            .. RulePackCheck.Error(target is { Mandatory: true }, path, $"{rule.Replaces.Rule} 为强制性条款，不能替代；只能另加更严的规则"),
            .. RulePackCheck.Error(target is not null && Stage(owner!, target) != Stage(pack, rule), path, $"须与 {rule.Replaces.Rule} 在同一步骤"),
        ];
    }

    private static string Stage(RulePack pack, Rule rule) => pack.RuleSets.First(s => s.Rules.Contains(rule)).Stage;

    private static IEnumerable<PackError> Setting(IReadOnlyList<RulePack> packs, RulePack pack, ParameterSetting setting, string path)
    {
        var owner = packs.FirstOrDefault(p => p.Id == setting.Pack);
        var parameter = owner?.Parameters?.FirstOrDefault(p => p.Name == setting.Parameter);
        if (parameter is null) return [new PackError(path, $"规则包 {setting.Pack} 没有参数 {setting.Parameter}")];
        return
        [
            .. RulePackCheck.Error(owner!.Layer >= pack.Layer, path, "只能设置上层规则包的参数；本包参数请直接填 value"),
            .. RulePackCheck.Error(parameter.Value is not null, path, $"{setting.Parameter} 已由 {owner.Id} 规定，下层不能改；需要更严时请另加规则"),
            .. ParameterCheck.Value(parameter, setting.Value, setting.Unit, path),
        ];
    }
}
