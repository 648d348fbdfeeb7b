using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a page may load, what a cookie may do, what a forged or guessed post achieves: nothing.</summary>
public sealed class SignInTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    [Fact]
    public async Task Given_every_kind_of_page_When_opened_Then_its_policy_is_strict_and_it_asks_nothing_of_anybody_else()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        var open = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        foreach (var path in new[] { "/sign-in", "/pin", "/worklist", "/registration", $"/visits/{visit}", $"/visits/{open}/steps/general-check", "/donors", "/nowhere", $"/visits/{visit}/documents/donation-label.pdf" })
        {
            var page = await nurse.GetAsync(path);

            Assert.Equal((path, Policy), (path, string.Join(",", page.Headers.GetValues("Content-Security-Policy"))));
            Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal((path, true), (path, page.Headers.CacheControl?.NoStore));
            if (path.EndsWith(".pdf", StringComparison.Ordinal)) continue;
            Assert.Empty(Regex.Matches(page.Body, "(?:src|href|action|data-[a-z-]*url)=\"(?:[a-z]+:)?//[^\"]*\"").Select(m => m.Value));
            Assert.Empty(Regex.Matches(page.Body, "<script(?![^>]*src=)[^>]*>|<style|\\sstyle=\"|\\son[a-z]+=\"|<base").Select(m => path + " " + m.Value));
        }
    }

    [Fact]
    public async Task Given_a_sign_in_When_cookies_are_set_Then_no_script_reads_them_no_other_site_sends_them_and_https_keeps_them_to_itself()
    {
        using var browser = new Browser(shared.Server.Address, "/hangzhou") { ForwardedProto = "https" };
        var form = await browser.GetAsync("/sign-in");
        var signedIn = await browser.PostAsync("/sign-in", ("userName", "jd01"), ("password", Installation.DemoPassword));

        var cookies = form.Headers.GetValues("Set-Cookie").Concat(signedIn.Headers.GetValues("Set-Cookie")).Select(c => c.ToLowerInvariant()).ToList();
        Assert.Contains(cookies, c => c.StartsWith("blood-station=", StringComparison.Ordinal) && c.Contains("samesite=lax", StringComparison.Ordinal));
        Assert.Contains(cookies, c => c.StartsWith("blood-station-form=", StringComparison.Ordinal) && c.Contains("samesite=strict", StringComparison.Ordinal));
        Assert.All(cookies, c => Assert.True(c.Contains("httponly", StringComparison.Ordinal) && c.Contains("secure", StringComparison.Ordinal) && c.Contains("path=/hangzhou", StringComparison.Ordinal), c));
    }

    [Fact]
    public async Task Given_a_post_without_the_forms_token_When_sent_Then_400_and_nothing_has_changed()
    {
        var nurse = await shared.Staff.AtAsync("shaoxing", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var page = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        var database = new Database(shared.Server, "shaoxing");
        var before = (await database.CountAsync("visits"), await database.CountAsync("submissions"), await database.CountAsync("drafts"), await database.CountAsync("audit"));

        foreach (var (path, fields) in new (string, Dictionary<string, string>)[]
                 {
                     ($"/visits/{visit}/steps/general-check", Visiting.WithHidden(page, Visiting.GeneralCheck())), ($"/visits/{visit}/steps/general-check/draft", new() { ["weight"] = "70" }),
                     ("/registration", new(Visiting.Registration(Visiting.NewIdNumber())) { ["_operation"] = Guid.NewGuid().ToString() }), ("/registration/find", new() { ["idNumber"] = Visiting.NewIdNumber() }),
                     ("/donors/find", new() { ["idNumber"] = Visiting.NewIdNumber() }), ("/pin", new() { ["password"] = Installation.DemoPassword, ["pin"] = "246813", ["pinAgain"] = "246813" }),
                     ("/sign-out", []), ("/sign-in", new() { ["userName"] = "jd01", ["password"] = Installation.DemoPassword }),
                 })
            Assert.Equal((path, 400), (path, (await nurse.PostAsync(path, fields, withToken: false)).Status));

        Assert.Equal(before, (await database.CountAsync("visits"), await database.CountAsync("submissions"), await database.CountAsync("drafts"), await database.CountAsync("audit")));
        Assert.Equal(200, (await nurse.GetAsync("/worklist")).Status);
    }

    [Fact]
    public async Task Given_another_persons_token_When_posted_Then_400()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        await nurse.GetAsync("/registration");
        var receptionist = await shared.Staff.AtAsync("hangzhou", "jd01");
        nurse.Cookies["blood-station"] = receptionist.Cookies["blood-station"];

        Assert.Equal(400, (await nurse.PostAsync("/registration/find", ("idNumber", Visiting.NewIdNumber()))).Status);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/\n/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("~//evil.example/")]
    public async Task Given_an_address_elsewhere_to_return_to_When_signed_in_Then_the_way_leads_home(string returnUrl)
    {
        using var browser = shared.Staff.Stranger("hangzhou");
        await browser.GetAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));

        var answer = await browser.PostAsync("/sign-in", ("userName", "jd01"), ("password", Installation.DemoPassword), ("returnUrl", returnUrl));

        Assert.Equal((302, "/hangzhou/"), (answer.Status, answer.Location));
    }

    [Fact]
    public async Task Given_an_address_of_the_station_to_return_to_When_signed_in_Then_the_way_leads_there()
    {
        using var browser = shared.Staff.Stranger("hangzhou");
        await browser.GetAsync("/sign-in");

        Assert.Equal("/hangzhou/donors?page=2", (await browser.PostAsync("/sign-in", ("userName", "jd01"), ("password", Installation.DemoPassword), ("returnUrl", "/hangzhou/donors?page=2"))).Location);
    }

    [Fact]
    public async Task Given_five_wrong_passwords_When_the_right_one_follows_Then_the_account_waits()
    {
        using var browser = shared.Staff.Stranger("shaoxing");
        await browser.GetAsync("/sign-in");
        for (var i = 0; i < 5; i++) Assert.True((await browser.PostAsync("/sign-in", ("userName", "gl01"), ("password", "wrong-password-1"))).Has("工号或密码不正确"));

        var answer = await browser.PostAsync("/sign-in", ("userName", "gl01"), ("password", Installation.DemoPassword));

        Assert.Equal((422, true), (answer.Status, answer.Has("15 分钟")));
    }

    [Fact]
    public async Task Given_five_wrong_passwords_at_the_choice_of_a_pin_When_the_right_one_follows_Then_the_account_waits_there_and_at_the_door()
    {
        using var browser = shared.Staff.Stranger("shaoxing");
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in", ("userName", "pg01"), ("password", Installation.DemoPassword));
        await browser.GetAsync("/pin");
        Task<Answer> ChooseAsync(string password) => browser.PostAsync("/pin", ("password", password), ("pin", "246813"), ("pinAgain", "246813"));
        for (var i = 0; i < 5; i++) Assert.True((await ChooseAsync("wrong-password-1")).Has("密码不正确"));

        var chosen = await ChooseAsync(Installation.DemoPassword);
        using var door = shared.Staff.Stranger("shaoxing");
        await door.GetAsync("/sign-in");
        var entered = await door.PostAsync("/sign-in", ("userName", "pg01"), ("password", Installation.DemoPassword));

        Assert.All([chosen, entered], a => Assert.True(a.Status == 422 && a.Has("15 分钟"), Visiting.Words(a)));
        Assert.Single(await new Database(shared.Server, "shaoxing").RowsAsync("SELECT 1 FROM people WHERE \"UserName\" = 'pg01' AND \"PinHash\" IS NULL"));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_many_wrong_passwords_at_the_same_moment_When_counted_Then_no_more_than_five_were_looked_at()
    {
        using var browser = shared.Staff.Stranger("shaoxing");
        await browser.GetAsync("/sign-in");

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => browser.PostAsync("/sign-in", ("userName", "sj01"), ("password", "wrong-password-1"))));

        Assert.Equal((5, 19), (answers.Count(a => a.Has("工号或密码不正确")), answers.Count(a => a.Has("15 分钟"))));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_many_wrong_pins_at_the_same_moment_When_counted_Then_no_more_than_five_were_looked_at()
    {
        var (clerk, examiner) = (await shared.Staff.AtAsync("shaoxing", "hs01"), await shared.Staff.SignInAsync("shaoxing", "yj01"));
        var visit = await clerk.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var page = await examiner.GetAsync($"/visits/{visit}/steps/general-check");
        var guess = Visiting.WithHidden(page, new(Visiting.GeneralCheck()) { ["pin-examiner"] = "975310" });

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => examiner.PostAsync($"/visits/{visit}/steps/general-check", guess)));

        Assert.Equal(["还可试 1 次", "还可试 2 次", "还可试 3 次", "还可试 4 次"], answers.Select(a => Regex.Match(Visiting.Words(a), "还可试 . 次").Value).Where(words => words.Length > 0).Order());
        Assert.Equal(0, (await shared.Server.VerbAsync(["people", "reset-pin", "shaoxing", "yj01"])).Exit);
        await shared.Staff.SignInAsync("shaoxing", "yj01");
    }

    [Fact]
    public async Task Given_five_wrong_pins_When_the_right_one_follows_Then_it_is_locked_until_an_administrator_resets_it()
    {
        var clerk = await shared.Staff.AtAsync("shaoxing", "hs01");
        var examiner = await shared.Staff.SignInAsync("shaoxing", "yj01");
        var visit = await clerk.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        for (var left = 4; left >= 0; left--)
        {
            var wrong = await examiner.PostStepAsync(visit, "general-check", new(Visiting.GeneralCheck()) { ["pin-examiner"] = "975310" });
            Assert.True(wrong.Status == 422 && wrong.Has(left == 0 ? "PIN 已锁定" : $"还可试 {left} 次"), Visiting.Words(wrong));
        }
        var locked = await examiner.PostStepAsync(visit, "general-check", Visiting.GeneralCheck());
        Assert.True(locked.Status == 422 && locked.Has("PIN 已锁定"), Visiting.Words(locked));

        var (exit, output, _) = await shared.Server.VerbAsync(["people", "reset-pin", "shaoxing", "yj01"]);

        Assert.Equal((0, true), (exit, output.Contains("yj01", StringComparison.Ordinal)));
        Assert.Equal(302, (await examiner.GetAsync("/worklist")).Status);
        var again = await shared.Staff.SignInAsync("shaoxing", "yj01");
        Assert.Equal(302, (await again.PostStepAsync(visit, "general-check", Visiting.GeneralCheck())).Status);
    }

    [Fact]
    public async Task Given_a_password_the_operator_has_reset_When_its_owner_signs_in_Then_he_chooses_one_of_his_own_and_works_with_it()
    {
        const string own = "a-password-of-my-own";
        var (exit, output, error) = await shared.Server.VerbAsync(["people", "reset-password", "shaoxing", "pz01"]);
        Assert.True(exit == 0, output + error);
        var made = Regex.Match(output, "新密码：([a-z0-9]+)").Groups[1].Value;
        using var first = await SignedInAsync(made);

        await first.GetAsync("/pin");
        var refused = await first.PostAsync("/pin", ("password", made), ("newPassword", "short"), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));
        Assert.True(refused.Status == 422 && refused.Has("新密码至少 10 个字符"), Visiting.Words(refused));
        var chosen = await first.PostAsync("/pin", ("password", made), ("newPassword", own), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));
        Assert.True(chosen.Status == 302, Visiting.Words(chosen));
        using var again = await SignedInAsync(own);
        Assert.Equal(200, (await again.GetAsync("/worklist")).Status);
        using var old = shared.Staff.Stranger("shaoxing");
        await old.GetAsync("/sign-in");
        Assert.NotEqual(302, (await old.PostAsync("/sign-in", ("userName", "pz01"), ("password", made), ("returnUrl", ""))).Status);
    }

    private async Task<Browser> SignedInAsync(string password)
    {
        var browser = shared.Staff.Stranger("shaoxing");
        await browser.GetAsync("/sign-in");
        var answer = await browser.PostAsync("/sign-in", ("userName", "pz01"), ("password", password), ("returnUrl", ""));
        Assert.True(answer.Status == 302, Visiting.Words(answer));
        return browser;
    }
}
