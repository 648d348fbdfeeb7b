using Engine.Forms;
using Platform.Publishing;
using Platform.Recipes;

namespace Platform.Tenancy;

/// <summary>Settings name what there is: a misspelt key would be kept and never be read.</summary>
public sealed class SettingsSetRule(IEnumerable<Setting> declared, IEnumerable<Feature> features) : ISetRule
{
    private readonly IReadOnlyList<Setting> _keys = [.. declared.Except(StationSettings.Own)];
    private readonly IReadOnlyList<string> _features = [.. features.Select(f => f.Code)];

    public IEnumerable<SetFinding> Check(CandidateSet candidate)
    {
        if (candidate.Set.Find(DocumentKinds.Settings, StationSettings.Document) is not { } document) return [];
        var settings = StationSettings.Of(candidate.Set);
        return
        [
            .. settings.Features.Where(f => !_features.Contains(f)).Select(f => Finding("$.Features", $"没有功能 {f}", KnownNames.Remedy(f, _features))),
            .. settings.OptionalTests.SelectMany(code => Test(StationFacts.TestItemsOf(candidate.Set), code)),
            .. settings.Values.Keys.Where(k => _keys.All(known => known.Code != k)).Select(k => Finding($"$.Values.{k}", $"不认识的设置项 {k}，填写的值不会被用到", KnownNames.Remedy(k, _keys.Select(known => known.Code)))),
            .. document.Layer == DocumentLayer.Station ? _keys.SelectMany(k => Value(settings, k)) : [],
        ];
    }

    private static IEnumerable<SetFinding> Test(TestItems items, string code)
    {
        if (items.Find(code) is not { } item) yield return Finding("$.OptionalTests", $"没有检测项目 {code}", KnownNames.Remedy(code, items.All.Where(i => i.Optional).Select(i => i.Code)));
        else if (!item.Optional) yield return Finding("$.OptionalTests", $"{code} 不是可选项目，本来就要检测", "请删去");
    }

    private static IEnumerable<SetFinding> Value(StationSettings settings, Setting key)
    {
        var value = key.WrittenIn(settings);
        if (string.IsNullOrWhiteSpace(value)) return key.Required ? [Finding($"$.Values.{key.Code}", $"缺少{key.Title}", $"请在 settings 的 Station 中填写 {key.Code}")] : [];
        return key.FaultOf(value) is { } fault ? [Finding($"$.Values.{key.Code}", $"{key.Title}“{value}”不能用：{fault}", "请改正")] : [];
    }

    private static SetFinding Finding(string path, string words, string remedy) => new(StationSettings.File, path, words, remedy);
}
