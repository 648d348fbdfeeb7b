using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>A station that numbers its archive says all parts of the number.</summary>
internal sealed class ArchiveSetRule : ISetRule
{
    public IEnumerable<SetFinding> Check(CandidateSet candidate)
    {
        var settings = StationSettings.Of(candidate.Set);
        if (settings.Value(ArchiveNumbering.PatternSetting).Length > 0 && ArchiveNumbering.Of(settings).Fault is { } fault)
            yield return new SetFinding(StationSettings.Document + ".settings.json", "$.Values." + ArchiveNumbering.PatternSetting, fault, "请在 settings 的 Station 中改正");
    }
}
