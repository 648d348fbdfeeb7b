using Engine.Rules;
using Modules.Collection;
using Xunit;

namespace FastTests.Collection;

/// <summary>What the reason of a correction confirms, and what it does not.</summary>
public sealed class StepAmendmentTests
{
    [Theory]
    [InlineData("D-36", true, "D-36", true)]
    [InlineData("D-36", false, "D-36", false)]
    [InlineData("", true, "D-36", false)]
    [InlineData("D-36", true, "D-36 PLA-550", false)]
    [InlineData("D-36 PLA-550", true, "D-36", true)]
    public void Given_prompts_before_and_after_a_correction_When_asked_Then_only_what_was_confirmed_stays_confirmed(string before, bool confirmed, string after, bool confirms) =>
        Assert.Equal(confirms, new StepAmendment([], Prompting(before), confirmed).Confirms(Prompting(after)));

    [Fact]
    public void Given_no_verdict_before_the_correction_When_the_first_one_prompts_Then_it_is_not_confirmed() =>
        Assert.False(new StepAmendment([], null, false).Confirms(Prompting("D-36")));

    private static Verdict Prompting(string rules)
    {
        var failed = rules.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => new RuleVerdict(
            id, "pack", "1", "hash", RuleLayer.National, "inquiry", "", id, RuleResult.Failed, RuleOutcome.Prompt, null, null, new Dictionary<string, string>(), [], false, true, "", ""));
        return new Verdict("apheresis-platelets", new DateOnly(2026, 11, 23), ["inquiry"], rules.Length > 0 ? RuleOutcome.Prompt : RuleOutcome.Pass, null, [], false, [.. failed], [], new Dictionary<string, StoredFact>(), 1);
    }
}
