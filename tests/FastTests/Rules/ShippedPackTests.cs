using Engine.Rules;
using Xunit;

namespace FastTests.Rules;

public class ShippedPackTests
{
    public static TheoryData<string> TestFiles() => [.. ShippedPacks.Names(".tests.json")];

    [Theory]
    [MemberData(nameof(TestFiles))]
    public void Given_a_shipped_pack_When_its_cases_run_Then_every_case_holds(string file)
    {
        var failures = PackTests.Run(ShippedPacks.Text(file), ShippedPacks.All)
            .Where(r => r.Failures.Count > 0).Select(r => $"{r.Name}: {string.Join("；", r.Failures)}");

        Assert.Equal([], failures);
    }

    [Fact]
    public void Given_the_shipped_packs_When_listed_Then_each_has_its_tests_beside_it()
    {
        var packs = ShippedPacks.Names(".rules.json").Select(n => n.Replace(".rules.json", ".tests.json", StringComparison.Ordinal));

        Assert.Equal(packs, ShippedPacks.Names(".tests.json"));
    }

    [Fact]
    public void Given_the_shipped_packs_When_their_cases_run_Then_every_rule_fails_in_some_case()
    {
        var cases = string.Concat(ShippedPacks.Names(".tests.json").Select(ShippedPacks.Text));

        Assert.DoesNotContain(ShippedPacks.All.SelectMany(p => p.Pack.Rules), r => !cases.Contains($"\"{r.Id}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_a_wrong_expectation_When_cases_run_Then_the_failure_names_outcome_rule_and_reason()
    {
        const string wrong = """
            {"packs":["gb18467-2011"],"facts":{"sex":"F","hb":110},
             "cases":[{"name":"错的期望","date":"2026-11-22","type":"whole-blood","upTo":"tests","expect":{"outcome":"pass"}}]}
            """;

        var result = Assert.Single(PackTests.Run(wrong, ShippedPacks.All));

        Assert.Contains(result.Failures, f => f.Contains("Pass", StringComparison.Ordinal) && f.Contains("HB-02", StringComparison.Ordinal));
    }
}
