using Harness;
using IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using Xunit;

namespace IntegrationTests;

/// <summary>Accounts and rights, on the page and by verb: two persons give a right, and everything done is in the audit.</summary>
[Trait("Store", "postgres")]
public sealed class PeopleTests : IAsyncLifetime
{
    private const string Station = "hangzhou";
    private ProductHost _server = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        _staff = new Staff(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_two_administrators_When_one_adds_a_nurse_and_the_other_approves_Then_she_signs_in_and_is_out_at_once_when_disabled()
    {
        var (chief, _) = await AdministratorsAsync();
        var added = await AddAsync(chief, "xr01", Visiting.NewIdNumber(), second: "gl02", roles: "receptionist");
        Assert.True(added.Status == 200 && added.Has("已添加 xr01"), Visiting.Words(added));
        var nurse = await FirstSignInAsync("xr01", Password(added));
        Assert.Equal(200, (await nurse.GetAsync("/worklist")).Status);

        var id = await IdOfAsync("xr01");
        Assert.Equal(422, (await ActAsync(chief, id, "disable")).Status);
        Assert.Equal(302, (await ActAsync(chief, id, "disable", ("reason", "调离本站"))).Status);

        var out_ = await nurse.GetAsync("/worklist");
        Assert.True(out_.Status == 302 && out_.Location!.Contains("/sign-in", StringComparison.Ordinal), $"{out_.Status} {out_.Location}");
        Assert.Equal(["添加账号", "授予岗位", "停用账号"], (await AuditAsync("person:" + id)).Where(a => a is "添加账号" or "授予岗位" or "停用账号"));
    }

    [Theory]
    [InlineData(null, "批准")]
    [InlineData("gl01", "另一人")]
    [InlineData("jc02", "没有")]
    public async Task Given_no_second_administrator_When_a_role_is_given_Then_it_is_refused_and_nothing_is_written(string? second, string words)
    {
        var (chief, _) = await AdministratorsAsync();
        await _staff.AtAsync(Station, "jc02");

        var answer = await AddAsync(chief, "xr02", Visiting.NewIdNumber(), second, roles: "receptionist");

        Assert.True(answer.Status == 422 && answer.Has(words), Visiting.Words(answer));
        Assert.Empty(await new Database(_server, Station).RowsAsync("SELECT 1 FROM people WHERE \"UserName\" = 'xr02'"));
    }

    [Fact]
    public async Task Given_a_person_of_the_station_When_added_again_under_another_account_Then_it_is_refused_and_the_number_is_kept_nowhere()
    {
        var (chief, _) = await AdministratorsAsync();
        var number = Visiting.NewIdNumber();
        Assert.Equal(200, (await AddAsync(chief, "xr03", number)).Status);

        var again = await AddAsync(chief, "xr04", number.ToLowerInvariant());

        Assert.True(again.Status == 422 && again.Has("xr03"), Visiting.Words(again));
        var token = (await new Database(_server, Station).RowsAsync("SELECT \"IdentityToken\" FROM people WHERE \"UserName\" = 'xr03'"))[0][0]!;
        Assert.DoesNotContain(number, token, StringComparison.Ordinal);
        Assert.Equal(0, (await _server.VerbAsync(["people", "add", "shaoxing", "xr03", "--name", "新人丙"], number)).Exit);
        Assert.Equal(token, (await new Database(_server, "shaoxing").RowsAsync("SELECT \"IdentityToken\" FROM people WHERE \"UserName\" = 'xr03'"))[0][0]);
    }

    [Fact]
    public async Task Given_ten_requests_that_add_the_same_person_at_once_When_answered_Then_one_account_is_there()
    {
        var (chief, _) = await AdministratorsAsync();
        var number = Visiting.NewIdNumber();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AddAsync(chief, "xs0" + i, number)));

        Assert.All(answers, a => Assert.True(a.Status is 200 or 422, Visiting.Words(a)));
        Assert.Single(answers, a => a.Status == 200);
    }

    [Fact]
    public async Task Given_the_only_two_administrators_When_each_disables_the_other_at_the_same_moment_Then_one_of_them_is_left()
    {
        var (chief, second) = await AdministratorsAsync();
        var (one, other) = (await IdOfAsync("gl01"), await IdOfAsync("gl02"));
        foreach (var browser in new[] { chief, second }) await browser.GetAsync("/config/people");

        var answers = await Task.WhenAll(ActAsync(chief, other, "disable", ("reason", "离职")), ActAsync(second, one, "disable", ("reason", "离职")));

        Assert.True(answers.Count(a => a.Status == 302 && a.Location!.Contains("/config/people", StringComparison.Ordinal)) <= 1, string.Join(' ', answers.Select(Visiting.Words)));
        Assert.Equal(1, await new Database(_server, Station).CountAsync($"people WHERE \"UserName\" IN ('gl01', 'gl02') AND NOT {(Database.IsSqlite ? "\"Disabled\" = 1" : "\"Disabled\"")}"));
    }

    [Fact]
    public async Task Given_roles_that_watch_each_other_When_both_are_given_to_one_person_Then_the_second_is_refused()
    {
        var (chief, _) = await AdministratorsAsync();
        Assert.Equal(200, (await AddAsync(chief, "xr05", Visiting.NewIdNumber(), "gl02", "system-administrator")).Status);
        var id = await IdOfAsync("xr05");

        var refused = await ActAsync(chief, id, "give", ("role", "audit-administrator"), ("second", "gl02"), ("pin-second", Staff.Pin));
        Assert.True(refused.Status == 422 && refused.Has("不能由同一人担任"), Visiting.Words(refused));
        var both = await AddAsync(chief, "xr06", Visiting.NewIdNumber(), "gl02", "security-administrator", "audit-administrator");
        Assert.True(both.Status == 422 && both.Has("不能由同一人担任"), Visiting.Words(both));
        Assert.Equal(302, (await ActAsync(chief, id, "give", ("role", "tester"), ("second", "gl02"), ("pin-second", Staff.Pin))).Status);
    }

    [Fact]
    public async Task Given_an_administrator_When_he_would_act_for_both_of_two_persons_or_on_himself_Then_it_is_refused()
    {
        var (chief, _) = await AdministratorsAsync();
        var (own, other) = (await IdOfAsync("gl01"), await IdOfAsync("gl02"));

        Assert.True((await ActAsync(chief, other, "pin", ("reason", "忘记了"))).Has("people reset-pin"));
        foreach (var act in new[] { "disable", "password", "pin", "second-factor" }) Assert.Equal(422, (await ActAsync(chief, own, act, ("reason", "试一试"))).Status);
        Assert.Equal(422, (await ActAsync(chief, other, "dance", ("reason", "试一试"))).Status);
    }

    [Fact]
    public async Task Given_a_station_without_administrators_When_the_shell_makes_the_first_two_Then_it_may_and_after_them_it_takes_two()
    {
        await new Database(_server, Station).ExecuteAsync("DELETE FROM person_roles");
        foreach (var account in new[] { "first", "second" })
        {
            var (exit, output, error) = await _server.VerbAsync(["people", "add", Station, account, "--name", "管理员" + account, "--role", "station-administrator"], Visiting.NewIdNumber());
            Assert.True(exit == 0, error);
            await FirstSignInAsync(account, output.Split('：')[1][..12]);
        }

        var alone = await _server.VerbAsync(["people", "role", Station, "jd01", "--add", "receptionist"]);
        Assert.True(alone.Exit == 2 && alone.Error.Contains("--second", StringComparison.Ordinal), alone.Error);
        var two = await _server.VerbAsync(["people", "role", Station, "jd01", "--add", "receptionist", "--by", "first", "--second", "second"], $"{Staff.Pin}\n{Staff.Pin}\n");
        Assert.True(two.Exit == 0, two.Error);
        Assert.Equal(0, (await _server.VerbAsync(["people", "role", Station, "jd01", "--remove", "receptionist"])).Exit);
        Assert.Equal(["首次装机（管理员不足两位）", "首次装机（管理员不足两位）", "批准人 管理员second"], (await new Database(_server, Station).RowsAsync("SELECT \"Reason\" FROM audit WHERE \"Action\" = '授予岗位' ORDER BY \"Id\"")).Select(r => r[0]));
    }

    [Theory]
    [InlineData("?q=gl0", "gl01", "jd01")]
    [InlineData("?q=登记员", "jd01", "gl01")]
    [InlineData("?sort=-account&page=1", "yj01", "nobody")]
    [InlineData("?sort=seen&page=99", "gl01", "nobody")]
    [InlineData("?sort=state", "jd01", "nobody")]
    [InlineData("?sort=-name", "jd01", "nobody")]
    [InlineData("?sort=%27;drop", "gl01", "nobody")]
    public async Task Given_the_list_When_searched_and_sorted_Then_it_shows_who_fits(string query, string shown, string hidden)
    {
        var (chief, _) = await AdministratorsAsync();

        var page = await chief.GetAsync("/config/people" + query);

        Assert.True(page.Status == 200 && page.Body.Contains($"data-account=\"{shown}\"", StringComparison.Ordinal), Visiting.Words(page));
        Assert.DoesNotContain($"data-account=\"{hidden}\"", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_device_enrolled_When_signing_in_Then_its_code_is_asked_for_taken_once_and_guesses_wait_until_a_second_administrator_resets_it()
    {
        var (chief, deputy) = await AdministratorsAsync();
        var secret = await EnrolAsync(chief);
        using var browser = await PasswordAsync("gl01");
        var asked = await browser.GetAsync("/worklist");
        Assert.Equal(302, asked.Status);
        _server.Clock.Advance(TimeSpan.FromSeconds(60));
        var code = Code(secret);

        var page = await TypePasswordAsync(browser, "gl01");
        Assert.True(page.Status == 200 && page.Has("动态验证码"), Visiting.Words(page));
        Assert.Equal(422, (await TypeCodeAsync(browser, page, "000000")).Status);
        Assert.Equal(302, (await TypeCodeAsync(browser, page, code)).Status);
        using var other = await PasswordAsync("gl01");
        var again = await TypePasswordAsync(other, "gl01");
        Assert.True((await TypeCodeAsync(other, again, code)).Has("已用过"));
        for (var i = 0; i < 6; i++) await TypeCodeAsync(other, again, "00000" + i);
        _server.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await TypeCodeAsync(other, again, Code(secret))).Has("分钟后再试"));

        Assert.Equal(302, (await ActAsync(deputy, await IdOfAsync("gl01"), "second-factor", ("reason", "手机丢失"))).Status);
        using var after = await PasswordAsync("gl01");
        Assert.Equal(302, (await TypePasswordAsync(after, "gl01")).Status);
        Assert.Superset(new HashSet<string> { "启用动态验证码", "动态验证码输错", "重置动态验证码" }, (await AuditAsync("person:" + await IdOfAsync("gl01"))).ToHashSet());
    }

    [Fact]
    public async Task Given_a_ticket_of_a_proved_password_When_it_is_old_of_another_station_or_made_up_Then_it_opens_nothing()
    {
        var (chief, _) = await AdministratorsAsync();
        var secret = await EnrolAsync(chief);
        _server.Clock.Advance(TimeSpan.FromSeconds(60));
        using var browser = await PasswordAsync("gl01");
        var page = await TypePasswordAsync(browser, "gl01");
        using var elsewhere = _staff.Stranger("shaoxing");
        await elsewhere.GetAsync("/sign-in");

        Assert.Equal(422, (await elsewhere.PostAsync("/sign-in/code", ("ticket", page.Hidden("ticket")), ("code", Code(secret)))).Status);
        Assert.Equal(422, (await browser.PostAsync("/sign-in/code", ("ticket", "made up"), ("code", Code(secret)))).Status);
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.True((await TypeCodeAsync(browser, page, Code(secret))).Has("登录已超时"));
    }

    [Fact]
    public async Task Given_everything_that_touches_a_right_or_a_secret_When_done_Then_each_kind_is_in_the_audit_and_who_reads_it_sees_it()
    {
        var (chief, _) = await AdministratorsAsync();
        using (var guesser = await PasswordAsync("jd01")) for (var i = 0; i < 5; i++) await guesser.PostAsync("/sign-in", ("userName", "jd01"), ("password", "guess-number-" + i));
        await AddAsync(chief, "xr07", Visiting.NewIdNumber(), "gl02", "audit-administrator", pin: "975310");
        var added = await AddAsync(chief, "xr07", Visiting.NewIdNumber(), "gl02", "audit-administrator");
        var id = await IdOfAsync("xr07");
        var reader = await FirstSignInAsync("xr07", Password(added));
        var page = await reader.GetAsync("/config/audit");
        Assert.True(page.Status == 200 && page.Has("授予岗位"), Visiting.Words(page));
        Assert.True((await reader.GetAsync("/config/audit?q=登录失败")).Has("登录失败，须等待"));
        Assert.False((await reader.GetAsync("/config/audit?q=登录失败")).Has("授予岗位"));
        await reader.PostAsync("/sign-out");
        foreach (var act in new[] { "password", "pin", "disable", "enable" }) Assert.True((await ActAsync(chief, id, act, ("reason", "演练"))).Status is 200 or 302, act);
        Assert.Equal(302, (await ActAsync(chief, id, "take", ("role", "audit-administrator"), ("reason", "演练"))).Status);

        var all = (await new Database(_server, Station).RowsAsync("SELECT DISTINCT \"Action\" FROM audit")).Select(r => r[0]!).ToHashSet();
        Assert.Superset(new HashSet<string> { "登录", "退出", "登录失败", "登录失败，须等待", "PIN 输错", "设置 PIN", "更换密码", "添加账号", "授予岗位", "取消岗位", "停用账号", "启用账号", "重置密码", "重置 PIN" }, all);
    }

    private async Task<(Browser Chief, Browser Deputy)> AdministratorsAsync() => (await _staff.AtAsync(Station, "gl01"), await _staff.AtAsync(Station, "gl02"));

    private static async Task<Answer> AddAsync(Browser by, string account, string number, string? second = null, string? roles = null, string? also = null, string pin = Staff.Pin)
    {
        await by.GetAsync("/config/people");
        var fields = new List<(string, string)> { ("account", account), ("name", "新人" + account), ("idNumber", number), ("second", second ?? ""), ("pin-second", second is null ? "" : pin) };
        if (roles is not null) fields.Add(("role", roles));
        if (also is not null) fields.Add(("role", also));
        return await by.PostAsync("/config/people", [.. fields]);
    }

    private static async Task<Answer> ActAsync(Browser by, string id, string act, params (string, string)[] fields)
    {
        await by.GetAsync("/config/people/" + id);
        return await by.PostAsync("/config/people/" + id, [("_act", act), .. fields]);
    }

    private async Task<string> EnrolAsync(Browser browser)
    {
        await browser.GetAsync("/second-factor");
        var begun = await browser.PostAsync("/second-factor", ("_act", "begin"), ("password", Installation.DemoPassword));
        var secret = System.Text.RegularExpressions.Regex.Match(begun.Body, "data-secret=\"([A-Z2-7]+)\"").Groups[1].Value;
        Assert.True(secret.Length == 32 && begun.Body.Contains("<svg class=\"qr\"", StringComparison.Ordinal), Visiting.Words(begun));
        Assert.Equal(422, (await browser.PostAsync("/second-factor", ("_act", "confirm"), ("code", "000000"))).Status);
        var on = await browser.PostAsync("/second-factor", ("_act", "confirm"), ("code", Code(secret)));
        Assert.True(on.Has("已启用动态验证码"), Visiting.Words(on));
        return secret;
    }

    private string Code(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(_server.Clock.GetUtcNow().UtcDateTime);

    private async Task<Browser> PasswordAsync(string account)
    {
        var browser = _staff.Stranger(Station);
        browser.ForwardedFor = "203.0.113." + account.Length;
        await browser.GetAsync("/sign-in");
        return browser;
    }

    private static Task<Answer> TypePasswordAsync(Browser browser, string account) => browser.PostAsync("/sign-in", ("userName", account), ("password", Installation.DemoPassword), ("returnUrl", ""));

    private static Task<Answer> TypeCodeAsync(Browser browser, Answer page, string code) => browser.PostAsync("/sign-in/code", ("ticket", page.Hidden("ticket")), ("returnUrl", ""), ("code", code));

    private async Task<Browser> FirstSignInAsync(string account, string password)
    {
        var browser = _staff.Stranger(Station);
        await browser.GetAsync("/sign-in");
        Assert.Equal(302, (await browser.PostAsync("/sign-in", ("userName", account), ("password", password))).Status);
        await browser.GetAsync("/pin");
        var chosen = await browser.PostAsync("/pin", ("password", password), ("newPassword", "an-own-password-" + account), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));
        Assert.True(chosen.Status is 200 or 302, Visiting.Words(chosen));
        return browser;
    }

    private static string Password(Answer page) => System.Text.RegularExpressions.Regex.Match(page.Body, "data-password>([^<]+)<").Groups[1].Value;

    private async Task<string> IdOfAsync(string account) => (await new Database(_server, Station).RowsAsync($"SELECT \"Id\" FROM people WHERE \"UserName\" = '{account}'"))[0][0]!;

    private async Task<IReadOnlyList<string>> AuditAsync(string subject) =>
        [.. (await new Database(_server, Station).RowsAsync($"SELECT \"Action\" FROM audit WHERE \"Subject\" = '{subject}' ORDER BY \"Id\"")).Select(r => r[0]!)];
}
