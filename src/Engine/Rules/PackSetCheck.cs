namespace Engine.Rules;

/// <summary>What makes packs unfit to stand together.</summary>
public static class PackSetCheck
{
    /// <param name="packs">From the highest layer to the lowest.</param>
    public static IReadOnlyList<PackError> Errors(IReadOnlyList<RulePack> packs) =>
    [
        .. RulePackCheck.Error(packs.Count == 0, "$", "没有任何规则包；没有规则不能放行"),
        .. Doubles(packs, p => [p.Id], "$.id", "规则包"),
        .. Doubles(packs, p => p.Rules.Select(r => r.Id), "$.ruleSets", "规则"),
        .. Doubles(packs, p => (p.Parameters ?? []).Select(r => r.Name), "$.parameters", "参数"),
        .. packs.Skip(1).SelectMany(p => In(p, Vocabulary(packs[0], p))),
        .. packs.SelectMany(p => In(p, p.Rules.Where(r => r.Replaces is not null).SelectMany(r => Replaces(packs, p, r)))),
        .. packs.SelectMany(p => p.Rules.Where(r => r.Replaces is not null).Select(r => (Pack: p, Rule: r))).GroupBy(r => r.Rule.Replaces!.Rule).Where(g => g.Count() > 1)
            .SelectMany(g => In(g.Last().Pack, [new PackError("$.ruleSets", $"{g.Key} 被多条规则替代：{string.Join("、", g.Select(r => r.Rule.Id))}；请只留一条")])),
        .. packs.SelectMany(p => In(p, (p.Settings ?? []).SelectMany((s, i) => Setting(packs, p, s, $"$.settings[{i}]")))),
        .. packs.SelectMany(p => In(p, (p.Settings ?? []).GroupBy(s => (s.Pack, s.Parameter)).Where(g => g.Count() > 1)
            .Select(g => new PackError("$.settings", $"参数 {g.Key.Pack}.{g.Key.Parameter} 设置了两次，请只留一个")))),
    ];

    private static IEnumerable<PackError> In(RulePack pack, IEnumerable<PackError> errors) => errors.Select(e => e with { Pack = pack.Id });

    /// <summary>Whoever comes second, from above, has to give way: the name belongs to the first.</summary>
    private static IEnumerable<PackError> Doubles(IReadOnlyList<RulePack> packs, Func<RulePack, IEnumerable<string>> names, string path, string what) =>
        packs.SelectMany(p => names(p).Select(name => (Pack: p, Name: name))).GroupBy(n => n.Name, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .SelectMany(g => In(g.Last().Pack, [new PackError(path, $"{what} {g.Key} 已在 {string.Join("、", g.SkipLast(1).Select(n => n.Pack.Id))} 中声明，属于它；请改名或删除")]));

    private static IEnumerable<PackError> Vocabulary(RulePack top, RulePack pack)
    {
        var order = pack.Stages.Select(s => top.Stages.Select(t => t.Code).ToList().IndexOf(s.Code)).ToList();
        var alone = top.Stages.Where(s => s.Alone).Select(s => s.Code).ToList();
        return
        [
            .. RulePackCheck.Error(order.Contains(-1) || !order.SequenceEqual(order.Order()), "$.stages",
                $"须取自 {top.Id} 的步骤并保持其顺序：{string.Join("、", top.Stages.Select(s => s.Code))}"),
            .. pack.Stages.Where(s => s.Alone != alone.Contains(s.Code) && order.Count > 0 && !order.Contains(-1)).Select(s => new PackError(
                "$.stages", $"步骤 {s.Code} 的 alone 须与 {top.Id} 相同")),
            .. pack.DonationTypes.Where(t => top.DonationTypes.All(d => d.Code != t.Code)).Select(t => new PackError(
                "$.donationTypes", $"{t.Code} 不在 {top.Id} 中；下层不能增加上层没有规则的献血类型")),
        ];
    }

    private static IEnumerable<PackError> Replaces(IReadOnlyList<RulePack> packs, RulePack pack, Rule rule)
    {
        var path = $"{rule.Id}.replaces";
        var owner = packs.FirstOrDefault(p => p.Rules.Any(r => r.Id == rule.Replaces!.Rule));
        var target = owner?.Rules.First(r => r.Id == rule.Replaces!.Rule);
        return
        [
            .. target is null ? new[] { new PackError(path, $"没有规则 {rule.Replaces!.Rule}") { NamesNothing = true } } : [],
            .. RulePackCheck.Error(owner is not null && owner.Layer >= pack.Layer, path, "只能替代上层规则；本层规则请直接修改"),
            .. RulePackCheck.Error(target is { Mandatory: true }, path, $"{rule.Replaces!.Rule} 为强制性条款，不能替代；只能另加更严的规则"),
            .. RulePackCheck.Error(target is not null && Stage(owner!, target) != Stage(pack, rule), path, $"须与 {rule.Replaces!.Rule} 在同一步骤"),
        ];
    }

    private static string Stage(RulePack pack, Rule rule) => pack.RuleSets.First(s => s.Rules.Contains(rule)).Stage;

    private static IEnumerable<PackError> Setting(IReadOnlyList<RulePack> packs, RulePack pack, ParameterSetting setting, string path)
    {
        var owner = packs.FirstOrDefault(p => p.Id == setting.Pack);
        var parameter = owner?.Parameters?.FirstOrDefault(p => p.Name == setting.Parameter);
        if (parameter is null) return [new PackError(path, owner is null ? $"没有生效的规则包 {setting.Pack}" : $"规则包 {setting.Pack} 没有参数 {setting.Parameter}") { NamesNothing = owner is null }];
        return
        [
            .. RulePackCheck.Error(owner!.Layer >= pack.Layer, path, "只能设置上层规则包的参数；本包参数请直接填 value"),
            .. RulePackCheck.Error(parameter.Value is not null, path, $"{setting.Parameter} 已由 {owner.Id} 规定，下层不能改；需要更严时请另加规则"),
            .. ParameterCheck.Value(parameter, setting.Value, setting.Unit, path),
            .. packs.Where(p => p.Layer < pack.Layer).SelectMany(p => p.Settings ?? []).Where(s => (s.Pack, s.Parameter) == (setting.Pack, setting.Parameter))
                .SelectMany(above => RulePackCheck.Error(!ParameterTightening.Holds(owner, setting.Parameter, above.Value, setting.Value), path + ".value",
                    $"上层已把{parameter.Label}设为 {above.Value}，{setting.Value} 不更严；本层只能设得更严，或删去此项")),
        ];
    }
}
