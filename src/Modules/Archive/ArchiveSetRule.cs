using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>A station that numbers its archive says all parts of the number.</summary>
internal sealed class ArchiveSetRule : ISetRule
{
    public IEnumerable<SetFinding> Check(CandidateSet candidate)
    {
        var settings = StationSettings.Of(candidate.Set);
        var pattern = settings.Value(ArchiveNumbering.PatternSetting);
        var fault = pattern.Length == 0 ? null : ArchiveNumbering.Of(settings).Fault ?? (ArchiveNumbering.FondsOf(pattern) is null ? "须以全宗号开头，例如 Z001-…，否则两个血站的档号会相同" : null);
        if (fault is not null)
            yield return new SetFinding(StationSettings.File, "$.Values." + ArchiveNumbering.PatternSetting, fault, "请在 settings 的 Station 中改正");
    }
}
