namespace Engine.Rules;

/// <summary>What makes a pack unfit, found before anyone is judged by it. Paths are JSON paths into the pack.</summary>
public static class RulePackCheck
{
    private static readonly string[] Statuses = ["C2", "C", "S", "L", "G", "D"];

    /// <summary>Everything that can be seen in the pack alone.</summary>
    public static IReadOnlyList<PackError> Structure(RulePack pack) =>
    [
        .. Head(pack),
        .. Duplicates("$.donationTypes", pack.DonationTypes.Select(t => t.Code)),
        .. Duplicates("$.stages", pack.Stages.Select(s => s.Code)),
        .. Duplicates("$.parameters", (pack.Parameters ?? []).Select(p => p.Name)),
        .. Duplicates("$.ruleSets", pack.RuleSets.Select(s => s.Stage)),
        .. Duplicates("$.ruleSets[*].rules", pack.Rules.Select(r => r.Id)),
        .. (pack.Parameters ?? []).SelectMany((p, i) => ParameterCheck.Value(p, p.Value, p.Unit, $"$.parameters[{i}]")
            .Concat(Status(p.Status, $"$.parameters[{i}]"))),
        .. (pack.Consents ?? []).SelectMany((c, i) => Consent(pack, c, $"$.consents[{i}]")),
        .. pack.RuleSets.SelectMany((set, i) => set.Rules.SelectMany((rule, j) => Rule(pack, set, rule, $"$.ruleSets[{i}].rules[{j}]"))),
        .. pack.RuleSets.SelectMany((set, i) => Error(pack.Stages.All(s => s.Code != set.Stage),
            $"$.ruleSets[{i}].stage", $"未知步骤 {set.Stage}；可用：{string.Join("、", pack.Stages.Select(s => s.Code))}")),
    ];

    /// <summary>Every fact must be in the catalogue, with the kind and unit the conditions use.</summary>
    public static IReadOnlyList<PackError> Against(FactCatalog catalog, RulePack pack) =>
        pack.RuleSets.SelectMany((set, i) => set.Rules.SelectMany((rule, j) => FactCheck.Rule(catalog, pack, rule, $"$.ruleSets[{i}].rules[{j}]"))).ToList();

    private static IEnumerable<PackError> Head(RulePack pack) =>
    [
        .. Error(!IsName(pack.Id), "$.id", "须为 1–64 位英文字母、数字、连字符、点或下划线"),
        .. Error(pack.Version.Length is 0 or > 40, "$.version", "须为 1–40 字"),
        .. Error(pack.EffectiveTo < pack.EffectiveFrom, "$.effectiveTo", "不能早于 effectiveFrom"),
        .. Error(pack.Generator is < 1 or > ExpressionGenerator.Version, "$.generator",
            $"本系统的生成器版本为 {ExpressionGenerator.Version}，不能使用更新版本的规则包"),
        .. Error(pack.Stages.SkipWhile(s => !s.Alone).Any(s => !s.Alone), "$.stages", "alone 的步骤须排在最后"),
        .. Error(pack.DonationTypes.Count == 0, "$.donationTypes", "至少一种献血类型"),
    ];

    private static IEnumerable<PackError> Rule(RulePack pack, RuleSet set, Rule rule, string path) =>
    [
        .. Error(!IsName(rule.Id), path + ".id", "须为 1–64 位英文字母、数字、连字符、点或下划线"),
        .. Error(rule.Outcome is RuleOutcome.Pass or RuleOutcome.Missing, path + ".outcome",
            "只能是 prompt、defer-visit、defer-until、defer-permanently 或 block"),
        .. Error((rule.Outcome == RuleOutcome.DeferUntil) != (rule.Until is not null), path + ".until",
            "outcome 为 defer-until 时必填，其他结果不能填"),
        .. (rule.DonationTypes ?? []).Where(t => pack.DonationTypes.All(d => d.Code != t))
            .Select(t => new PackError(path + ".donationTypes", $"未知献血类型 {t}，请先在 donationTypes 中声明")),
        .. Error(rule.DonationTypes is { Count: 0 }, path + ".donationTypes", "不能为空；对所有类型有效时请删除此项"),
        .. Status(rule.Status, path),
        .. Exception(pack, set, rule, path),
        .. Error(rule.Replaces is not null && pack.Layer == RuleLayer.National, path + ".replaces", "国家层没有可替代的上层规则"),
        .. Error(rule.Replaces is { } r && (string.IsNullOrWhiteSpace(r.Reason) || string.IsNullOrWhiteSpace(r.Approver)), path + ".replaces", "reason（为什么）和 approver（谁批准）不能为空"),
        .. rule.Leaves.SelectMany(leaf => ParameterCheck.Leaf(pack, leaf, path)),
        .. RuleText.UnknownPlaceholders(pack, rule, rule.DonorText ?? "").Select(p => new PackError(path + ".donorText", $"占位符 {{{p}}} 不是本规则用到的事实或参数")),
        .. RuleText.UnknownPlaceholders(pack, rule, rule.Text).Select(p => new PackError(path + ".text",
            $"不认识的占位符 {{{p}}}；可用：{string.Join(" ", RuleText.Placeholders(pack, rule).Select(k => $"{{{k}}}"))}")),
    ];

    private static IEnumerable<PackError> Consent(RulePack pack, ReplacementConsent consent, string path) =>
    [
        .. Error(pack.Layer == RuleLayer.Station, path, "只有省能同意血站代替规则"),
        .. Error(string.IsNullOrWhiteSpace(consent.Reason) || string.IsNullOrWhiteSpace(consent.Approver), path, "reason（为什么）和 approver（谁同意）不能为空"),
    ];

    private static IEnumerable<PackError> Exception(RulePack pack, RuleSet set, Rule rule, string path)
    {
        if (rule.ExceptionTo is not { } id) return [];
        var target = pack.Rules.FirstOrDefault(r => r.Id == id);
        return
        [
            .. Error(target is null, path + ".exceptionTo", $"本规则包没有规则 {id}；例外只能写在被放行规则所在的规则包，下层不能放行上层规则"),
            .. Error(target is not null && !set.Rules.Contains(target), path + ".exceptionTo", $"规则 {id} 不在同一步骤 {set.Stage}"),
            .. Error(target?.ExceptionTo is not null || id == rule.Id, path + ".exceptionTo", "例外不能再有例外"),
        ];
    }

    private static IEnumerable<PackError> Duplicates(string path, IEnumerable<string> codes) =>
        codes.GroupBy(c => c, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => new PackError(path, $"{g.Key} 重复，请改名或删除"));

    private static IEnumerable<PackError> Status(string status, string path) =>
        Error(!Statuses.Contains(status), path + ".status", "只能是 " + string.Join(" ", Statuses));

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    internal static IEnumerable<PackError> Error(bool wrong, string path, string remedy) => wrong ? [new PackError(path, remedy)] : [];
}

/// <summary>Parameters: declared, of the right kind and unit, inside their range.</summary>
internal static class ParameterCheck
{
    public static IEnumerable<PackError> Value(PackParameter parameter, object? value, string? unit, string path)
    {
        var number = value as decimal?;
        return
        [
            .. RulePackCheck.Error(value is not null && (parameter.Kind == ParameterKind.Number) != number.HasValue, path + ".value",
                parameter.Kind == ParameterKind.Number ? $"{parameter.Label}须为数字" : $"{parameter.Label}须为选项代码"),
            .. RulePackCheck.Error(value is string code && parameter.Kind == ParameterKind.Choice && (parameter.Options ?? []).All(o => o.Code != code),
                path + ".value", $"{parameter.Label}的选项：{string.Join("、", (parameter.Options ?? []).Select(o => o.Code))}"),
            .. RulePackCheck.Error(number < parameter.Min || number > parameter.Max, path + ".value",
                $"{parameter.Label}须在 {parameter.Min} 至 {parameter.Max} {parameter.Unit} 之间"),
            .. RulePackCheck.Error(unit != parameter.Unit, path + ".unit", $"{parameter.Label}的单位须为 {parameter.Unit ?? "（无）"}"),
        ];
    }

    public static IEnumerable<PackError> Leaf(RulePack pack, Comparison leaf, string path)
    {
        foreach (var term in leaf.Values.Append(leaf.Term).OfType<ParameterTerm>())
        {
            var found = (pack.Parameters ?? []).FirstOrDefault(p => p.Name == term.Name);
            if (found is null) yield return new PackError(path, $"参数 {term.Name} 未在 parameters 中声明");
            else foreach (var error in Fit(found, leaf, path)) yield return error;
        }
    }

    private static IEnumerable<PackError> Fit(PackParameter parameter, Comparison leaf, string path)
    {
        var isNumber = parameter.Kind == ParameterKind.Number;
        var ordering = leaf.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual or ComparisonOperator.In or ComparisonOperator.Known);
        return
        [
            .. RulePackCheck.Error(!isNumber && ordering, path, $"选项参数 {parameter.Name} 只能用 ==、!= 或 in 比较"),
            .. RulePackCheck.Error(leaf.Values.Any(v => isNumber ? v is string or DateOnly : v is decimal or DateOnly), path, $"参数 {parameter.Name} 与比较值类型不同"),
            .. RulePackCheck.Error(isNumber && leaf.Operator != ComparisonOperator.Known && leaf.Unit != parameter.Unit, path, $"参数 {parameter.Name} 的单位为 {parameter.Unit ?? "（无）"}"),
            .. leaf.Term is ParameterTerm && !isNumber
                ? leaf.Values.OfType<string>().Where(v => (parameter.Options ?? []).All(o => o.Code != v)).Select(v => new PackError(path, $"参数 {parameter.Name} 没有选项 {v}"))
                : [],
        ];
    }
}

/// <summary>Facts: known to the catalogue, of the kind and unit a leaf takes them for.</summary>
internal static class FactCheck
{
    public static IEnumerable<PackError> Rule(FactCatalog catalog, RulePack pack, Rule rule, string path) =>
    [
        .. rule.Leaves.SelectMany(leaf => Leaf(catalog, pack, leaf, path)),
        .. rule.Until?.From is { } from ? Kind(catalog, from, path + ".until.from", FactKind.Date) : [],
    ];

    private static IEnumerable<PackError> Leaf(FactCatalog catalog, RulePack pack, Comparison leaf, string path) => leaf.Term switch
    {
        ElapsedTerm term => Kind(catalog, term.Fact, path, FactKind.Date),
        DifferenceTerm term => [.. Number(catalog, term.Fact, leaf.Unit, path), .. Number(catalog, term.Minus, leaf.Unit, path)],
        AggregateTerm term => Aggregate(catalog, term, leaf.Unit, path),
        FactTerm term when leaf.Operator == ComparisonOperator.Known => Kind(catalog, term.Fact, path),
        FactTerm term => Fact(catalog, pack, term.Fact, leaf, path),
        _ => [],
    };

    private static IEnumerable<PackError> Fact(FactCatalog catalog, RulePack pack, string code, Comparison leaf, string path) => leaf.Values[0] switch
    {
        decimal => Number(catalog, code, leaf.Unit, path),
        DateOnly => Kind(catalog, code, path, FactKind.Date),
        ParameterTerm p when (pack.Parameters ?? []).Any(d => d.Name == p.Name && d.Kind == ParameterKind.Number) => Number(catalog, code, leaf.Unit, path),
        ParameterTerm => Kind(catalog, code, path, FactKind.Choice, FactKind.Text),
        _ => [.. Kind(catalog, code, path, FactKind.YesNo, FactKind.Choice, FactKind.Text), .. leaf.Values.OfType<string>().SelectMany(v => Option(catalog, code, v, path))],
    };

    private static IEnumerable<PackError> Aggregate(FactCatalog catalog, AggregateTerm term, string? unit, string path) =>
    [
        .. Kind(catalog, term.Fact, path, FactKind.DatedAmounts),
        .. term.IsSum ? Unit(catalog.Find(term.Fact), unit, path) : RulePackCheck.Error(unit is not null, path, "count 没有单位，请删除 unit"),
        .. term.Plus is { } plus ? Number(catalog, plus, unit, path) : [],
    ];

    private static IEnumerable<PackError> Number(FactCatalog catalog, string code, string? unit, string path) =>
        [.. Kind(catalog, code, path, FactKind.Number), .. Unit(catalog.Find(code), unit, path)];

    private static IEnumerable<PackError> Unit(FactDefinition? fact, string? unit, string path) =>
        RulePackCheck.Error(fact is not null && fact.Unit != unit, path, $"{fact?.Code} 的单位须写 {fact?.Unit ?? "（无）"}，现为 {unit ?? "（无）"}");

    private static IEnumerable<PackError> Option(FactCatalog catalog, string code, string value, string path) => catalog.Find(code) switch
    {
        { Kind: FactKind.YesNo } => RulePackCheck.Error(value is not ("yes" or "no"), path, $"{code} 只能与 yes 或 no 比较"),
        { Options: { } options } => RulePackCheck.Error(options.All(o => o.Code != value), path, $"{code} 没有选项 {value}"),
        _ => [],
    };

    private static IEnumerable<PackError> Kind(FactCatalog catalog, string code, string path, params FactKind[] allowed) => catalog.Find(code) switch
    {
        null => [new PackError(path, $"未知事实 {code}；请更正拼写，或先在表单、检测项目或模块中定义")],
        { } fact when allowed.Length > 0 && !allowed.Contains(fact.Kind) => [new PackError(path, $"{code} 的类型为 {fact.Kind}，不能这样比较")],
        _ => [],
    };
}
