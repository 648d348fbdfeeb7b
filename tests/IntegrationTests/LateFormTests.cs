using System.Net;
using System.Text.RegularExpressions;
using Harness;
using Xunit;

namespace IntegrationTests;

/// <summary>What becomes of a typed form when its page or its session is no longer good.</summary>
public sealed class LateFormTests : IAsyncLifetime
{
    private const string Typed = "330104196801012154";
    private ServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_a_form_without_a_good_token_When_posted_Then_nothing_is_done_and_what_was_typed_can_be_sent_again()
    {
        using var http = Browser();
        await SignInAsync(http);
        var stale = await http.PostAsync("hangzhou/registration/find", Form(("idNumber", Typed), ("pin-examiner", "135790"), ("__RequestVerificationToken", "rubbish")));
        var page = await stale.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, stale.StatusCode);
        Assert.Contains("刚才的内容没有提交", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("135790", page, StringComparison.Ordinal);
        var again = await http.PostAsync("hangzhou/registration/find", Form(("idNumber", Hidden(page, "idNumber")), ("__RequestVerificationToken", TokenOf(page, "/registration/find"))));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Given_a_form_of_a_session_that_ended_When_posted_Then_the_person_signs_in_and_sends_it_again()
    {
        using var http = Browser();
        await SignInAsync(http);
        var open = await http.GetStringAsync("hangzhou/registration");
        await http.PostAsync("hangzhou/sign-out", Form(("__RequestVerificationToken", TokenOf(open, "/sign-out"))));
        var late = await http.PostAsync("hangzhou/registration/find", Form(("idNumber", Typed), ("__RequestVerificationToken", TokenOf(open, "/registration/find"))));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        var page = await late.Content.ReadAsStringAsync();
        await SignInAsync(http);
        var again = await http.PostAsync("hangzhou/registration/find", Form(("idNumber", Hidden(page, "idNumber")), ("__RequestVerificationToken", Hidden(page, "__RequestVerificationToken"))));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    private HttpClient Browser() => new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = _server.Address };

    private static async Task SignInAsync(HttpClient http)
    {
        var page = await http.GetStringAsync("hangzhou/sign-in");
        var answer = await http.PostAsync("hangzhou/sign-in", Form(("userName", "jd01"), ("password", ServerProcess.DemoPassword), ("__RequestVerificationToken", TokenOf(page, "/sign-in"))));
        var first = await answer.Content.ReadAsStringAsync();
        if (!answer.RequestMessage!.RequestUri!.AbsolutePath.EndsWith("/pin", StringComparison.Ordinal)) return;
        await http.PostAsync("hangzhou/pin", Form(
            ("password", ServerProcess.DemoPassword), ("pin", "135790"), ("pinAgain", "135790"), ("__RequestVerificationToken", TokenOf(first, "/pin"))));
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    private static string TokenOf(string page, string action) => Hidden(page[page.IndexOf(action + "\"", StringComparison.Ordinal)..], "__RequestVerificationToken");

    private static string Hidden(string page, string name) => Regex.Match(page, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;
}
