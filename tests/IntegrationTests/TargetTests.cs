using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>How much may be collected from a donor whose count allows less than was asked for.</summary>
public sealed class TargetTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Given_a_count_for_one_unit_only_When_two_are_chosen_Then_the_page_asks_for_one_and_does_not_offer_to_defer()
    {
        using var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(visit, "tests", new(Visiting.Tests(mpv: true)) { ["plt"] = "170" });

        var answer = await nurse.PostStepAsync(visit, "assessment", new(Visiting.Assessment()) { ["targetUnits"] = "2" });

        Assert.Equal(422, answer.Status);
        Assert.True(answer.Has("最多 1 治疗量：预测采后血小板"), Visiting.Words(answer));
        Assert.DoesNotContain("data-confirm", answer.Body, StringComparison.Ordinal);
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
    }
}
