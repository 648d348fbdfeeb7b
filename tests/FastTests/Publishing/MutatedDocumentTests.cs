using Engine.Forms;
using FastTests.Rules;
using Harness;
using Xunit.Abstractions;

namespace FastTests.Publishing;

/// <summary>What people who write documents get wrong is told to them, whatever it is.</summary>
public sealed class MutatedDocumentTests(ITestOutputHelper output)
{
    private const int Rounds = 200;
    private static readonly MutatedDocuments Reading = new(ShippedPacks.Facts, TestItems.Parse(ShippedPacks.Text("zhejiang.test-items.json")));
    private readonly int _seed = Random.Shared.Next();

    [Fact]
    public void Given_200_mutated_packs_When_read_Then_each_is_refused_with_place_and_remedy_or_compiled() => Holds(Texts(".rules.json"), Reading.Pack);

    [Fact]
    public void Given_200_mutated_flows_When_validated_and_run_Then_each_is_refused_or_stops_in_time() => Holds([ShippedPacks.Text("workflows/apheresis-platelets.workflow.json")], MutatedDocuments.Flow);

    [Fact]
    public void Given_200_mutated_forms_When_read_Then_each_is_refused_with_place_and_remedy_or_read() => Holds(Texts(".form.json"), Reading.Form);

    [Fact]
    public void Given_200_mutated_recipes_When_read_Then_each_is_refused_with_a_remedy_or_read() => Holds(Texts(".recipe.json"), MutatedDocuments.Recipe);

    private void Holds(IReadOnlyList<string> originals, Action<string> read)
    {
        output.WriteLine($"seed {_seed}");
        Assert.NotEmpty(originals);
        Assert.Null(MutatedDocuments.Fault(originals, read, _seed, Rounds));
    }

    private static IReadOnlyList<string> Texts(string ending) => [.. ShippedPacks.Names(ending).Select(ShippedPacks.Text)];
}
