using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("AcceptanceTests.Running." + nameof(AcceptanceTests.Running.LongestFirst), "AcceptanceTests")]

namespace AcceptanceTests.Running;

/// <summary>The features that take longest begin first: the others run beside them and not before them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = ["突然断电", "完整的单采血小板", "逐条复核", "自助终端", "一键归档", "登记到献血编号", "床旁核对"];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(c => Array.FindIndex(Long, title => c.DisplayName.Contains(title, StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length);
}
