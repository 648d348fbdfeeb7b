using Platform.Publishing;
using Platform.Recipes;
using Platform.Tenancy;
using Xunit;

namespace FastTests.Recipes;

/// <summary>Variables may stand for variables, but not in a circle.</summary>
public sealed class RecipeScriptsTests
{
    [Theory]
    [InlineData("a>a")]
    [InlineData("a>b b>a")]
    [InlineData("a>b b>c c>a")]
    [InlineData("a>b b>c c>b")]
    public void Given_variables_that_stand_for_each_other_in_a_circle_When_resolved_Then_they_are_refused_by_name(string links)
    {
        var refusal = Assert.Throws<DocumentException>(() => Resolve(links.Split(' ').Select(l => l.Split('>')).ToDictionary(l => l[0], l => $"[js:variables('{l[1]}')]")));

        Assert.Contains("互相引用", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("→", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_long_chain_of_variables_When_resolved_Then_its_end_is_found()
    {
        var chain = Enumerable.Range(0, 200).ToDictionary(i => i == 0 ? "a" : "v" + i, i => $"[js:variables('v{i + 1}')]");
        chain["v200"] = "杭州";

        Assert.Equal("杭州", Resolve(chain));
    }

    private static string Resolve(Dictionary<string, string> variables) =>
        new RecipeScripts(new Recipe("r", "1", variables, [], new RecipeFiles(Path.GetTempPath())) { File = "r.recipe.json" }, new Tenant { Name = "t", TenantId = "t" }).Resolve("[js:variables('a')]", "$.steps[0]");
}
