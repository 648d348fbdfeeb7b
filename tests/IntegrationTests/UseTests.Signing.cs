using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A signature stands as long as what was signed stays as it is; a PIN is typed once for an act.</summary>
public sealed partial class UseTests
{
    [Fact]
    public async Task Given_a_donor_who_has_signed_When_the_submit_is_refused_for_something_else_Then_the_drawing_comes_back_and_counts()
    {
        var (nurse, visit) = await AtTheCheckAsync();
        var check = Visiting.GeneralCheck();
        var refused = await nurse.PostStepAsync(visit, "general-check", new(check) { ["pin-examiner"] = "000000" });
        Assert.Equal(422, refused.Status);
        Assert.Equal(DrawnName.DataUrl, refused.Hidden("hand-donor"));

        Assert.Equal(302, (await nurse.PostAsync(Check(visit), Again(refused, check, "hand-donor"))).Status);
    }

    [Theory]
    [InlineData("weight", "67")]
    [InlineData("systolic", "121")]
    [InlineData("pulse", "71")]
    [InlineData("generalFindingsNormal", "no")]
    public async Task Given_a_drawing_that_came_back_When_something_signed_is_changed_Then_it_counts_no_more(string field, string value)
    {
        var (nurse, visit) = await AtTheCheckAsync();
        var check = Visiting.GeneralCheck();
        var refused = await nurse.PostStepAsync(visit, "general-check", new(check) { ["pin-examiner"] = "000000" });
        var changed = Again(refused, check, "hand-donor");
        (changed[field], changed["generalFindings"]) = (value, "左肘皮疹");
        var answer = await nurse.PostAsync(Check(visit), changed);

        Assert.Equal(422, answer.Status);
        Assert.True(answer.Has("签名后内容有改动"), Visiting.Words(answer));
        Assert.False(answer.Has(DrawnName.DataUrl));
    }

    [Fact]
    public async Task Given_a_drawing_kept_by_another_page_When_it_is_posted_with_this_one_Then_it_counts_for_nothing()
    {
        var (nurse, first) = await AtTheCheckAsync();
        var (_, second) = await AtTheCheckAsync();
        var check = Visiting.GeneralCheck();
        var refused = await nurse.PostStepAsync(first, "general-check", new(check) { ["pin-examiner"] = "000000" });
        var page = await nurse.GetAsync(Check(second));
        var answer = await nurse.PostAsync(Check(second), new Dictionary<string, string>(Visiting.WithHidden(page, check)) { ["hand-donor"] = refused.Hidden("hand-donor"), ["kept-donor"] = refused.Hidden("kept-donor") });

        Assert.Equal(422, answer.Status);
    }

    [Fact]
    public async Task Given_a_verdict_to_confirm_When_both_have_typed_their_PINs_Then_confirming_asks_for_none_of_them_again()
    {
        var (nurse, visit) = await AtTheTestsAsync();
        var tests = Visiting.Tests(mpv: true, hb: "100");
        var asked = await nurse.PostStepAsync(visit, "tests", tests);
        Assert.True(asked.Has("确认暂缓并结束本次献血"), Visiting.Words(asked));

        Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/steps/tests", Again(asked, tests, "pin-tester", "pin-checker"))).Status);
    }

    [Fact]
    public async Task Given_one_of_two_PINs_mistyped_When_sent_again_Then_only_that_one_is_asked()
    {
        var (nurse, visit) = await AtTheTestsAsync();
        var tests = Visiting.Tests(mpv: true);
        var refused = await nurse.PostStepAsync(visit, "tests", new(tests) { ["pin-checker"] = "000000" });
        Assert.Equal(422, refused.Status);
        Assert.DoesNotContain("name=\"pin-tester\"", refused.Body, StringComparison.Ordinal);
        Assert.Contains("name=\"pin-checker\"", refused.Body, StringComparison.Ordinal);

        Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/steps/tests", Again(refused, tests, "pin-tester"))).Status);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("another person")]
    [InlineData("ten minutes later")]
    [InlineData("done")]
    public async Task Given_a_PIN_that_is_held_When_it_is_not_the_same_act_Then_it_has_to_be_typed(string how)
    {
        var (nurse, visit) = await AtTheTestsAsync();
        var tests = Visiting.Tests(mpv: true, hb: "100");
        var asked = await nurse.PostStepAsync(visit, "tests", tests);
        var again = Again(asked, tests, "pin-tester", "pin-checker");
        if (how == "changed") again["hb"] = "101";
        if (how == "ten minutes later") shared.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        if (how == "done") Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/steps/tests", again)).Status);
        if (how == "done") (visit, again["_operation"]) = ((await AtTheTestsAsync()).Visit, Guid.NewGuid().ToString());
        var who = how == "another person" ? await shared.Staff.SignInAsync(Station, "jc01") : nurse;
        await who.GetAsync($"/visits/{visit}/steps/tests");
        var answer = await who.PostAsync($"/visits/{visit}/steps/tests", again);

        Assert.True(answer.Status is 422 or 409, $"{answer.Status} {Visiting.Words(answer)}");
    }

    private static string Check(Guid visit) => $"/visits/{visit}/steps/general-check";

    /// <summary>The page as it came back, sent again: what it kept is its own, what is typed anew is left out.</summary>
    private static Dictionary<string, string> Again(Answer page, Dictionary<string, string> values, params string[] leftOut)
    {
        var again = Visiting.WithHidden(page, values.Where(v => !leftOut.Contains(v.Key)).ToDictionary());
        foreach (var name in new[] { "hand-donor", "kept-donor", "held" })
            if (page.Body.Contains($"name=\"{name}\" value=\"", StringComparison.Ordinal)) again[name] = page.Hidden(name);
        return again;
    }

    private async Task<(Browser Nurse, Guid Visit)> AtTheCheckAsync()
    {
        var nurse = await NurseAsync();
        return (nurse, await nurse.RegisterAsync(Donor("签名甲")));
    }

    private async Task<(Browser Nurse, Guid Visit)> AtTheTestsAsync()
    {
        var (nurse, visit) = await AtTheCheckAsync();
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        return (nurse, visit);
    }
}
