using Modules.Archive;
using Modules.Collection.Contracts;
using Modules.Signing.Contracts;
using Xunit;

namespace FastTests.Archive;

/// <summary>Which printed forms go into a package.</summary>
public sealed class BuildPackageTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Each version of a form by its signers and its digital signatures.</summary>
    [Theory]
    [InlineData("2/2 0/0 1/1", true, "1 3")]
    [InlineData("2/2 0/0", true, "1 2")]
    [InlineData("2/2 0/0 0/0", true, "1 2 3")]
    [InlineData("2/2 1/0 1/1", true, "1 2 3")]
    [InlineData("2/0 0/0 1/0", false, "1 2 3")]
    public void Given_a_printed_form_nobody_stood_for_When_packed_Then_it_is_left_out_only_where_a_signed_one_has_replaced_it(string versions, bool electronic, string packed)
    {
        var forms = versions.Split(' ').Select((v, i) => new EvidenceDocument("record-registration", "献血登记表", i + 1, [], "", v[2] - '0', v[0] - '0', At)).ToList();
        var visit = new VisitEvidence(Guid.Empty, new DateOnly(2026, 11, 27), "completed", null, "apheresis-platelets", "张测试", "居民身份证", "330198198501010018", At, null, electronic, "", forms, [], [], []);
        var label = new PackageLabel("X-0001", "0001", 2026, "D10", "XF1", "献血服务一科", 1, At, "档案员", "血站", "station", "");

        var files = BuildPackage.Of(visit, label, new TrustMaterial([], [], [], []), null);

        Assert.Equal(packed.Split(' ').Select(v => $"forms/record-registration-v{v}.pdf"), files.Select(f => f.Path).Where(p => p.StartsWith("forms/", StringComparison.Ordinal)));
    }
}
