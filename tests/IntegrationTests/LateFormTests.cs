using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What becomes of a typed form when its page or its session is no longer good.</summary>
public sealed class LateFormTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Token = "__RequestVerificationToken";
    private readonly string _typed = Visiting.NewIdNumber();

    [Fact]
    public async Task Given_a_form_without_a_good_token_When_posted_Then_nothing_is_done_and_what_was_typed_can_be_sent_again()
    {
        using var nurse = await shared.Staff.SignInAsync("hangzhou", "jd01");
        var late = await nurse.PostAsync("/registration/find", [new("idNumber", _typed), new("pin-examiner", Staff.Pin), new(Token, "rubbish")], withToken: false);
        Assert.Equal((400, "页面已过期，刚才的内容没有提交"), (late.Status, late.Headline));
        Assert.False(late.Has(Staff.Pin));
        var again = await nurse.PostAsync("/registration/find", ("idNumber", late.Hidden("idNumber")));
        Assert.Equal((200, "登记"), (again.Status, again.Headline));
    }

    [Fact]
    public async Task Given_a_form_of_a_session_that_ended_When_posted_Then_the_person_signs_in_and_sends_it_again()
    {
        using var nurse = await shared.Staff.SignInAsync("hangzhou", "jd01");
        await nurse.GetAsync("/registration");
        nurse.Cookies.TryRemove("blood-station", out _);
        var late = await nurse.PostAsync("/registration/find", ("idNumber", _typed));
        Assert.Equal((401, "登录已过期，刚才的内容没有提交"), (late.Status, late.Headline));
        using var signedIn = await shared.Staff.SignInAsync("hangzhou", "jd01");
        nurse.Cookies["blood-station"] = signedIn.Cookies["blood-station"];
        var again = await nurse.PostAsync("/registration/find", [new("idNumber", late.Hidden("idNumber")), new(Token, late.Hidden(Token))], withToken: false);
        Assert.Equal((200, "登记"), (again.Status, again.Headline));
    }
}
