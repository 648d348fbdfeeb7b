namespace Engine.Rules;

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
    /// <exception cref="RulePackException">They contradict each other.</exception>
    public static PackSet Of(IEnumerable<CompiledPack> packs) => Of(packs, _ => true);

    /// <summary>Puts together what is in force: what names a pack that has run out meanwhile is without effect, and everything else judges as before.</summary>
    /// <exception cref="RulePackException">They contradict each other otherwise.</exception>
    public static PackSet AtWork(IEnumerable<CompiledPack> packs) => Of(packs, error => !error.NamesNothing);

    private static PackSet Of(IEnumerable<CompiledPack> packs, Func<PackError, bool> counts)
    {
        var set = new PackSet(packs.OrderBy(p => p.Pack.Layer).ThenByDescending(StagesOfTheNation).ThenBy(p => p.Pack.Id, StringComparer.Ordinal).ToList());
        var errors = PackSetCheck.Errors(set.Packs.Select(p => p.Pack).ToList()).Where(counts).ToList();
        if (errors.Count > 0) throw new RulePackException(errors);
        foreach (var pack in set.Packs) set._parameters[pack] = set.Resolve(pack.Pack);
        return set;
    }

    /// <summary>The stages of a visit are those of the national pack that has most of them; a second one may know fewer.</summary>
    private static int StagesOfTheNation(CompiledPack pack) => pack.Pack.Layer == RuleLayer.National ? pack.Pack.Stages.Count : 0;

    /// <summary>The named stage and all before it, as an assessment re-runs them; a stage judged alone is only itself.</summary>
    /// <exception cref="ArgumentException">No such stage.</exception>
    public IReadOnlySet<string> StagesUpTo(string stage) =>
        Stages.Contains(stage)
            ? Stages.TakeWhile(s => s != stage && !Alone.Contains(stage)).Where(s => !Alone.Contains(s)).Append(stage).ToHashSet(StringComparer.Ordinal)
            : throw new ArgumentException($"未知步骤 {stage}；可用：{string.Join("、", Stages)}", nameof(stage));

    /// <summary>A number that one pack of the set declares, as its layers have set it; null when none has.</summary>
    public decimal? NumberParameter(string name) =>
        Packs.Select(p => Parameters(p).GetValueOrDefault("@" + name)).OfType<decimal>().Select(value => (decimal?)value).FirstOrDefault();

    /// <summary>Whether a rule may stand in for a higher layer's on that day: a station's needs the consent of a layer above it.</summary>
    public bool MayReplace(RulePack pack, Rule rule, DateOnly day) =>
        rule.Replaces is { } replaces && day <= replaces.Expires
        && (pack.Layer != RuleLayer.Station || Packs.Any(p => p.Pack.Layer != RuleLayer.Station && p.Pack.IsInForce(day)
            && (p.Pack.Consents ?? []).Any(c => c.Rule == replaces.Rule && c.Pack == pack.Id && day <= c.Expires)));

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
